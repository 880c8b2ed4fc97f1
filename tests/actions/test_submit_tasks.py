"""submit_tasks: a task is taken with its price held, or refused with nothing left behind."""

from datetime import timedelta

import pytest

from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.allow_list.rules import STANDING_SECONDS
from manyeyes.dispatch.rules import TURN_UNIT
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V3, ImageOptions
from manyeyes.values.refusals import Reason
from support.action_stage import LIFE_SECONDS, PAY, PICTURE, PRICE, Stage

OPTIONS = ImageOptions(numeric=1, min_length=3, comment="the meter")


async def test_a_task_is_stored_queued_and_held(stage: Stage):
    account_id = await stage.account(1_000)
    command = stage.submitting(
        account_id,
        options=OPTIONS,
        soft_id=847,
        ip="203.0.113.7",
        website_url="https://example.org",
        callback_url="https://example.org/ready",
        language_pool="en",
    )
    assert await stage.act(submit_tasks, command) == [Submitted(command.task_id, 1)]
    (task,) = await stage.rows("task")
    assert task["callback_url"] == "https://example.org/ready"
    assert (task["soft_id"], task["ip"], task["website_url"]) == (847, "203.0.113.7", "https://example.org")
    assert (task["media"], task["created_at"], task["language_pool"]) == ("png", stage.now, "en")
    (work,) = await stage.rows("work")
    assert (work["price_micros"], work["pay_micros"], work["bid_micros"], work["state"]) == (PRICE, PAY, PRICE, 0)
    assert work["expires_at"] == stage.now + timedelta(seconds=LIFE_SECONDS)
    assert work["options"] == task["options"]
    assert await stage.rows("blob", "task_id, media, bytes") == [
        {"task_id": command.task_id, "media": "png", "bytes": PICTURE.data}
    ]
    (hold,) = await stage.rows("transfer", where=f"kind = {TransferKind.HOLD}")
    assert (hold["cause_id"], hold["amount_micros"], hold["account_id"]) == (command.task_id, PRICE, account_id)
    assert (hold["debit_book"], hold["credit_book"]) == (Book.AVAILABLE, Book.HELD)
    assert await stage.available(account_id) == 1_000 - PRICE
    assert not await stage.rows("result")
    assert not await stage.rows("usage_minute")


@pytest.mark.parametrize(
    ("reason", "obstacle"),
    [
        (Reason.BALANCE_TOO_LOW, "UPDATE balance SET available_micros = 0 WHERE cell = $1"),
        (Reason.BALANCE_TOO_LOW, "UPDATE balance SET available_micros = 699 WHERE cell = $1"),
        (Reason.ACCOUNT_SUSPENDED, "UPDATE account SET suspended = true WHERE cell = $1"),
        (Reason.QUEUE_FULL, ""),
        (Reason.UNKNOWN_ACCOUNT, "DELETE FROM account WHERE cell = $1"),
    ],
)
async def test_a_refusal_leaves_nothing(stage: Stage, reason, obstacle):
    account_id = await stage.account()
    await stage.submit(account_id)
    await (stage.change(obstacle) if obstacle else stage.set_queue(capacity=1))
    before = await stage.everything()
    (refusal,) = await stage.act(submit_tasks, stage.submitting(account_id))
    assert refusal.reason is reason
    assert await stage.everything() == before


async def test_a_batch_of_several_accounts_is_decided_one_by_one_in_its_order(stage: Stage):
    rich, poor = await stage.account(10_000), await stage.account(PRICE * 2 + 1)
    commands = [stage.submitting(account_id) for account_id in (poor, rich, poor, rich, poor)]
    outcomes = await stage.act(submit_tasks, *commands)
    assert [isinstance(outcome, Submitted) for outcome in outcomes] == [True, True, True, True, False]
    assert [outcome.task_id for outcome in outcomes[:4]] == [command.task_id for command in commands[:4]]
    assert outcomes[4].reason is Reason.BALANCE_TOO_LOW
    assert (await stage.available(rich), await stage.available(poor)) == (10_000 - 2 * PRICE, 1)
    assert len(await stage.rows("work")) == len(await stage.rows("task")) == len(await stage.rows("blob")) == 4
    assert (await stage.books()).difference_micros == 0


async def test_the_last_cent_can_be_spent(stage: Stage):
    account_id = await stage.account(PRICE)
    await stage.submit(account_id)
    assert await stage.available(account_id) == 0


