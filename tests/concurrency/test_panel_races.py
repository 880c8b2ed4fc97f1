"""Tasks of several answers, wanted by several connections at once: decided once, nobody asked twice, no deadlock."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.cancel_tasks import CancelTask, TaskCancelled, cancel_tasks
from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.file_complaints import Filed
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.settle_jobs import SettleJob, settle_jobs
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.skip_tasks import SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.jobs.rules import JobVerb
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.tasks.rules import Ending
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, LIFE_SECONDS, PRICE, Stage
from support.job_lives import change, feed, running
from support.panel_tables import answer_all, seated, team
from support.races import Batch, race

ROUNDS = range(4)
STORMS, AT_ONCE = range(12), 7  # batches at once: as many connections as the stage has, one left
TWO, THREE = PeopleTerms(answers=2, answers_at_most=3), PeopleTerms(answers=3, answers_at_most=5)


def later(action: Any, seconds: float) -> Any:
    """Return the action as it would be called so many seconds later."""

    async def at_that_time(tx: asyncpg.Connection, now: Any, commands: Sequence[Any]) -> Any:
        return await action(tx, now + timedelta(seconds=seconds), commands)

    return at_that_time


async def answering(stage: Stage, *people: int, text: str = "12345") -> Batch:
    """Return the batch that answers what these people look at."""
    return answer_tasks, [stage.answering(w, await stage.lease(w), text) for w in people]


async def nobody_twice(stage: Stage) -> None:
    """Raise AssertionError when somebody was asked twice about one task."""
    said = [(row["task_id"], row["worker_id"]) for row in await stage.rows("answer", "task_id, worker_id")]
    held = await stage.rows("work", "of_task, worker_id", "worker_id <> 0 AND of_task <> 0")
    asked = said + [(row["of_task"], row["worker_id"]) for row in held]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.parametrize("texts", [("12345", "12345"), ("12345", "99")])
async def test_two_answers_that_complete_a_task_decide_once(stage: Stage, texts: tuple[str, str], _: int):
    account_id, people = await stage.account(), await team(stage, 2)
    task_id = await stage.submit(account_id, terms=TWO)
    assert await seated(stage, people) == people
    batches = [await answering(stage, w, text=text) for w, text in zip(people, texts, strict=True)]
    outcomes = [outcome for (outcome,) in await race(stage, *batches)]
    assert all(isinstance(outcome, Answered) for outcome in outcomes)
    results, seats = await stage.rows("result"), await stage.rows("work")
    (panel,) = await stage.rows("panel")
    if texts[0] == texts[1]:
        assert [(r["task_id"], r["answers"], r["charged_micros"]) for r in results] == [(task_id, 2, 2 * PRICE)]
        assert seats == []
    else:
        assert results == []
        assert [(s["state"], s["of_task"]) for s in seats] == [(0, task_id)], "one more is asked, once"
    assert (panel["given"], panel["open"]) == (2, len(seats))
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_an_answer_against_a_cancellation_and_the_end_of_the_tasks_life(stage: Stage, _: int):
    """One seat is answered while the task is taken back, and its waiting seats' time is over: each order is right."""
    account_id, people = await stage.account(10_000), await team(stage, 1)
    task_id = await stage.submit(account_id, terms=THREE)
    assert await seated(stage, people) == people
    (given,), (cancelled,), _overdue = await race(
        stage,
        await answering(stage, *people),
        (cancel_tasks, [CancelTask(stage.cell, account_id, task_id)]),
        (later(end_overdue_tasks, LIFE_SECONDS + 1), [EndOverdueTasks(stage.cell)]),
    )
    assert isinstance(given, Answered), "what lies on somebody's desk is theirs"
    if not isinstance(cancelled, TaskCancelled):
        stage.later(LIFE_SECONDS + 1)
        await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answers"], result["charged_micros"]) == (Ending.SOLVED, 1, PRICE)
    assert await stage.available(account_id) == 10_000 - PRICE
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_nobody_gets_two_seats_of_a_task_from_two_processes(stage: Stage, _: int):
    account_id, people = await stage.account(), await team(stage, 4)
    for _n in range(4):
        await stage.submit(account_id, terms=THREE)
    while await stage.rows("work"):
        await race(stage, *[(hand_out, [HandOut(stage.cell, 1)]) for _n in range(3)])
        await stage.look(*people)
        await nobody_twice(stage)
        busy = [w for w in people if await stage.desk(w)]
        assert busy
        batches = [await answering(stage, w) for w in busy]
        await race(stage, *batches, (hand_out, [HandOut(stage.cell, 1)]))
        await nobody_twice(stage)
    assert len(await stage.rows("result")) == 4
    assert (await stage.books()).findings == []


