"""Take workers' answers: settle the tasks, pay who solved them, make their next pictures current."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.fitting_answers import one_form, unfit
from manyeyes.actions.shared.gold_answers import keep_gold_answers
from manyeyes.actions.shared.lost_leases import lost
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works
from manyeyes.actions.shared.practice_answers import keep_practice
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.actions.shared.worker_desks import LeaseId, load_desks_and_aside, promote_queued
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.leases import looked_ms
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.panels import store as panels
from manyeyes.panels.rules import SeatEnd
from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteEvent, is_live
from manyeyes.sites.store import Event
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks
from manyeyes.tasks.options import canonical, picture_options
from manyeyes.tasks.questions import OWN_KINDS
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.store import Solved
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import normalised
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


class AnswerTask(msgspec.Struct, frozen=True):
    """``seed``: chance, for the audits by lot of what this answer may complete; empty: none is drawn."""

    cell: int
    worker_id: int
    lease: LeaseId
    text: str
    seed: bytes = b""


class Answered(msgspec.Struct, frozen=True):
    """``earned_micros`` is this answer's pay; ``next_work`` already lies on the desk.

    ``queue_id`` is 0 when an earlier answer is repeated: no worker became idle by it.
    """

    task_id: int
    queue_id: int
    earned_micros: int
    next_work: Work | None = None


async def answer_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[AnswerTask]
) -> list[Answered | Refusal]:
    """Return what each answer earned, or its refusal: lease lost, answer unfit for the options, site's proof ended.

    An answer that came before on the same lease with the same text is answered again and not paid again. An
    answer is judged and kept in its one form (docs/decisions/0037).
    """
    # 1. Load: the workers' desks, then the proofs that token tasks stand on, locked.
    cell = commands[0].cell
    commands = [msgspec.structs.replace(c, text=normalised(c.text)) for c in commands]
    desks, laid = await load_desks_and_aside(tx, cell, [c.worker_id for c in commands])
    keys = {(work.account_id, work.site) for work in desks.works() if work.site}
    proofs = await sites.hold(tx, cell, keys) if keys else {}
    # 2. Decide: each answer is taken, refused (its task stays on the desk), or on a lease that is lost.
    ended: list[EndedWork] = []
    closed: dict[Purpose, list[ClosedSeat]] = {purpose: [] for purpose in Purpose}
    first: list[Work | Refusal | None] = []
    for command in commands:
        work = desks.take(command.worker_id, command.lease, now)
        text = one_form(work, command.text) if work else ""
        refusal = _refusal(work, text, proofs, now) if work else None
        first.append(refusal or work)
        if work and refusal:
            desks.put_down(work)
            continue
        if work and work.of_task:
            closed[work.purpose].append(ClosedSeat(work, SeatEnd.ANSWERED, text, looked_ms(work, now)))
        elif work:
            ended.append(EndedWork(work, Ending.SOLVED, text))
    # 3. Save: the ends of tasks and of seats, the trail of sites, what lies on the desks now, what was aside before.
    await end_works(tx, now, cell, ended, closed[Purpose.SEAT], seed=commands[0].seed)
    await keep_gold_answers(tx, now, cell, closed[Purpose.GOLD])
    await keep_practice(tx, now, cell, desks, closed[Purpose.PRACTICE])
    await sites.add_events(tx, now, cell, [_use(e.work) for e in ended if e.work.site])
    answered = [work for work in first if isinstance(work, Work)]  # in the order in which they were answered
    if answered:
        await promote_queued(tx, now, cell, desks, [work.worker_id for work in answered], answered)
        await workers.change_desks(tx, now, cell, _desks(answered, now))
        await aside.hasten(tx, now, cell, laid, {work.worker_id for work in answered})
    # 4. Answer: a lease that is lost may be one whose reply was lost.
    repeated = _given(commands, laid) | await _repeated(tx, cell, commands, first)
    missing = [c for c, work in zip(commands, first, strict=True) if work is None and c not in repeated]
    whys = await lost(tx, now, cell, [(c.worker_id, c.lease) for c in missing])
    return [
        Answered(work.subject_id, work.queue_id, work.pay_micros, desks.next_for(command.worker_id))
        if isinstance(work, Work)
        else work or repeated.get(command) or whys[command.worker_id, command.lease]
        for command, work in zip(commands, first, strict=True)
    ]


def _refusal(work: Work, text: str, proofs: Mapping[sites.Key, Site], now: datetime) -> Refusal | None:
    """Return why an answer is not taken: it does not fit, or the proof that the task stands on has ended."""
    proof = proofs.get((work.account_id, work.site))
    if work.site and (proof is None or not is_live(proof, now)):
        return Refusal(Reason.SITE_WITHDRAWN, "the owner's proof for this site has ended; go on with the next")
    return unfit(work, text)


def _use(work: Work) -> Event:
    return Event(
        cause_id=work.task_id,
        kind=SiteEvent.TOKEN_GIVEN,
        account_id=work.account_id,
        domain=work.site,
        n=work.lease,
        worker_id=work.worker_id,
    )


def _desks(answered: Sequence[Work], now: datetime) -> dict[int, SessionChange]:
    counts = Counter(work.worker_id for work in answered)
    earned: Counter[int] = Counter()
    took: dict[int, int] = {}
    for work in answered:
        earned[work.worker_id] += work.pay_micros
        took[work.worker_id] = looked_ms(work, now)
    return {w: SessionChange(-counts[w], counts[w], earned[w], True, took[w]) for w in sorted(counts)}


def _given(commands: Sequence[AnswerTask], laid: Sequence[Aside]) -> dict[AnswerTask, Answered]:
    """Recognise answers that are laid aside, with the same text."""
    by = {(each.task_id, each.worker_id, each.lease): each for each in laid if each.aside_text is not None}
    found = {c: by.get((c.lease.task_id, c.worker_id, c.lease.number)) for c in commands}
    return {
        c: Answered(each.subject_id, 0, each.pay_micros)
        for c, each in found.items()
        if each and each.aside_text == one_form(each, c.text)
    }


async def _repeated(
    tx: asyncpg.Connection, cell: int, commands: Sequence[AnswerTask], first: Sequence[Work | Refusal | None]
) -> dict[AnswerTask, Answered]:
    """Recognise answers whose reply was lost on the way: same worker, same lease, same text."""
    missing = [c for c, work in zip(commands, first, strict=True) if work is None]
    if not missing:
        return {}
    solved = await tasks.answered_leases(tx, cell, [c.lease.task_id for c in missing])
    seats = [c.lease.task_id for c in missing if c.lease.task_id not in solved]
    given = await panels.answers_by_number(tx, cell, seats) if seats else {}
    solved |= {n: Solved(a.worker_id, a.lease, a.text or "", "", a.pay_micros) for n, a in given.items()}
    about = {n: given[n].task_id if n in given else n for n in solved}
    other = {n: about[n] for c in missing if (n := c.lease.task_id) in solved and solved[n].text != c.text}
    questions = await history.questions(tx, cell, sorted(other.values())) if other else {}
    asked = {n: questions[task_id] for n, task_id in other.items() if task_id in questions}
    found = {}
    for c in missing:
        before, question = solved.get(c.lease.task_id), asked.get(c.lease.task_id)
        text = c.text
        if question and question.kind in OWN_KINDS:
            text = canonical(picture_options(question.kind, question.options), text)
        if before and (before.worker_id, before.lease, before.text) == (c.worker_id, c.lease.number, text):
            found[c] = Answered(about[c.lease.task_id], 0, before.pay_micros)
    return found