async def test_a_retried_batch_is_done_once(stage: Stage):
    account_id = await stage.account(PRICE * 2)
    commands = [stage.submitting(account_id, retried=True) for _ in range(2)]
    first = await stage.act(submit_tasks, *commands)
    before = await stage.everything()
    assert await stage.act(submit_tasks, *commands) == first
    assert await stage.everything() == before


async def test_a_retried_batch_that_was_half_done_is_finished(stage: Stage):
    account_id = await stage.account()
    done = await stage.submit(account_id, retried=True)
    fresh = stage.submitting(account_id, retried=True)
    outcomes = await stage.act(submit_tasks, stage.submitting(account_id, task_id=done, retried=True), fresh)
    assert outcomes == [Submitted(done, 1), Submitted(fresh.task_id, 1)]
    assert len(await stage.rows("work")) == 2
    assert await stage.available(account_id) == 1_000_000 - 2 * PRICE


async def test_a_batch_counts_its_own_tasks_against_the_capacity(stage: Stage):
    account_id = await stage.account()
    await stage.set_queue(capacity=3)
    outcomes = await stage.act(submit_tasks, *[stage.submitting(account_id) for _ in range(5)])
    assert [isinstance(outcome, Submitted) for outcome in outcomes] == [True] * 3 + [False] * 2
    assert {outcome.reason for outcome in outcomes[3:]} == {Reason.QUEUE_FULL}


async def test_a_high_bid_enters_a_full_queue_and_pays_itself(stage: Stage):
    modest, eager = await stage.account(), await stage.account()
    await stage.submit(modest)
    await stage.set_queue(capacity=1)
    await stage.change("UPDATE account SET max_bid_micros = 1500 WHERE cell = $1 AND account_id = $2", eager)
    task_id = await stage.submit(eager)
    (work,) = await stage.rows("work", where=f"task_id = {task_id}")
    assert (work["bid_micros"], work["price_micros"], work["pay_micros"]) == (1_500, 1_500, PAY)
    assert await stage.available(eager) == 1_000_000 - 1_500
    assert (await stage.books()).difference_micros == 0


async def test_bids_do_nothing_below_capacity(stage: Stage):
    account_id = await stage.account()
    await stage.change("UPDATE account SET max_bid_micros = 1500 WHERE cell = $1")
    await stage.submit(account_id)
    assert await stage.available(account_id) == 1_000_000 - PRICE


