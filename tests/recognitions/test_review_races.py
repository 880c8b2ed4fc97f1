"""Verdicts, overdue sweeps, complaints and new results at once: each review ends once, and nobody waits for ever."""

import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.record_recognitions import record_recognitions
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.shared.ballots import Voted
from manyeyes.recognitions.rules import ReviewState
from support.action_stage import Stage
from support.asked_results import Asked, asked_on
from support.races import race

ROUNDS = range(5)


@pytest.fixture
async def asked(stage: Stage) -> Asked:
    return await asked_on(stage)


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_verdict_and_the_end_of_its_time_one_wins(stage: Stage, asked: Asked, _):
    """The lease of the worker has just run out: whoever locks the task first ends it, or nobody but the worker does."""
    result = await asked.ask()
    stage.later(asked.calls.recognitions[0].review_seconds - 30)
    await stage.hand_out()
    lease = await stage.lease(asked.worker_id)
    stage.later(29)
    answer = (answer_tasks, [stage.answering(asked.worker_id, lease, "2")])
    (answered,), _swept = await race(stage, answer, (end_overdue_tasks, [EndOverdueTasks(stage.cell)]))
    assert isinstance(answered, Answered)
    (review,) = await asked.reviews()
    assert (review["task_id"], review["state"]) == (result.task_id, ReviewState.DECIDED)
    assert await asked.counts() == (1, 1, 0)


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_late_verdict_a_lapsed_lease_and_the_end_of_its_time(stage: Stage, asked: Asked, _):
    await asked.ask()
    stage.later(asked.calls.recognitions[0].review_seconds - 30)
    await stage.hand_out()
    lease = await stage.lease(asked.worker_id)
    stage.later(61)
    answer = (answer_tasks, [stage.answering(asked.worker_id, lease, "2")])
    await race(stage, answer, (return_lapsed_leases, [ReturnLapsedLeases(stage.cell)]))
    # The sweep passes over a worker whose answer is being looked at, and comes again.
    await stage.act(return_lapsed_leases, ReturnLapsedLeases(stage.cell))
    await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    assert await asked.counts() == (0, 0, 1)
    assert [row["state"] for row in await asked.reviews("state")] == [ReviewState.UNDECIDED]
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_sweeps_end_a_review_once(stage: Stage, asked: Asked, _):
    for _n in range(4):
        await asked.ask()
    stage.later(asked.calls.recognitions[0].review_seconds)
    sweep = (end_overdue_tasks, [EndOverdueTasks(stage.cell)])
    swept = await race(stage, sweep, sweep, sweep)
    assert sum(count for (count,) in swept) == 4
    assert await asked.counts() == (0, 0, 4)


@pytest.mark.parametrize("_", ROUNDS)
async def test_verdicts_and_new_results_in_opposite_orders_never_dead_lock(stage: Stage, asked: Asked, _):
    """They meet at the rows of the same days, quarters and durations."""
    workers = [asked.worker_id, *[await stage.worker() for _ in range(5)]]
    for n in range(6):
        await asked.ask(label=n % 3)
    await stage.hand_out()
    answers = [stage.answering(w, await stage.lease(w), "1") for w in workers]
    calls = [
        asked.calls.call(*[asked.calls.found(label=n, rate=0.3) for n in order]) for order in ((0, 1, 2), (2, 1, 0))
    ]
    await race(
        stage,
        (answer_tasks, answers[:3]),
        (answer_tasks, answers[:2:-1]),
        *[(record_recognitions, [call]) for call in calls],
    )
    assert await asked.counts() == (6, 4, 0)
    assert sum(row["total"] for row in await stage.rows("recognition_day", "total")) == 12


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_last_two_votes_refute_a_verdict_once(stage: Stage, asked: Asked, _):
    result = await asked.decide(2)
    await stage.complain(asked.account_id, result.task_id)
    slots = [await stage.take(stage.number()) for _ in range(3)]
    assert isinstance(await stage.vote(slots[0]), Voted)
    other = asked.calls.call(asked.calls.found(label=1, rate=0.3))
    await race(stage, *[(cast_votes, [stage.voting(slot)]) for slot in slots[1:]], (record_recognitions, [other]))
    assert await asked.counts() == (0, 0, 1)
    assert [row["refuted"] for row in await asked.reviews("refuted")] == [False, True]
    assert (await stage.books()).findings == []
