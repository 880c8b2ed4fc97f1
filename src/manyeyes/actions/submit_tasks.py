"""Admit tasks: hold their price, store them, put them into their queues."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.asked_questions import NewQuestion, hold_questions
from manyeyes.actions.shared.customer_preferences import shut_places
from manyeyes.actions.shared.price_bounds import affordable, beyond_balance
from manyeyes.actions.shared.repeated_calls import RepeatedCalls, open_calls
from manyeyes.actions.shared.task_admission import NewTask, Purses, enter, open_purses, prices, save_entered
from manyeyes.allow_list.rules import FILTER_TERMS, FilterTerms
from manyeyes.dispatch.store import Entering
from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteEvent, candidates, covering, how_to_prove
from manyeyes.sites.store import Event
from manyeyes.skills.gold_items import admit_gold
from manyeyes.tasks import store as tasks
from manyeyes.tasks.job_items import insert_truths
from manyeyes.tasks.rules import TOKEN_KINDS
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.values.refusals import Reason, Refusal


class SubmitTask(NewTask, frozen=True, kw_only=True):
    """One picture with its question, or a site whose widget's token is wanted (``kind``, TokenOptions, no picture).

    ``task_id`` was taken beforehand, so a repeated command is recognised. ``filter_terms``: the installation's.
    ``key``: how the customer names the call, None where they do not. ``price_at_most_micros``: of the whole task, 0 for
    any price.
    ``question``: where instructions go with it; ``truth``: the right answer where it is known.
    """

    cell: int
    retried: bool = False
    filter_terms: FilterTerms = FILTER_TERMS
    key: CallKey | None = None
    price_at_most_micros: int = 0
    question: NewQuestion | None = None
    truth: str = ""


class Submitted(msgspec.Struct, frozen=True):
    """``replayed``: an earlier call with the same key made it."""

    task_id: int
    queue_id: int
    replayed: bool = False


class _LoadedSubmissions(msgspec.Struct, kw_only=True):
    """What the batch's decisions need, loaded at once.

    ``shut``: (account, queue) where the account's filters leave nobody, and until when.
    """

    purses: Purses
    done: set[int]
    now: datetime
    sites: dict[sites.Key, Site]
    shut: dict[tuple[int, int], datetime]
    calls: RepeatedCalls


async def submit_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SubmitTask]
) -> list[Submitted | Refusal]:
    """Return each task's id, or its refusal.

    Refusals: KEY_REUSED, SITE_NOT_PROVEN, UNKNOWN_ACCOUNT, ACCOUNT_SUSPENDED, BALANCE_TOO_LOW, ALL_FILTERED,
    QUEUE_FULL, PRICE_TOO_HIGH. All of them are of that task alone; each task finds what those before it in the batch
    left.
    """
    # 1. Load: balances, depths and turns, proofs of sites, what a retried command stored before.
    cell = commands[0].cell
    books = await _load(tx, now, cell, commands)
    # 2. Decide: each task in its turn, which changes what the next one finds.
    outcomes: list[Submitted | Refusal] = []
    entering: list[tuple[SubmitTask, Entering]] = []
    for command in commands:
        outcome = _decide(command, books)
        if isinstance(outcome, Entering):
            entering.append((command, outcome))
            books.calls.keep(command.account_id, command.key, command.task_id)
            outcomes.append(Submitted(command.task_id, command.queue.queue_id))
        else:
            outcomes.append(outcome)
    # 3. Save: tasks, pictures, holds, queue entries, and the trail of sites; what calls made, and questions.
    await books.calls.save(tx, cell)
    if entering:
        await save_entered(tx, now, cell, await _asked(tx, now, cell, entering), books.purses)
        await sites.add_events(tx, now, cell, [_use(row) for _, row in entering if row.site])
        known = [(command.task_id, command.truth) for command, _ in entering if command.truth]
        await insert_truths(tx, cell, known)
        await admit_gold(tx, now, cell, [task_id for task_id, _ in known])
    return outcomes


async def _asked(
    tx: asyncpg.Connection, now: datetime, cell: int, entering: Sequence[tuple[SubmitTask, Entering]]
) -> Sequence[tuple[NewTask, Entering]]:
    """Return the tasks with the questions under which their instructions are stored, each once for its account."""
    questions = [command.question for command, _ in entering if command.question]
    if not questions:
        return entering
    held = await hold_questions(tx, now, cell, questions)
    found: list[tuple[NewTask, Entering]] = []
    for command, row in entering:
        question_id = held[command.question.question_id] if command.question else 0
        replace = msgspec.structs.replace
        found.append((replace(command, question_id=question_id), replace(row, question_id=question_id)))
    return found


async def _load(tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[SubmitTask]) -> _LoadedSubmissions:
    calls = await open_calls(tx, now, cell, [(c.account_id, c.key, c.task_id) for c in commands])
    proofs = {
        (c.account_id, domain)
        for c in commands
        if isinstance(c.options, TokenOptions)
        for domain in candidates(c.options.host)
    }
    held = await sites.hold(tx, cell, proofs) if proofs else {}
    purses = await open_purses(tx, cell, [c.account_id for c in commands], [c.queue for c in commands])
    retried = [c.task_id for c in commands if c.retried]
    done = await tasks.existing(tx, cell, retried) if retried else set()
    tokens = {(c.account_id, c.queue.queue_id) for c in commands if c.kind in TOKEN_KINDS}
    shut = await shut_places(tx, now, cell, tokens, commands[0].filter_terms) if tokens else {}
    return _LoadedSubmissions(purses=purses, done=done, now=now, sites=held, shut=shut, calls=calls)


def _decide(command: SubmitTask, books: _LoadedSubmissions) -> Entering | Submitted | Refusal:
    if command.task_id in books.done:
        return Submitted(command.task_id, command.queue.queue_id)
    made = books.calls.before(command.account_id, command.key)
    if isinstance(made, Refusal):
        return made
    if made is not None:
        return Submitted(made, command.queue.queue_id, replayed=made != command.task_id)
    domain = _domain(command, books)
    if isinstance(domain, Refusal):
        return domain
    terms = books.purses.holder(command.account_id)
    if isinstance(terms, Refusal):
        return terms
    available = books.purses.balances[command.account_id]
    if available <= 0:
        return Refusal(Reason.BALANCE_TOO_LOW, "the balance is zero")
    shut = books.shut.get((command.account_id, command.queue.queue_id)) if command.kind in TOKEN_KINDS else None
    if shut and books.now + timedelta(seconds=command.life_seconds) <= shut:
        return Refusal(Reason.ALL_FILTERED, "wait until their hour is over, or until somebody else is there")
    found = prices(books.purses, terms, [command.queue])
    if isinstance(found, Refusal):
        return found
    (price_micros,) = found
    people = affordable(command.asked_terms, price_micros, command.price_at_most_micros)
    if isinstance(people, Refusal):
        return people
    most = people.most_micros(price_micros)
    if available < most:
        return beyond_balance(most)
    return enter(books.purses, terms, msgspec.structs.replace(command, terms=people), price_micros, domain)


def _domain(command: SubmitTask, books: _LoadedSubmissions) -> str | Refusal:
    """Return the live site that a token task is for; empty for a picture, which is for nobody's site."""
    if not isinstance(command.options, TokenOptions):
        return ""
    known = [site for (account_id, _), site in books.sites.items() if account_id == command.account_id]
    host = command.options.host
    site = covering(host, known, books.now)
    return site.domain if site else Refusal(Reason.SITE_NOT_PROVEN, how_to_prove(host, known, books.now))


def _use(row: Entering) -> Event:
    return Event(cause_id=row.task_id, kind=SiteEvent.TASK_CREATED, account_id=row.account_id, domain=row.site)
