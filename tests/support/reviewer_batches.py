"""Batches of what reviewers do with complaints, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.cast_votes import CastVote
from manyeyes.actions.correct_votes import CorrectVote
from manyeyes.actions.lay_slots_ahead import LaySlotAhead
from manyeyes.actions.renew_slots import RenewSlot
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots
from manyeyes.actions.settle_votes import SettleVotes
from manyeyes.actions.skip_slots import SkipSlot
from manyeyes.actions.take_back_votes import TakeBackVote
from manyeyes.actions.take_slots import TakeSlot
from manyeyes.reports.rules import Vote
from support.batch_draw import Draw
from support.batch_world import CELL, UNKNOWN, World


def renew_slots(draw: Draw, world: World) -> list[RenewSlot]:
    """Draw reviewers who ask for more time, now and then for what lies before somebody else."""
    some = draw.few(world.slots)

    def one() -> RenewSlot:
        reviewer_id, slot = draw.one(some)
        return RenewSlot(CELL, draw.one(world.reviewer_ids) if draw.rarely() else reviewer_id, slot)

    return draw.batch(one)


def cast_votes(draw: Draw, world: World) -> list[CastVote]:
    """Draw votes on one complaint that is open, mostly of one mind, and on others."""
    judged = draw.one(sorted({slot.task_id for _, slot in world.slots} & set(world.judging)))
    slots = [pair for pair in world.slots if pair[1].task_id == judged] * 3 + draw.few(world.slots)
    minds = [*Vote, draw.one(tuple(Vote))]

    def one() -> CastVote:
        reviewer_id, slot = draw.one(slots)
        reviewer_id = draw.one(world.reviewer_ids) if draw.rarely() else reviewer_id
        vote, reason = draw.one(minds), draw.one(("wrong", "blurred"))
        undo = draw.one((0, 0, 10))
        return CastVote(cell=CELL, reviewer_id=reviewer_id, slot=slot, vote=vote, reason=reason, undo_seconds=undo)

    return draw.batch(one)


def correct_votes(draw: Draw, world: World) -> list[CorrectVote]:
    """Draw other words about complaints, most of them undecided; now and then by somebody else."""
    undecided = [pair for pair in world.slots if pair[1].task_id in world.judging] * 2 + draw.few(world.slots)

    def one() -> CorrectVote:
        reviewer_id, slot = draw.one(undecided)
        reviewer_id = draw.one(world.reviewer_ids) if draw.rarely() else reviewer_id
        vote, reason = draw.one(tuple(Vote)), draw.one(("wrong", "blurred"))
        return CorrectVote(cell=CELL, reviewer_id=reviewer_id, slot=slot, vote=vote, reason=reason)

    return draw.batch(one)


def skip_slots(draw: Draw, world: World) -> list[SkipSlot]:
    """Draw complaints that are passed on, some of them twice, some of them somebody else's."""
    some = draw.few(world.slots)

    def one() -> SkipSlot:
        reviewer_id, slot = draw.one(some)
        return SkipSlot(CELL, draw.one(world.reviewer_ids) if draw.rarely() else reviewer_id, slot)

    return draw.batch(one)


def take_back_votes(draw: Draw, world: World) -> list[TakeBackVote]:
    """Draw reviewers who take a vote back, now and then somebody else's."""

    def one() -> TakeBackVote:
        reviewer_id, slot = draw.one(world.slots)
        return TakeBackVote(CELL, draw.one(world.reviewer_ids) if draw.rarely() else reviewer_id, slot)

    return draw.batch(one)


def settle_votes(draw: Draw, world: World) -> list[SettleVotes]:
    """Draw complaints, some of them twice, and one that is none."""
    some = [*sorted({slot.task_id for _, slot in world.slots}), UNKNOWN]
    return draw.batch(lambda: SettleVotes(CELL, draw.one(some)))


def lay_slots_ahead(draw: Draw, world: World) -> list[LaySlotAhead]:
    """Draw reviewers who want to see what comes next, each with the queues that are theirs."""
    queues = {reviewer_id: draw.one(((1,), (1, 2), (2,))) for reviewer_id in world.reviewer_ids}

    def one() -> LaySlotAhead:
        reviewer_id = draw.one(sorted(queues))
        return LaySlotAhead(CELL, reviewer_id, queues[reviewer_id])

    return draw.batch(one)


def take_slots(draw: Draw, world: World) -> list[TakeSlot]:
    """Draw reviewers, each with the queues that are theirs: they are in no command but in who they are."""
    queues = {reviewer_id: draw.one(((1,), (1, 2), (2,))) for reviewer_id in draw.few(world.reviewer_ids)}
    queues |= {UNKNOWN: (1,), UNKNOWN + 1: (1, 2)}
    deciding = set(draw.few(sorted(queues)))

    def one() -> TakeSlot:
        reviewer_id = draw.one(sorted(queues))
        return TakeSlot(CELL, reviewer_id, queues[reviewer_id], reviewer_id in deciding)

    return draw.batch(one)


def return_lapsed_slots(draw: Draw, world: World) -> list[ReturnLapsedSlots]:
    """Draw commands for single reviewers and for all (0)."""
    some = [0, *draw.few(world.reviewer_ids)]
    return draw.batch(lambda: ReturnLapsedSlots(cell=CELL, reviewer_id=draw.one(some)))
