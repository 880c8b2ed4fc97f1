"""Batches of appeals against floors and of their decisions, a function per action (support/batch_draw.py)."""

from manyeyes.actions.appeal_bars import AppealBar
from manyeyes.actions.decide_bars import DecideBar
from manyeyes.actions.learn_skills import LearnedSkill, LearnSkills
from manyeyes.consensus.rules import Method, Skill
from manyeyes.skills.alike import AlikeKind, FoundAlike
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


def learn_skills(draw: Draw, world: World) -> list[LearnSkills]:
    """Draw what nights say of the people of queues, some of them of the same queue, or of nobody."""

    def one() -> LearnSkills:
        people = sorted({draw.one(world.worker_ids) for _ in range(draw.one((0, 1, 3)))})
        learned = [LearnedSkill(worker_id=w, skill=Skill(right=draw.one((0.0, 2.5)), wrong=1.0)) for w in people]
        method, queue_id = draw.one(tuple(Method)), draw.one((1, 1, 2))
        pair, haste = draw.one((True, False)), draw.one((True, False))
        found = [FoundAlike(worker_id=1, kind=AlikeKind.PAIR, other_id=2, tasks=20, alike=18, expected=6.0)] * pair
        found += [FoundAlike(worker_id=1, kind=AlikeKind.HASTE, tasks=20, alike=15, expected=10.0)] * haste
        alike, right = tuple(found), draw.one((None, 0.85))
        return LearnSkills(
            cell=CELL, queue_id=queue_id, method=method, learned=tuple(learned), alike=alike, peers_right=right
        )

    return draw.batch(one)