async def open_storm(stage: Stage, chance: random.Random) -> list[Batch]:
    """Prepare tasks at every point of their life, and return batches that all want them, in any order."""
    account_id, people = await stage.account(), await team(stage, 8)
    job_id = await running(stage, account_id, 3, terms=TWO, callback_url="https://receiver.example/job")
    await feed(stage, job_id)
    own = [await stage.submit(account_id, terms=chance.choice((None, TWO, THREE))) for _ in range(5)]
    for _ in range(2):
        await stage.hand_out()
    await stage.look(*people)
    held = [(w, await stage.lease(w)) for w in people if await stage.desk(w)]
    chance.shuffle(held)
    early, late, skipping = held[:3], held[3:6], held[6:]
    job_tasks = [row["task_id"] for row in await stage.rows("task", "task_id", f"job_id = {job_id}")]
    wanted = [CancelTask(stage.cell, account_id, task_id) for task_id in [*own, *job_tasks]]
    chance.shuffle(wanted)
    await answer_some(stage, early[:1])
    await change(stage, job_id, verb=JobVerb.CANCEL)
    batches: list[Batch] = [
        (answer_tasks, [stage.answering(w, lease, chance.choice(("12345", "99"))) for w, lease in early[1:]]),
        (answer_tasks, [stage.answering(w, lease, "12345") for w, lease in late]),
        (skip_tasks, [SkipTask(stage.cell, w, lease, SkipReason.UNREADABLE) for w, lease in skipping]),
        (cancel_tasks, wanted),
        (settle_jobs, [SettleJob(stage.cell, job_id, LIFE_SECONDS)]),
        (later(end_overdue_tasks, LIFE_SECONDS + 1), [EndOverdueTasks(stage.cell)]),
        (later(return_lapsed_leases, LEASE_SECONDS + 1), [ReturnLapsedLeases(stage.cell)]),
        (leave, [Leave(stage.cell, w, offline=True) for w in people[-2:]]),
        (hand_out, [HandOut(stage.cell, 1)]),
        (submit_tasks, [stage.submitting(account_id, terms=THREE) for _ in range(2)]),
        (vest_pay, [VestPay(stage.cell)]),
    ]
    batches = [*batches[:2], *chance.sample([batch for batch in batches[2:] if batch[1]], AT_ONCE - 2)]
    chance.shuffle(batches)
    return batches


async def answer_some(stage: Stage, held: Sequence[tuple[int, Any]]) -> None:
    for worker_id, lease in held:
        await stage.answer(worker_id, lease, "12345")


@pytest.mark.parametrize("seed", STORMS)
async def test_all_that_ends_tasks_at_once_never_deadlocks(stage: Stage, seed: int):
    """PostgreSQL breaks a deadlock by an error, which the race would raise."""
    chance = random.Random(seed)
    batches = await open_storm(stage, chance)
    await race(stage, *batches)
    await nobody_twice(stage)
    assert (await stage.books()).findings == []
    # What is left comes to an end.
    stage.later(LIFE_SECONDS + LEASE_SECONDS + 1)
    for _ in range(3):
        await stage.return_lapsed()
        await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    assert await stage.rows("work") == []
    assert [row for row in await stage.rows("panel", "state") if row["state"] != 2] == []
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    assert await stage.rows("pending_pay") == []
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("_", ROUNDS)
async def test_verdicts_on_results_of_several_against_each_other_and_the_vesting(stage: Stage, _: int):
    """The last votes of two complaints come with the sweep that settles overdue ones, and the pay that is due."""
    account_id, people = await stage.account(), await team(stage, 3)
    for _n in range(3):
        task_id = await stage.submit(account_id, terms=PeopleTerms(answers=3, answers_at_most=3))
        await answer_all(stage, people, "12345", "99", "12345")
        assert isinstance(await stage.complain(account_id, task_id), Filed)
    slots = [await stage.take(stage.number()) for _n in range(9)]
    votes = [stage.voting(slot, "confirm") for slot in slots if slot]
    stage.later(1)
    await race(
        stage,
        (cast_votes, votes[0::2]),
        (cast_votes, votes[1::2]),
        (later(settle_overdue_reports, 1), [SettleOverdueReports(stage.cell, 0)]),
        (later(vest_pay, PENDING_SECONDS), [VestPay(stage.cell)]),
    )
    assert {row["state"] for row in await stage.rows("report", "state")} == {1}
    assert await stage.available(account_id) == 1_000_000
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    assert await stage.rows("pending_pay") == []
    assert (await stage.books()).findings == []
