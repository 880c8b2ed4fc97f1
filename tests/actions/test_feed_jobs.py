"""Lines enter in their order, as far as budget, balance and queue allow, once, whatever is repeated or killed."""

from datetime import timedelta

import msgspec
import pytest

from manyeyes.actions.feed_jobs import FedLine, feed_jobs
from manyeyes.jobs.rules import (
    CLAIM_SECONDS,
    FEWEST_AT_ONCE,
    OPEN_AT_ONCE,
    JobState,
    JobVerb,
    WaitsFor,
    may_be_fed,
)
from manyeyes.tasks.rules import Ending
from support.action_stage import LIFE_SECONDS, PRICE, Stage
from support.job_lives import change, claim, draft, feed, feeding, find, running, settle, told

HOOK = "https://customer.example/jobs"


async def entered_lines(stage: Stage) -> list[int]:
    """Return the lines of the tasks in the queue, in the queue's order."""
    rows = await stage.rows("work", "turn, task_id")
    lines = {row["task_id"]: row["line"] for row in await stage.rows("task", "task_id, line")}
    return [lines[row["task_id"]] for row in sorted(rows, key=lambda row: row["turn"])]


async def test_lines_enter_in_their_order_with_their_price_held(stage: Stage):
    account_id = await stage.account(10_000)
    job_id = await running(stage, account_id, 5)
    stage.later(3)
    assert (await feed(stage, job_id, 2)).entered == 2
    assert await entered_lines(stage) == [1, 2]
    job = await find(stage, job_id)
    assert (job.entered, job.open, job.held_back, job.held_micros) == (2, 2, 3, 2 * PRICE)
    assert await stage.available(account_id) == 10_000 - 2 * PRICE
    (work, _) = await stage.rows("work")
    assert (work["job_id"], work["question_id"]) == (job_id, job.question_id)
    assert (work["created_at"], work["entered_at"]) == (stage.now - timedelta(seconds=3), stage.now)
    assert work["expires_at"] == stage.now + timedelta(seconds=LIFE_SECONDS)
    assert (await feed(stage, job_id)).entered == 3
    assert await entered_lines(stage) == [1, 2, 3, 4, 5]
    assert (await stage.books()).findings == []


@pytest.mark.parametrize(("budget", "fits"), [(3 * PRICE - 1, 2), (3 * PRICE, 3), (3 * PRICE + 1, 3), (0, 0)])
async def test_a_budget_of_exactly_n_tasks_lets_n_in(stage: Stage, budget: int, fits: int):
    account_id = await stage.account()
    job_id = await running(stage, account_id, 5, budget_micros=budget, callback_url=HOOK)
    assert (await feed(stage, job_id)).entered == fits
    job = await find(stage, job_id)
    assert (job.waits_for, job.state, job.open) == (WaitsFor.BUDGET, JobState.RUNNING, fits)
    assert await told(stage) == [("job.stuck", job_id)]
    assert (await feed(stage, job_id)).entered == 0
    assert await told(stage) == [("job.stuck", job_id)], "once, as long as it waits"
    await change(stage, job_id, budget_micros=4 * PRICE)
    await feed(stage, job_id)
    assert (await find(stage, job_id)).open == 4
    await change(stage, job_id, budget_micros=None)
    await feed(stage, job_id)
    job = await find(stage, job_id)
    assert (job.open, job.waits_for) == (5, WaitsFor.NOTHING)


async def test_what_comes_back_of_the_budget_lets_others_in(stage: Stage):
    job_id = await running(stage, await stage.account(), 2, budget_micros=PRICE, life_seconds=60)
    await feed(stage, job_id)
    stage.later(61)
    await settle(stage, job_id)
    assert (await find(stage, job_id)).open == 1
    await stage.change("UPDATE job SET deadline = $2 WHERE cell = $1", stage.now)
    await settle(stage, job_id)
    job = await find(stage, job_id)
    assert (job.state, job.unanswered, job.held_micros) == (JobState.FINISHED, 2, 0)


async def test_an_empty_balance_keeps_lines_out(stage: Stage):
    account_id = await stage.account(2 * PRICE)
    job_id = await running(stage, account_id, 3)
    await feed(stage, job_id)
    job = await find(stage, job_id)
    assert (job.open, job.waits_for) == (2, WaitsFor.BALANCE)
    assert await stage.available(account_id) == 0


async def test_a_suspended_account_waits_as_one_without_money(stage: Stage):
    account_id = await stage.account()
    job_id = await running(stage, account_id)
    await stage.change("UPDATE account SET suspended = true WHERE cell = $1 AND account_id = $2", account_id)
    assert (await feed(stage, job_id)).entered == 0
    assert (await find(stage, job_id)).waits_for is WaitsFor.BALANCE


