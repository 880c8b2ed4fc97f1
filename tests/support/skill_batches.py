"""Batches of what follows from floors: appeals, decisions, practice; a function per action (support/batch_draw.py)."""

from manyeyes.actions.appeal_bars import AppealBar
from manyeyes.actions.begin_practice import BeginPractice
from manyeyes.actions.decide_bars import DecideBar
from manyeyes.actions.learn_skills import LearnedSkill, LearnSkills
from manyeyes.actions.set_trainings import SetTraining
from manyeyes.consensus.rules import Method, Skill
from manyeyes.skills.alike import AlikeKind, FoundAlike
from support.batch_draw import Draw
from support.batch_world import CELL, LIVE_NODE, LOST_NODE, World


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


def begin_practice(draw: Draw, world: World) -> list[BeginPractice]:
    """Draw people who begin to practise, some who need not, some in a queue without a set, from two nodes."""

    def one() -> BeginPractice:
        worker_id, queue_id, node_id = (
            draw.one(world.worker_ids),
            draw.one((1, 1, 1, 2)),
            draw.one((LIVE_NODE, LOST_NODE)),
        )
        return BeginPractice(CELL, worker_id, node_id, queue_id, draw.one((("en",), ("en", "vi"))))

    return draw.batch(one)


def set_trainings(draw: Draw, world: World) -> list[SetTraining]:
    """Draw training sets, paid and not, some that are refused, some that are taken away."""

    def one() -> SetTraining:
        queue_id, items, is_paid = draw.one((1, 1, 2)), draw.one((0, 1, 2, 11)), draw.one((False, True))
        named = tuple(draw.few(sorted(world.owners))) if draw.rarely() else ()
        mark = draw.one((0.5, 0.8, 1.5))
        return SetTraining(cell=CELL, queue_id=queue_id, task_ids=named, items=items, is_paid=is_paid, pass_mark=mark)

    return draw.batch(one)
