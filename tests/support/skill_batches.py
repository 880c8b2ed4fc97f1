"""Batches of appeals against floors and of their decisions, a function per action (support/batch_draw.py)."""

from manyeyes.actions.appeal_bars import AppealBar
from manyeyes.actions.decide_bars import DecideBar
from support.batch_draw import Draw
from support.batch_world import CELL, World


def appeal_bars(draw: Draw, world: World) -> list[AppealBar]:
    """Draw appeals of people who are stopped, of others, and twice."""

    def one() -> AppealBar:
        worker_id, queue_id = draw.one(world.worker_ids), draw.one((1, 1, 2))
        return AppealBar(cell=CELL, worker_id=worker_id, queue_id=queue_id, words=draw.one(("I was right", "no")))

    return draw.batch(one)


def decide_bars(draw: Draw, world: World) -> list[DecideBar]:
    """Draw decisions, some where nobody is stopped."""

    def one() -> DecideBar:
        worker_id, queue_id, lifted = draw.one(world.worker_ids), draw.one((1, 1, 2)), draw.one((True, False))
        return DecideBar(cell=CELL, worker_id=worker_id, queue_id=queue_id, is_lifted=lifted, answer="seen")

    return draw.batch(one)