async def test_a_dearer_queue_keeps_lines_out_that_may_not_cost_so_much(stage: Stage):
    job_id = await running(stage, await stage.account(), price_at_most_micros=PRICE, callback_url=HOOK)
    await stage.set_queue(1, price_micros=PRICE + 1)
    try:
        assert (await feed(stage, job_id)).entered == 0
        assert (await find(stage, job_id)).waits_for is WaitsFor.PRICE, "no budget would help"
        assert await told(stage) == [("job.stuck", job_id)]
    finally:
        await stage.set_queue(1, price_micros=PRICE)


async def test_a_job_never_fills_its_queue(stage: Stage):
    account_id = await stage.account()
    await stage.set_queue(1, capacity=8)
    try:
        job_id = await running(stage, account_id, 20)
        await feed(stage, job_id)
        job = await find(stage, job_id)
        assert (job.open, job.waits_for) == (6, WaitsFor.QUEUE)
        await stage.submit(account_id)  # there is room for others
    finally:
        await stage.set_queue(1, capacity=100_000)


async def test_a_job_has_only_so_many_open_at_once(stage: Stage):
    job_id = await running(stage, await stage.account(10**9), OPEN_AT_ONCE + 7)
    for _ in range(3):
        await feed(stage, job_id)
    assert await feed(stage, job_id) is None
    job = await find(stage, job_id)
    assert (job.open, job.held_back, job.waits_for) == (OPEN_AT_ONCE, 7, WaitsFor.NOTHING)


@pytest.mark.parametrize(
    ("room", "held_back", "enters"),
    [
        (FEWEST_AT_ONCE - 1, 1_000, False),
        (FEWEST_AT_ONCE, 1_000, True),
        (FEWEST_AT_ONCE - 1, FEWEST_AT_ONCE, False),
        (FEWEST_AT_ONCE - 1, FEWEST_AT_ONCE - 1, True),
        (1, 1, True),
        (0, 1, False),
        (1, 0, False),
    ],
)
async def test_lines_wait_until_a_portion_of_them_fits_or_the_last_ones(
    stage: Stage, room: int, held_back: int, enters: bool
):
    job = await find(stage, await running(stage, await stage.account(), 1))
    is_open = OPEN_AT_ONCE - room
    busy = msgspec.structs.replace(job, open=is_open, items=is_open + held_back)
    assert may_be_fed(busy, stage.now) is enters


async def test_a_picture_is_kept_under_the_day_of_its_task(stage: Stage):
    job_id = await running(stage, await stage.account(), 1, picture_url="https://pictures.example/1.png")
    yesterday = stage.now.date()
    await feed(stage, job_id)
    (blob,) = await stage.rows("blob")
    assert blob["day"] == yesterday
    assert [row["media"] for row in await stage.rows("task", "media")] == ["png"]
    assert [row["media"] for row in await stage.rows("work", "media")] == ["png"]


async def test_a_picture_that_cannot_be_had_ends_its_line_free_of_charge(stage: Stage):
    account_id = await stage.account(10_000)
    job_id = await running(stage, account_id, 2, picture_url="https://pictures.example/1.png", callback_url=HOOK)
    claimed = await claim(stage, job_id)
    lines = [FedLine(line.task_id, fault="the address answers 404") for line in claimed.lines]
    await stage.act(feed_jobs, feeding(stage, claimed, *lines))
    job = await find(stage, job_id)
    assert (job.failed, job.open, job.entered, job.state) == (2, 0, 2, JobState.FINISHED)
    rows = await stage.rows("result", "ending, why, charged_micros, job_id")
    assert (
        rows
        == [{"ending": Ending.NO_PICTURE, "why": "the address answers 404", "charged_micros": 0, "job_id": job_id}] * 2
    )
    assert await stage.available(account_id) == 10_000
    assert await told(stage) == [("job.finished", job_id)]
    assert (await stage.books()).findings == []


async def test_pictures_that_are_late_hold_up_what_is_behind_them_and_nothing_else(stage: Stage):
    job_id = await running(stage, await stage.account(), 3, picture_url="https://x.example/", callback_url=HOOK)
    claimed = await claim(stage, job_id)
    whole = feeding(stage, claimed)
    (fed,) = await stage.act(feed_jobs, feeding(stage, claimed, whole.lines[0], is_late=True, goes_on=True))
    assert (fed.entered, fed.is_ours) == (1, True)
    assert (await find(stage, job_id)).waits_for is WaitsFor.PICTURES
    assert await claim(stage, job_id) is None, "the claim goes on"
    (fed,) = await stage.act(feed_jobs, whole)
    assert fed.entered == 2
    job = await find(stage, job_id)
    assert (job.open, job.waits_for, job.claimed_until) == (3, WaitsFor.NOTHING, None)
    assert await told(stage) == [], "pictures come or fail by themselves"


