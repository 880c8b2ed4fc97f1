"""Queues as the operator opens and changes them, alike for the command line and the pages."""

from collections.abc import Iterable
from typing import Any

import msgspec

from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.actions.open_gates import OpenGate, open_gates
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.roles.house.faults import FieldFault, meanwhile
from manyeyes.roles.house.floors import check_floor
from manyeyes.roles.wellbeing import mark_lying
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE, QueueTerms
from manyeyes.tasks.tokens import QUEUES as TOKEN_QUEUES
from manyeyes.values.actor import Actor
from manyeyes.values.durations import read_duration
from manyeyes.values.text.rules import read_words

LARGEST_QUEUE_ID = 2_147_483_647  # an int32 on the wire and in the table
LARGEST_TERM = 100_000_000  # tasks that wait, or seconds of a lease
LONGEST_GUIDE = 4_000
USUAL_LIFE = "default"  # word for the installation's


class QueueChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed of a queue; None leaves a term as it is. ``life_seconds`` 0: as the installation's tasks.

    ``floor`` 0: none.
    """

    price_micros: int | None = None
    pay_micros: int | None = None
    capacity: int | None = None
    lease_seconds: int | None = None
    marks: int | None = None
    vote_micros: int | None = None
    accepts_complaints: bool | None = None
    life_seconds: int | None = None
    default_terms: PeopleTerms | None = None
    floor: float | None = None
    gold_share: float | None = None
    audit_share: float | None = None
    guide: str | None = None


def read_life(text: str) -> int | FieldFault:
    """Return a life in seconds, 0 for the installation's."""
    seconds = 0 if text == USUAL_LIFE else read_duration(text)
    if seconds is None or (text != USUAL_LIFE and not SHORTEST_LIFE <= seconds <= LONGEST_LIFE):
        return FieldFault("life", "the life must be from 60s to 30d, written like 10m, 24h or 30d, or `default`")
    return seconds


def read_guide(text: str) -> str:
    """Return a guide for reviewers as it is kept, empty for none. Raises ValueError for one that is too long."""
    return read_words(text, "the guide", LONGEST_GUIDE)


async def open_queue(context: Context, queue: QueueTerms, actor: Actor) -> FieldFault | None:
    """Open a queue in every database; return what is wrong with it. Done again after a failure it is completed."""
    if fault := _check_new(queue, (await context.lookups.queues()).values()):
        return fault
    for cell in context.cells.numbers:
        await context.batcher.ask(open_gates, OpenGate(cell, queue.queue_id))
    for cell in reversed(context.cells.one_of_each):  # the directory database last: a repetition completes
        await context.batcher.ask(add_queues, AddQueue(cell, queue, actor))
    await context.notifier.tell_changed()
    return None


async def change_queue(
    context: Context, before: QueueTerms, change: QueueChange, actor: Actor, *, is_seen: bool = False
) -> FieldFault | None:
    """Change a queue's terms; return what is wrong with them. ``is_seen``: only where ``before`` still holds.

    Tasks that were submitted keep theirs.
    """
    terms = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    fault = (
        check_terms(before, terms)
        or check_people(before.queue_id, change.default_terms)
        or await check_floor(context, before, change.floor, change.gold_share)
        or _check_audits(before, change.default_terms or before.default_terms, change.audit_share)
    )
    if fault:
        return fault
    seen = before if is_seen else None
    for cell in context.cells.one_of_each:
        made = await context.batcher.ask(
            change_queues, ChangeQueue(cell=cell, queue_id=before.queue_id, seen=seen, actor=actor, **terms)
        )
        if not made:
            return meanwhile()
        seen = None  # the directory, which is the first, has decided: the others follow
    if change.marks:
        await mark_lying(context, before.queue_id, change.marks)
    await context.notifier.tell_changed()
    return None


def check_people(queue_id: int, terms: PeopleTerms | None) -> FieldFault | None:
    """Return what is wrong with how many people a queue's task takes."""
    if terms and queue_id in TOKEN_QUEUES:
        said = "a token is always one person's: a queue of tokens takes no number of answers"
        return FieldFault("answers", said)
    return None


def check_terms(before: QueueTerms, terms: dict[str, Any]) -> FieldFault | None:
    """Return what is wrong with the terms that change, seen with those that stay."""
    price = terms.get("price_micros", before.price_micros)
    if not price:
        return FieldFault("price", "the price must be more than 0")
    if terms.get("pay_micros", before.pay_micros) > price:
        return FieldFault("pay", "the pay must not be more than the price")
    if terms.get("vote_micros", 0) > price:
        return FieldFault("vote_pay", "the pay for a vote must not be more than the price")
    for name in ("capacity", "lease_seconds"):
        if name in terms and not 0 < terms[name] <= LARGEST_TERM:
            return FieldFault(name, "%(name)s must be from 1 to %(most)s", {"name": name, "most": LARGEST_TERM})
    return None


def _check_new(queue: QueueTerms, others: Iterable[QueueTerms]) -> FieldFault | None:
    if not 0 < queue.queue_id <= LARGEST_QUEUE_ID:
        return FieldFault("queue_id", "the id must be from 1 to %(most)s", {"most": LARGEST_QUEUE_ID})
    if any(queue.queue_id == other.queue_id or queue.name == other.name for other in others):
        return FieldFault("name", "the id or the name is taken; see `manyeyes queue list`")
    names = ("price_micros", "pay_micros", "vote_micros", "capacity", "lease_seconds")
    return check_terms(queue, {name: getattr(queue, name) for name in names})


def _check_audits(before: QueueTerms, people: PeopleTerms | None, audit_share: float | None) -> FieldFault | None:
    """Return what is wrong with shares that are none, and with a promise that nothing could ever prove."""
    share = before.audit_share if audit_share is None else audit_share
    if not 0 <= share <= 1:
        return FieldFault("audit_share", "--audit-share must be from 0 to 1")
    if share == 0 and people and people.wrong_at_most is not None:
        said = (
            "the queue's own terms promise a share of wrong results, and without audits nothing can ever be proven: "
            "give an --audit-share above 0"
        )
        return FieldFault("audit_share", said)
    return None
