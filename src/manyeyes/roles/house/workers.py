"""Workers as the operator sees and changes them, alike for the command line and the pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.change_workers import ChangeWorker, change_workers
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.enable_workers import EnableWorker, enable_workers
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.actions.take_queues import TakeQueues, take_queues
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.reports import store as reports
from manyeyes.reports.rules import ReportState
from manyeyes.reports.store import Told
from manyeyes.roles.house.faults import FieldFault, meanwhile
from manyeyes.roles.login_links import login_url
from manyeyes.roles.queue_paces import MONTH_DAYS
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name
from manyeyes.workers import store
from manyeyes.workers.browser_sessions import BrowserSession, browser_sessions
from manyeyes.workers.register import store as register
from manyeyes.workers.rules import WorkerState, queues_for
from manyeyes.workers.store import Session, Subject, Worker, state_of

LONGEST_LANGUAGE = 20
MOST_COMPLAINTS = 200
EARNED = (TransferKind.PAY, TransferKind.VOTE_PAY, TransferKind.JUDGEMENT_PAY, TransferKind.APPEAL_PAY)
SAME_LANGUAGE = {"rn": "ru"}  # what Anti-Captcha calls Russian (docs/contracts/anticaptcha.md#language-pools)


class HouseWorker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker with where they are and what they have, in micro-units; ``session`` None: they are not there."""

    worker: Worker
    session: Session | None
    pending_micros: int
    payable_micros: int

    @property
    def state(self) -> WorkerState:
        """Return what they do."""
        return state_of(self.session)


class NewWorker(msgspec.Struct, frozen=True):
    """A new worker; the token and the one-time address are nowhere else. ``has_queue``: one speaks a language."""

    worker_id: int
    token: str
    login_url: str
    has_queue: bool


class WorkerChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed of a worker; None leaves a part as it is."""

    languages: tuple[str, ...] | None = None
    queues: tuple[int, ...] | None = None
    reviewer: bool | None = None


class WorkerMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did in the last `MONTH_DAYS`: answers that were paid for, what they earned, what was lost again.

    ``refused``: complaints about their answers that were confirmed; ``votes``: on others' answers.
    """

    answers: int
    votes: int
    earned_micros: int
    cancelled_micros: int
    refused: int
    complaints: int


async def workers_page(context: Context, words: str, after: int, limit: int) -> list[HouseWorker]:
    """Return workers by number behind ``after``: those whose name has ``words``, or whose number they are."""
    async with context.cells.directory.acquire() as db:
        found = await register.found_workers(db, words, after, limit)
    return await _there(context, found)


async def worker_of(context: Context, worker_id: int) -> HouseWorker | None:
    """Return a worker by their number, disabled or not; None when there is none."""
    async with context.cells.directory.acquire() as db:
        found = await register.known_worker(db, worker_id)
    return next(iter(await _there(context, [found] if found else [])), None)


async def month_of(context: Context, worker_id: int) -> WorkerMonth:
    """Return what somebody did in the last `MONTH_DAYS`, over all cells."""
    since = datetime.now(UTC) - timedelta(days=MONTH_DAYS)
    counts, sums, told = Counter[TransferKind](), Counter[TransferKind](), list[Told]()
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            for each in await ledger.worker_sums(db, cell, worker_id, since):
                counts[each.kind] += each.entries
                sums[each.kind] += each.amount_micros
            told += await reports.reports_against(db, cell, worker_id, MOST_COMPLAINTS)
    late = [each for each in told if each.filed_at >= since]
    return WorkerMonth(
        answers=counts[TransferKind.PAY],
        votes=counts[TransferKind.VOTE_PAY] + counts[TransferKind.JUDGEMENT_PAY],
        earned_micros=sum(sums[kind] for kind in EARNED),
        cancelled_micros=sums[TransferKind.CANCEL_PAY],
        refused=sum(each.state is ReportState.CONFIRMED for each in late),
        complaints=len(late),
    )


async def sign_ins_of(context: Context, worker_id: int) -> list[BrowserSession]:
    """Return where somebody is signed in, the browser that was used last before the others."""
    async with context.cells.directory.acquire() as db:
        return await browser_sessions(db, Subject("worker", worker_id, 0))


