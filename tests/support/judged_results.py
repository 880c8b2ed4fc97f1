"""Results that reviewers look at, for the tests of the actions on them."""

import json
from collections.abc import Sequence
from typing import Any

from manyeyes.actions.decide_judgements import DecideJudgement, JudgementTaken, decide_judgements
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.certainty.rules import Judgement
from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage

REVIEWED = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.05, uncertain=Uncertain.REVIEW)
RETURNED = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.05)
VOTE_PAY = 100
SEED = b"chance"


async def asked(
    stage: Stage,
    *texts: str,
    terms: PeopleTerms = REVIEWED,
    seed: bytes = b"",
    people: Sequence[int] = (),
    account_id: int = 0,
) -> tuple[int, list[int]]:
    """Let people (new ones, unless they are named) answer a new task; return it and them."""
    account_id = account_id or await stage.account()
    found = [*people, *[stage.number() for _ in texts[len(people) :]]]
    task_id = await stage.submit(account_id, terms=terms)
    for worker_id, text in zip(found, texts, strict=True):
        await stage.come(worker_id)
        await stage.hand_out()
        await stage.answer(worker_id, await stage.lease(worker_id), text, seed)
        await stage.go(worker_id)
    return task_id, found


async def take_judgement(stage: Stage, reviewer_id: int, *queues: int) -> Judgement | None:
    """Let a reviewer ask for a result to judge."""
    (judgement,) = await stage.act(take_judgements, TakeJudgement(stage.cell, reviewer_id, queues or (1,)))
    assert not isinstance(judgement, Refusal), judgement
    return judgement


def deciding(stage: Stage, judgement: Judgement, value: str | None, undo_seconds: float = 0) -> DecideJudgement:
    """Return the command by which the judgement's holder decides."""
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    return DecideJudgement(stage.cell, judgement.reviewer_id, lease, value, undo_seconds)


async def decide(
    stage: Stage, judgement: Judgement, value: str | None, undo_seconds: float = 0
) -> JudgementTaken | Refusal:
    """Decide as the judgement's holder."""
    (outcome,) = await stage.act(decide_judgements, deciding(stage, judgement, value, undo_seconds))
    return outcome


async def taken(stage: Stage) -> Judgement:
    """Let a new reviewer take what waits."""
    judgement = await take_judgement(stage, stage.number())
    assert judgement is not None
    return judgement


async def the_result(stage: Stage) -> dict[str, Any]:
    """Return the one result that there is, its answer as a text."""
    (result,) = await stage.rows("result")
    return {**result, "answer": json.loads(result["answer"])["text"]}