async def test_a_deep_queue_is_measured_and_not_counted(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.shared.task_admission.DEPTH_COUNTED_EXACTLY", 2)
    account_id = await stage.account()
    await stage.act(submit_tasks, *[stage.submitting(account_id) for _ in range(3)])
    await stage.set_queue(capacity=50)
    await stage.submit(account_id)
    await stage.change("INSERT INTO queue_depth VALUES ($1, 1, 50, 700, now())")
    (refusal,) = await stage.act(submit_tasks, stage.submitting(account_id))
    assert refusal.reason is Reason.QUEUE_FULL


async def test_accounts_take_turns_by_weight(stage: Stage):
    light, heavy = await stage.account(), await stage.account()
    await stage.change("UPDATE account SET weight = 4 WHERE cell = $1 AND account_id = $2", heavy)
    await stage.act(submit_tasks, *[stage.submitting(a) for a in (light, heavy, light, heavy)])
    turns = {
        a: [w["turn"] for w in await stage.rows("work", "task_id, turn", f"account_id = {a}")] for a in (light, heavy)
    }
    assert turns == {light: [0, TURN_UNIT], heavy: [0, TURN_UNIT // 4]}
    ahead = {row["account_id"]: row["next_turn"] for row in await stage.rows("account_turn")}
    assert ahead == {light: 2 * TURN_UNIT, heavy: TURN_UNIT // 2}


async def test_both_queues_in_one_batch(stage: Stage):
    account_id = await stage.account()
    await stage.act(submit_tasks, stage.submitting(account_id, queue_id=2), stage.submitting(account_id, queue_id=1))
    assert [row["queue_id"] for row in await stage.rows("work", "task_id, queue_id")] == [2, 1]


async def test_topped_up_again_a_customer_goes_on(stage: Stage):
    account_id = await stage.account(0)
    (refusal,) = await stage.act(submit_tasks, stage.submitting(account_id))
    assert refusal.reason is Reason.BALANCE_TOO_LOW
    await stage.act(top_up_accounts, TopUp(stage.cell, stage.number(), account_id, PRICE))
    await stage.submit(account_id)


async def test_each_task_of_a_batch_has_a_life_of_its_own(stage: Stage):
    account_id = await stage.account()
    lives = (600, 10)
    await stage.act(submit_tasks, *[stage.submitting(account_id, life_seconds=life) for life in lives])
    works = await stage.rows("work", "task_id, expires_at, created_at")
    assert [(work["expires_at"] - work["created_at"]).total_seconds() for work in works] == list(lives)
    assert {work["created_at"] for work in works} == {stage.now}


async def test_a_token_task_is_refused_when_its_account_filters_everybody_who_is_there(stage: Stage):
    account_id, workers = await stage.account(), [await stage.worker() for _ in range(6)]
    submitting = stage.submitting(account_id, kind=RECAPTCHA_V3)
    for worker_id in workers:
        assert isinstance((await stage.act(submit_tasks, stage.submitting(account_id, kind=HCAPTCHA)))[0], Submitted)
        await stage.think(account_id, worker_id, filtered=True)
    before = await stage.everything()
    assert (await stage.act(submit_tasks, submitting))[0].reason is Reason.ALL_FILTERED
    assert await stage.everything() == before
    picture, other = stage.submitting(account_id), stage.submitting(await stage.account(), kind=RECAPTCHA_V3)
    outcomes = await stage.act(submit_tasks, submitting, picture, other)
    assert [isinstance(outcome, Submitted) for outcome in outcomes] == [False, True, True]


async def test_a_token_task_waits_where_nobody_is_there_or_the_filter_is_over(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.think(account_id, worker_id, filtered=True)
    crowd = [await stage.worker() for _ in range(5)]
    for other in crowd:
        await stage.think(account_id, other, filtered=True)
    for queue_id, expected in ((1, False), (2, True)):
        task = stage.submitting(account_id, queue_id=queue_id, kind=RECAPTCHA_V3)
        assert isinstance((await stage.act(submit_tasks, task))[0], Submitted) is expected
    for other in (worker_id, *crowd):
        await stage.go(other, offline=False)
    assert isinstance((await stage.act(submit_tasks, stage.submitting(account_id, kind=RECAPTCHA_V3)))[0], Submitted)
    for other in (worker_id, *crowd):
        await stage.come(other)
    stage.later(STANDING_SECONDS)
    assert isinstance((await stage.act(submit_tasks, stage.submitting(account_id, kind=RECAPTCHA_V3)))[0], Submitted)


async def test_a_busy_worker_who_is_not_filtered_is_reason_enough_to_wait(stage: Stage):
    account_id, busy, crowd = await stage.account(), await stage.worker(), [await stage.worker() for _ in range(6)]
    for filtered in crowd:
        await stage.think(account_id, filtered, filtered=True)
    await stage.change("UPDATE session SET held = 2 WHERE cell = $1 AND worker_id = $2", busy)
    assert isinstance((await stage.act(submit_tasks, stage.submitting(account_id, kind=RECAPTCHA_V3)))[0], Submitted)


@pytest.mark.parametrize(("present", "refused"), [(1, False), (5, False), (6, True)])
async def test_where_few_are_there_the_filtered_ones_come_last_and_nobody_is_refused(stage: Stage, present, refused):
    account_id, crowd = await stage.account(), [await stage.worker() for _ in range(present)]
    for worker_id in crowd:
        await stage.think(account_id, worker_id, filtered=True)
    [outcome] = await stage.act(submit_tasks, stage.submitting(account_id, kind=RECAPTCHA_V3))
    assert isinstance(outcome, Submitted) is not refused


@pytest.mark.parametrize(("life", "refused"), [(600, True), (601, False)])
async def test_a_task_that_outlives_a_filter_waits_for_its_end(stage: Stage, life, refused):
    account_id, crowd = await stage.account(), [await stage.worker() for _ in range(6)]
    await stage.think(account_id, crowd[0], filtered=True)
    stage.later(10)
    for worker_id in crowd[1:]:
        await stage.think(account_id, worker_id, filtered=True)
    stage.later(STANDING_SECONDS - 610)
    [outcome] = await stage.act(submit_tasks, stage.submitting(account_id, kind=RECAPTCHA_V3, life_seconds=life))
    assert isinstance(outcome, Submitted) is not refused
