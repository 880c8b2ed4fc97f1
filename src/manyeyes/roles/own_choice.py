"""What workers choose of what they were given, and what waits there, alike for every edge (docs/decisions/0085)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from manyeyes.actions.choose_work import ChooseWork, choose_work
from manyeyes.actions.give_queues import GiveQueues, give_queues
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.roles.presences import NONE_LEFT
from manyeyes.roles.taken_work import choice_of, spoken_in
from manyeyes.roles.wellbeing import unasked_queues
from manyeyes.runtime.context import Context
from manyeyes.skills import store as skills
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.choices import store as choices
from manyeyes.workers.rules import WorkChoice, queues_for, taken_of
from manyeyes.workers.store import Worker

GivenT = TypeVar("GivenT", int, str)


class OwnQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue that somebody was given, in a language of theirs, and how many tasks wait there as last measured.

    ``is_taken``: by their choice; ``is_agreed``: they said yes to its marks, or it has none; ``is_lost``: they are
    below its floor.
    """

    queue: QueueTerms
    is_taken: bool
    is_agreed: bool
    is_lost: bool
    waiting: int


class OwnLanguage(msgspec.Struct, frozen=True):
    language: str
    is_taken: bool


class OwnWork(msgspec.Struct, frozen=True):
    queues: list[OwnQueue]
    languages: list[OwnLanguage]


async def own_work(context: Context, worker: Worker) -> OwnWork:
    """Return all that a worker may take, what of it they take now, and what waits there."""
    terms, choice = await context.lookups.queues(), await choice_of(context, worker.worker_id)
    allowed = queues_for(None, None, worker.queues, worker.languages, await spoken_in(context))
    theirs = [] if isinstance(allowed, Refusal) else sorted(allowed[0])
    unasked = {queue.queue_id for queue in await unasked_queues(context, worker)}
    waiting, lost = Counter[int](), await _lost(context, worker.worker_id)
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            waiting.update({q: count for q, (count, _) in (await queue_depths.depths(db, cell, theirs)).items()})
    return OwnWork(
        queues=[
            OwnQueue(
                queue=terms[queue_id],
                is_taken=queue_id not in choice.declined_queues,
                is_agreed=queue_id not in unasked,
                is_lost=queue_id in lost,
                waiting=waiting[queue_id],
            )
            for queue_id in theirs
        ],
        languages=[OwnLanguage(each, each not in choice.declined_languages) for each in worker.languages],
    )


async def take_only(
    context: Context, worker: Worker, queues: list[int] | None, languages: list[str] | None
) -> Refusal | None:
    """Take these queues and languages from now on (None: all that they were given); see `decline`.

    Refused with QUEUE_NOT_ALLOWED for what they were not given.
    """
    foreign = set(languages or ()) - set(worker.languages)
    spoken = await spoken_in(context)
    for fits in (
        queues_for(queues or None, None, worker.queues, worker.languages, spoken),
        queues_for(None, languages if foreign else None, worker.queues, worker.languages, spoken),
    ):
        if isinstance(fits, Refusal):
            return fits
    return await decline(context, worker, _others(worker.queues, queues), _others(worker.languages, languages))


async def decline(context: Context, worker: Worker, queues: Iterable[int], languages: Iterable[str]) -> Refusal | None:
    """Take all but these queues and languages from now on, in every cell; who is at work, at once.

    Refused with NONE_TAKEN where nothing would be left, and with BELOW_FLOOR where nothing of it comes to them. What
    they look at they may still answer; what lies behind it, unseen, goes back.
    """
    choice, spoken = WorkChoice(tuple(sorted(set(queues))), tuple(sorted(set(languages)))), await spoken_in(context)
    taken = taken_of(choice, None, worker.queues, worker.languages, spoken)
    if isinstance(taken, Refusal):
        return taken
    if (await _lost(context, worker.worker_id)).issuperset(taken[0]):
        return NONE_LEFT
    await context.batcher.ask(choose_work, ChooseWork(worker.worker_id, choice))
    return await _bring_to_work(context, worker.worker_id, spoken)


async def _bring_to_work(context: Context, worker_id: int, spoken: Mapping[int, str]) -> Refusal | None:
    """Let the worker's presences take what is stored, and return why that is nothing.

    It is looked at again once they do: an operator may have taken something away meanwhile, from the presences first,
    or they chose otherwise in another window. What counts is what is stored then, and not this added to it.
    """
    done: tuple[list[int], list[str]] | Refusal | None = None
    while (taken := await _stored(context, worker_id, spoken)) is not None and taken != done:
        queue_ids, codes = ([], []) if isinstance(taken, Refusal) else taken
        for cell in context.cells.numbers:
            await context.batcher.ask(give_queues, GiveQueues(cell, worker_id, tuple(queue_ids), tuple(codes)))
            context.dispatcher.wake(cell, spoken)  # for them, and for what went back
        done = taken
    context.notifier.notify([worker_id])
    return done if isinstance(done, Refusal) else None


async def _stored(
    context: Context, worker_id: int, spoken: Mapping[int, str]
) -> tuple[list[int], list[str]] | Refusal | None:
    """Return what a worker takes by what they were given and chose, as it is stored; None for who is shut out."""
    async with context.cells.directory.acquire() as db:
        worker, choice = await workers.worker(db, worker_id), await choices.choice(db, worker_id)
    return taken_of(choice, None, worker.queues, worker.languages, spoken) if worker else None


async def _lost(context: Context, worker_id: int) -> set[int]:
    """Return the queues whose floor they are below in every cell."""
    found: list[set[int]] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found.append(await skills.lost_queues(db, cell, worker_id))
    return set.intersection(*found)


def _others(given: Iterable[GivenT], wanted: list[GivenT] | None) -> list[GivenT]:
    """Return what is given and not wanted; None wants all."""
    return [] if wanted is None else [each for each in given if each not in wanted]
