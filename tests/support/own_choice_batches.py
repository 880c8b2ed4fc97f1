"""Batches of what workers choose of their work, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.choose_keys import ChooseKey
from manyeyes.actions.choose_work import ChooseWork
from manyeyes.actions.give_queues import GiveQueues
from manyeyes.workers.rules import WorkChoice
from support.batch_draw import Draw
from support.batch_world import CELL, EVERY_QUEUE, UNKNOWN, World


def choose_keys(draw: Draw, world: World) -> list[ChooseKey]:
    """Draw keys that are free, taken or nobody's, and going back to what they were."""
    some = draw.few([*(each.worker.worker_id for each in world.directory.workers), UNKNOWN])
    names, keys = ("skip", "undo", ""), ("F2", "Escape", "Alt+KeyZ", "x")
    return draw.batch(lambda: ChooseKey(draw.one(some), draw.one(names), draw.one(keys)))


def choose_work(draw: Draw, world: World) -> list[ChooseWork]:
    """Draw choices, some of them of what was not given."""
    some = draw.few([*(each.worker.worker_id for each in world.directory.workers), UNKNOWN])

    def one() -> ChooseWork:
        languages = tuple(draw.few(("en", "ru", "xx")))
        return ChooseWork(draw.one(some), WorkChoice(tuple(draw.few((*EVERY_QUEUE, UNKNOWN))), languages))

    return draw.batch(one)


def give_queues(draw: Draw, world: World) -> list[GiveQueues]:
    """Draw who takes more queues, some who are below a floor, some who are not there."""
    some = draw.few([*world.worker_ids, UNKNOWN])
    return draw.batch(
        lambda: GiveQueues(CELL, draw.one(some), tuple(draw.few(EVERY_QUEUE)), draw.one((("en",), ("ru", "en"))))
    )
