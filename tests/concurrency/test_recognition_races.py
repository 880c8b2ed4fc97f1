"""Recognition calls at the same time: one of two alike is recorded and answers both, and nobody waits for ever."""

import asyncio

import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.import_results import Imported, import_results
from manyeyes.actions.record_recognitions import Recorded, record_recognitions
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.sweep_calls import SweepCalls, sweep_calls
from manyeyes.values.refusals import Reason
from support.action_stage import PRICE, Stage
from support.races import race
from support.recognition_calls import RATE_PRICE, Calls, app_of, importing, recognition_of

ROUNDS = range(5)


@pytest.fixture
async def calls(stage: Stage) -> Calls:
    return Calls(stage, app_of(await stage.account(10_000_000), cell=stage.cell))


@pytest.mark.parametrize("_", ROUNDS)
async def test_of_two_calls_alike_in_two_processes_one_answers_both(stage: Stage, calls: Calls, _):
    pair = [calls.call(calls.found(), calls.found(rate=0.1), nonce="0.5") for _ in range(2)]
    (first,), (second,) = await race(stage, *[(record_recognitions, [call]) for call in pair])
    assert sorted([first.is_repeated, second.is_repeated]) == [False, True]
    assert first.answer == second.answer
    assert len(await stage.rows("recognition_result")) == 2
    assert await stage.available(calls.app.account_id) == 10_000_000 - 2 * RATE_PRICE - PRICE
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_of_two_bodies_under_one_timestamp_and_nonce_one_is_refused(stage: Stage, calls: Calls, _):
    pair = [calls.call(nonce="0.5", body=body) for body in "ab"]
    outcomes = [outcome for (outcome,) in await race(stage, *[(record_recognitions, [call]) for call in pair])]
    refusals = [outcome.reason for outcome in outcomes if not isinstance(outcome, Recorded)]
    assert refusals == [Reason.CALL_REPEATED]
    assert len(await stage.rows("recognition_result")) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_calls_on_the_last_cent(stage: Stage, _):
    calls = Calls(stage, app_of(await stage.account(RATE_PRICE + PRICE), cell=stage.cell))
    pair = [calls.call(calls.found(rate=0.1)) for _ in range(2)]
    outcomes = [outcome for (outcome,) in await race(stage, *[(record_recognitions, [call]) for call in pair])]
    assert sorted(isinstance(outcome, Recorded) for outcome in outcomes) == [False, True]
    assert await stage.available(calls.app.account_id) == 0
    assert len(await stage.rows("recognition_review")) == 1
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_call_and_a_task_on_the_last_cent(stage: Stage, _):
    calls = Calls(stage, app_of(await stage.account(PRICE), cell=stage.cell))
    task = stage.submitting(calls.app.account_id)
    (recorded,), (submitted,) = await race(stage, (record_recognitions, [calls.call()]), (submit_tasks, [task]))
    assert isinstance(recorded, Recorded) != isinstance(submitted, Submitted)
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_same_file_imported_twice_at_once_counts_once(stage: Stage, calls: Calls, _):
    lines = ["2022-12-05,1,false,0.95,a"] * 10
    commands = [importing(stage, calls.recognitions[0], lines, first_result_id=n * 1_000_000) for n in (1, 2)]
    outcomes = [outcome for (outcome,) in await race(stage, *[(import_results, [command]) for command in commands])]
    assert sorted(outcomes, key=lambda o: o.results) == [Imported(0, True), Imported(10, False)]
    assert [row["total"] for row in await stage.rows("recognition_day", "total")] == [10]


async def test_calls_tasks_answers_and_matches_of_one_account_get_past_each_other(stage: Stage):
    """All that moves one account's money and one recognition's counts, at once, again and again."""
    account_id = await stage.account(10_000_000)
    apps = [app_of(account_id, cell=stage.cell, secret_id=f"{n:024x}") for n in (1, 2)]
    callers = [Calls(stage, app, *[recognition_of(app, n + 2 * k) for k in (0, 1)]) for n, app in enumerate(apps, 1)]
    workers = [await stage.worker() for _ in range(4)]
    for _ in range(6):
        held = [(worker_id, work) for worker_id in workers for work in await stage.desk(worker_id)]
        answers = [stage.answering(worker_id, stage.lease_of(work), answer_to(work)) for worker_id, work in held]
        recorded = [[mixed(caller) for _ in range(3)] for caller in callers]
        outcomes = await asyncio.wait_for(
            race(
                stage,
                *[(record_recognitions, batch) for batch in recorded],
                (record_recognitions, [mixed(caller) for caller in reversed(callers)]),
                (submit_tasks, [stage.submitting(account_id) for _ in range(3)]),
                *([(answer_tasks, answers)] if answers else []),
                (hand_out, [HandOut(stage.cell, 1)]),
                (sweep_calls, [SweepCalls(stage.cell, 0)]),
            ),
            60,
        )
        assert all(isinstance(outcome, Recorded) for batch in outcomes[:3] for outcome in batch)
        await stage.hand_out()
    assert len(await stage.rows("result")) > 0
    assert len(await stage.rows("recognition_result")) == 6 * 8 * 4
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])


def answer_to(work) -> str:
    """Return what fits what the task asks."""
    return "1" if work.kind == "label_picture" else "12345"


def mixed(caller):
    """Return a call with a result of each sort under both recognitions of its app, the later one first."""
    earlier, later = caller.recognitions
    uncertain = [caller.found(rate=0.2, recognition=recognition) for recognition in (later, earlier)]
    return caller.call(*uncertain, caller.found(recognition=earlier), caller.found(label=-1, recognition=later))