def read_languages(codes: Sequence[str]) -> tuple[str, ...]:
    """Return languages' codes as they are kept. Raises ValueError for one that nobody could read or type."""
    names = [read_name(code, "language", LONGEST_LANGUAGE) for code in codes]
    return tuple(SAME_LANGUAGE.get(name, name) for name in names)


async def register_worker(
    context: Context, name: str, languages: tuple[str, ...], queues: Sequence[int], actor: Actor, *, reviewer: bool
) -> NewWorker | FieldFault:
    """Register a worker; without ``queues`` they get every queue in their languages."""
    terms = await context.lookups.queues()
    if fault := _unknown(terms, queues):
        return fault
    given = tuple(queues or [q.queue_id for q in terms.values() if q.language in languages])
    token, worker_id = new_token(), await context.id_blocks.take_number("worker")
    new = Worker(worker_id=worker_id, name=name, languages=languages, queues=given, reviewer=reviewer)
    await context.batcher.ask(register_workers, RegisterWorker(new, digest(token), actor=actor))
    url = await login_url(context, Subject("worker", worker_id, 0), actor)
    return NewWorker(worker_id, token, url, any(terms[q].language in ("", *languages) for q in given))


async def change_worker(
    context: Context, worker_id: int, change: WorkerChange, actor: Actor, seen: Worker | None = None
) -> FieldFault | None:
    """Change what a worker may do; return what is wrong with it. ``seen``: what whoever changes it looked at.

    What is taken away is gone at once, what is given they get when they next come.
    """
    terms = await context.lookups.queues()
    if fault := _unknown(terms, change.queues or ()):
        return fault
    command = ChangeWorker(worker_id=worker_id, seen=seen, actor=actor, **msgspec.structs.asdict(change))
    if not await context.batcher.ask(change_workers, command):
        return meanwhile()
    await context.notifier.tell_changed()
    if change.languages is not None or change.queues is not None:
        async with context.cells.directory.acquire() as db:
            changed = await store.worker(db, worker_id)
        if changed is not None:
            await _take_away(context, changed, terms)
    return None


async def disable_worker(context: Context, worker_id: int, actor: Actor) -> None:
    """Disable a worker, and take them out of the match; what they earned stays theirs."""
    await context.batcher.ask(disable_workers, DisableWorker(worker_id, actor=actor))
    for cell in context.cells.numbers:
        await context.batcher.ask(leave, Leave(cell, worker_id, offline=True))
    await context.notifier.tell_changed()


async def let_in(context: Context, worker_id: int, actor: Actor) -> None:
    """Let a disabled worker in again; their token and what they earned are still theirs."""
    await context.batcher.ask(enable_workers, EnableWorker(worker_id, actor=actor))
    await context.notifier.tell_changed()


async def _take_away(context: Context, worker: Worker, terms: Mapping[int, QueueTerms]) -> None:
    """Take from a worker's presence, in each cell, the queues that they may not do any more."""
    spoken = {each.queue_id: each.language for each in terms.values()}
    allowed = queues_for(None, None, worker.queues, worker.languages, spoken)
    lost = sorted(terms.keys() - set(() if isinstance(allowed, Refusal) else allowed[0]))
    for cell in context.cells.numbers:
        await context.batcher.ask(take_queues, TakeQueues(cell, worker.worker_id, tuple(lost)))
    await context.notifier.tell([worker.worker_id])  # their open streams look at once


def _unknown(terms: Mapping[int, QueueTerms], wanted: Sequence[int]) -> FieldFault | None:
    missing = [queue_id for queue_id in wanted if queue_id not in terms]
    return FieldFault("queues", "there is no queue %(queue)s", {"queue": missing[0]}) if missing else None


async def _there(context: Context, found: Sequence[Worker]) -> list[HouseWorker]:
    ids = [worker.worker_id for worker in found]
    sessions: dict[int, Session] = {}
    pending, payable = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    for cell in context.cells.numbers if ids else ():
        async with context.cells.pool(cell).acquire() as db:
            for number, (waits, may) in (await ledger.purses(db, cell, ids)).items():
                pending[number] += waits
                payable[number] += may
            for number, session in (await register.sessions_of(db, cell, ids)).items():
                if session.queues or session.practice_queue:
                    sessions[number] = session
    return [
        HouseWorker(
            worker=each,
            session=None if each.disabled else sessions.get(each.worker_id),
            pending_micros=pending[each.worker_id],
            payable_micros=payable[each.worker_id],
        )
        for each in found
    ]
