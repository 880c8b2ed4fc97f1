"""Batches of what reviewers do with results, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.decide_judgements import DecideJudgement
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead
from manyeyes.actions.renew_judgements import RenewJudgement
from manyeyes.actions.renew_promises import RenewPromise
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements
from manyeyes.actions.settle_decisions import SettleDecisions
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.skip_judgements import SkipJudgement
from manyeyes.actions.take_back_decisions import TakeBackDecision
from manyeyes.actions.take_judgements import TakeJudgement
from support.batch_draw import Draw
from support.batch_world import CELL, UNKNOWN, World


def take_judgements(draw: Draw, world: World) -> list[TakeJudgement]:
    """Draw reviewers, each with the queues that are theirs: they are in no command but in who they are."""
    people = [reviewer_id for reviewer_id, _ in world.judgements]
    queues = {reviewer_id: draw.one(((1,), (1, 2), (2,))) for reviewer_id in draw.few(people)}
    queues |= {UNKNOWN: (1,), UNKNOWN + 1: (1, 2)}
    deciding = set(draw.few(sorted(queues)))

    def one() -> TakeJudgement:
        reviewer_id = draw.one(sorted(queues))
        return TakeJudgement(CELL, reviewer_id, queues[reviewer_id], reviewer_id in deciding)

    return draw.batch(one)


def return_lapsed_judgements(draw: Draw, world: World) -> list[ReturnLapsedJudgements]:
    """Draw commands for single reviewers and for all (0)."""
    some = [0, *draw.few([reviewer_id for reviewer_id, _ in world.judgements])]
    return draw.batch(lambda: ReturnLapsedJudgements(cell=CELL, reviewer_id=draw.one(some)))


def skip_judgements(draw: Draw, world: World) -> list[SkipJudgement]:
    """Draw passes, some of them twice, some of what is somebody else's."""

    def one() -> SkipJudgement:
        reviewer_id, lease = _lease(draw, world)
        return SkipJudgement(cell=CELL, reviewer_id=reviewer_id, judgement=lease)

    return draw.batch(one)


def renew_judgements(draw: Draw, world: World) -> list[RenewJudgement]:
    """Draw reviewers who ask for more time, some of them for what is somebody else's."""

    def one() -> RenewJudgement:
        reviewer_id, lease = _lease(draw, world)
        return RenewJudgement(cell=CELL, reviewer_id=reviewer_id, judgement=lease)

    return draw.batch(one)


def decide_judgements(draw: Draw, world: World) -> list[DecideJudgement]:
    """Draw decisions: given answers, others, none, and what is no answer."""

    def one() -> DecideJudgement:
        reviewer_id, lease = _lease(draw, world)
        value = draw.one(("12345", " 12345", "2", "3", None, ""))
        undo_seconds = draw.one((0, 0, 10))
        return DecideJudgement(CELL, reviewer_id, lease, value, undo_seconds)

    return draw.batch(one)


def take_back_decisions(draw: Draw, world: World) -> list[TakeBackDecision]:
    """Draw reviewers who take something back, some of them what is somebody else's."""
    return draw.batch(lambda: TakeBackDecision(CELL, *_lease(draw, world)))


def settle_decisions(draw: Draw, world: World) -> list[SettleDecisions]:
    """Draw results, some of them twice, and one that is none."""
    return draw.batch(lambda: SettleDecisions(CELL, _lease(draw, world)[1].task_id))


def lay_judgements_ahead(draw: Draw, world: World) -> list[LayJudgementAhead]:
    """Draw reviewers who want to see what comes next, each with the queues that are theirs."""
    people = {reviewer_id: draw.one(((1,), (1, 2), (2,))) for reviewer_id, _ in world.judgements} | {UNKNOWN: (1,)}

    def one() -> LayJudgementAhead:
        reviewer_id = draw.one(sorted(people))
        return LayJudgementAhead(CELL, reviewer_id, people[reviewer_id])

    return draw.batch(one)


def renew_promises(draw: Draw, world: World) -> list[RenewPromise]:
    """Draw questions: a refused one, one that is not, and some of which nothing is known."""

    def one() -> RenewPromise:
        account_id, queue_id, target = draw.one(world.account_ids), draw.one((1, 2)), draw.one((0.1, 0.5))
        return RenewPromise(cell=CELL, account_id=account_id, queue_id=queue_id, question_id=0, target=target)

    return draw.batch(one)


def _lease(draw: Draw, world: World) -> tuple[int, JudgementId]:
    reviewer_id, lease = draw.one([*world.judgements, (UNKNOWN, JudgementId(CELL, UNKNOWN, 1))])
    return (UNKNOWN if draw.rarely() else reviewer_id), lease