async def test_a_claim_is_kept_while_pictures_take_their_time(stage: Stage):
    job_id = await running(stage, await stage.account(), 3, picture_url="https://x.example/")
    claimed = await claim(stage, job_id)
    only_goes_on = feeding(stage, claimed, goes_on=True, fed=())
    for _ in range(3):
        stage.later(CLAIM_SECONDS - 1)
        (fed,) = await stage.act(feed_jobs, only_goes_on)
        assert (fed.entered, fed.is_ours, fed.waits_for) == (0, True, WaitsFor.NOTHING)
        assert await claim(stage, job_id) is None
    (fed,) = await stage.act(feed_jobs, feeding(stage, claimed))
    assert fed.entered == 3
    await stage.act(feed_jobs, only_goes_on)
    assert (await find(stage, job_id)).claimed_until is None, "a claim that was given back stays so"


async def test_a_job_whose_first_picture_is_late_waits_for_pictures(stage: Stage):
    job_id = await running(stage, await stage.account(), 3, picture_url="https://x.example/")
    claimed = await claim(stage, job_id)
    await stage.act(feed_jobs, feeding(stage, claimed, is_late=True, goes_on=True, fed=()))
    job = await find(stage, job_id)
    assert (job.waits_for, job.claimed_until) == (WaitsFor.PICTURES, stage.now + timedelta(seconds=CLAIM_SECONDS))


async def test_a_repeated_command_does_nothing_twice(stage: Stage):
    account_id = await stage.account(10_000)
    job_id = await running(stage, account_id, 3)
    command = feeding(stage, await claim(stage, job_id))
    outcomes = await stage.act(feed_jobs, command, command)
    assert [o.entered for o in outcomes] == [3, 0]
    (again,) = await stage.act(feed_jobs, command)
    assert again.entered == 0
    assert (await find(stage, job_id)).open == 3
    assert await stage.available(account_id) == 10_000 - 3 * PRICE


async def test_a_process_that_was_too_slow_feeds_nothing(stage: Stage):
    job_id = await running(stage, await stage.account(), 3)
    slow = feeding(stage, await claim(stage, job_id))
    assert await claim(stage, job_id) is None, "it is somebody's"
    stage.later(31)
    quick = feeding(stage, await claim(stage, job_id))
    assert [o.is_ours for o in await stage.act(feed_jobs, slow)] == [False]
    assert [o.entered for o in await stage.act(feed_jobs, quick)] == [3]


@pytest.mark.parametrize("verb", [JobVerb.PAUSE, JobVerb.CANCEL])
async def test_a_job_that_was_stopped_meanwhile_is_not_fed(stage: Stage, verb: JobVerb):
    job_id = await running(stage, await stage.account(), 3)
    command = feeding(stage, await claim(stage, job_id))
    await change(stage, job_id, verb=verb)
    assert [o.entered for o in await stage.act(feed_jobs, command)] == [0]
    assert await stage.rows("work") == []


async def test_a_task_lives_until_the_deadline_at_most(stage: Stage):
    deadline = stage.now + timedelta(seconds=100)
    await feed(stage, await running(stage, await stage.account(), 1, deadline=deadline, life_seconds=3_600))
    assert [row["expires_at"] for row in await stage.rows("work")] == [deadline]


async def test_a_draft_is_nobodys_to_feed(stage: Stage):
    assert await claim(stage, await draft(stage, await stage.account())) is None


async def test_another_jobs_lines_are_passed_over(stage: Stage):
    """A command names its lines; one of another job, and so of another customer's money, is none of its."""
    job_id = await running(stage, await stage.account(), 2)
    other_id = await running(stage, await stage.account(), 2)
    other = await claim(stage, other_id)
    claimed = await claim(stage, job_id, 1)
    assert claimed
    assert other
    (mine,), (_, theirs) = claimed.lines, other.lines
    lines = (FedLine(mine.task_id), FedLine(theirs.task_id), FedLine(theirs.task_id, fault="gone"))
    (outcome,) = await stage.act(feed_jobs, feeding(stage, claimed, *lines))
    assert outcome.entered == 1
    assert (await find(stage, other_id)).entered == 0
    assert (await stage.books()).findings == []
