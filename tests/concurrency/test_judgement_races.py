"""Judgements taken, decided, passed on and closed at once over real connections: one wins, once, with exact books."""

import asyncio

import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.actions.decide_judgements import JudgementTaken, decide_judgements
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.skip_judgements import SkipJudgement, skip_judgements
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.certainty.rules import Judgement
from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.ledger.rules import TransferKind
from support.action_stage import Stage
from support.judged_results import decide, deciding, take_judgement
from support.races import race

ROUNDS = range(4)
TERMS = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5, uncertain=Uncertain.REVIEW)


async def asked(stage: Stage, account_id: int, *texts: str) -> int:
    """Let new people answer a new task; return it. All results of sure terms are drawn."""
    await stage.pool.execute("UPDATE queue SET audit_share = 1 WHERE queue_id = 1")
    task_id = await stage.submit(account_id, terms=TERMS)
    for text in texts:
        worker_id = stage.number()
        await stage.come(worker_id)
        await stage.hand_out()
        await stage.answer(worker_id, await stage.lease(worker_id), text, b"chance")
        await stage.go(worker_id)
    return task_id


async def taken(stage: Stage) -> Judgement:
    judgement = await take_judgement(stage, stage.number())
    assert judgement is not None
    return judgement


def passing(stage: Stage, judgement: Judgement) -> SkipJudgement:
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    return SkipJudgement(stage.cell, judgement.reviewer_id, lease)


async def is_exact(stage: Stage) -> None:
    """Hold that the books are, and that each decision was paid once."""
    assert (await stage.books()).findings == []
    decided = await stage.rows("judgement", "task_id", "state = 2")
    assert len(await stage.rows("transfer", "cause_id", f"kind = {TransferKind.JUDGEMENT_PAY}")) == len(decided)


@pytest.mark.parametrize("_", ROUNDS)
async def test_many_takers_get_one_each_and_none_twice(stage: Stage, _):
    account_id = await stage.account()
    for _ in range(3):
        await asked(stage, account_id, "1", "2")
    people = [stage.number() for _ in range(4)]
    batches = [(take_judgements, [TakeJudgement(stage.cell, person, (1,))]) for person in [*people, people[0]]]
    first = [judgement for (judgement,) in await race(stage, *batches) if judgement]
    # Who looked while others had locked what is open got nothing, and asks again.
    again = [await stage.act(take_judgements, *commands) for _, commands in batches]
    found = [*first, *(judgement for (judgement,) in again if judgement)]
    assert len({(judgement.task_id, judgement.reviewer_id) for judgement in found}) == 3
    assert len({judgement.task_id for judgement in found}) == 3


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_same_decision_twice_at_once_is_paid_once(stage: Stage, _):
    await asked(stage, await stage.account(), "1", "2")
    judgement = await taken(stage)
    batches = [(decide_judgements, [deciding(stage, judgement, "1")]) for _ in range(3)]
    outcomes = [outcome for (outcome,) in await race(stage, *batches)]
    assert all(isinstance(outcome, JudgementTaken) for outcome in outcomes)
    assert len(await stage.rows("result")) == 1
    await is_exact(stage)


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_decision_its_overdue_end_and_a_pass_one_wins(stage: Stage, _):
    await asked(stage, await stage.account(), "1", "2")
    judgement = await taken(stage)
    await race(
        stage,
        (decide_judgements, [deciding(stage, judgement, "1")]),
        (close_overdue_judgements, [CloseOverdueJudgements(stage.cell, 0)]),
        (skip_judgements, [passing(stage, judgement)]),
        (return_lapsed_judgements, [ReturnLapsedJudgements(stage.cell, judgement.reviewer_id)]),
    )
    await stage.act(close_overdue_judgements, CloseOverdueJudgements(stage.cell, 0))
    assert len(await stage.rows("result")) == 1
    await is_exact(stage)


async def test_answers_and_decisions_at_once_never_lock_each_other_out(stage: Stage):
    account_id = await stage.account(10_000_000)
    for n in range(6):
        await asked(stage, account_id, "1", "1" if n % 2 else "2")

    async def answering() -> None:
        for _ in range(6):
            task_id = stage.number()
            await stage.submit(account_id, terms=TERMS, task_id=task_id)
            people = [stage.number() for _ in range(2)]
            for worker_id in people:
                await stage.come(worker_id)
            await stage.hand_out()
            await stage.look(*people)
            commands = [stage.answering(w, await stage.lease(w), "1", b"chance") for w in people if await stage.desk(w)]
            await asyncio.gather(*[stage.act(answer_tasks, command) for command in commands])
            for worker_id in people:
                await stage.go(worker_id)

    async def deciding() -> None:
        for _ in range(12):
            judgement = await take_judgement(stage, stage.number())
            if judgement:
                await decide(stage, judgement, "1")

    async def sweeping() -> None:
        for _ in range(10):
            await stage.act(return_lapsed_judgements, ReturnLapsedJudgements(stage.cell))
            await stage.act(close_overdue_judgements, CloseOverdueJudgements(stage.cell, 24))

    async with asyncio.timeout(120):
        await asyncio.gather(answering(), deciding(), deciding(), deciding(), sweeping())
    await is_exact(stage)
    (known,) = await stage.rows("certainty")
    decided = await stage.rows("judgement", "task_id", "state = 2 AND value IS NOT NULL AND is_accepted")
    assert known["audits"] == len(decided), "every audit is counted, once"
