"""getAppStats: how an application does, day by day, for its owner alone (docs/contracts/anticaptcha.md#getappstats)."""

import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manyeyes.actions.shared.owner_shares import take_back_shares
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from support import factories, task_lives
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client, client_of
from support.task_lives import Life

APP, SHARE = 847, 70
SERIES_KEYS = {"name", "data", "itemname", "errorId", "code", "description"}
POINT_KEYS = {"date", "shortdate", "y", "beginstamp", "endstamp", "stamp"}
DAY = 86_400
MODES = ("errors", "views", "downloads", "users", "money")


@pytest.fixture
async def people(calm: Client) -> tuple[factories.Customer, factories.Customer, list[factories.Hand]]:
    """The owner of an application, a customer who uses it, and five workers."""
    owner, customer = await factories.customer(calm.context), await factories.customer(calm.context)
    await factories.soft_app(calm.context, owner, APP)
    hands = [await factories.hand(calm.context, queues=(1, 2), languages=("en", "ru")) for _ in range(5)]
    return owner, customer, hands


def days_ago(days: int, second: int = 0) -> int:
    """An instant in microseconds: ``second`` seconds into a day that is over, or now for today."""
    now = int(time.time())
    return (now if days == 0 else now - now % DAY - days * DAY + second) * 1_000_000


def through_app(days: int, second: int = 0, **given) -> Life:
    return Life(days_ago(days, second), soft_id=APP, share_percent=10, **given)


async def stats(calm: Client, owner, **asked) -> dict[str, Any]:
    reply = await factories.call(calm, "getAppStats", owner, **{"softId": APP, **asked})
    assert reply["errorId"] == 0, reply
    return reply


async def ys(calm: Client, owner, mode, name) -> list[Any]:
    """The days' values of a series, today last."""
    (series,) = [s for s in (await stats(calm, owner, mode=mode))["chartData"] if s["name"] == name]
    return [point["y"] for point in series["data"]]


@pytest.mark.parametrize("mode", MODES)
async def test_the_reply_has_the_contracts_members_in_every_mode(calm: Client, people, mode):
    reply = await stats(calm, people[0], mode=mode)
    assert set(reply) == REPLY_KEYS["getAppStats"]
    assert reply["chartData"]
    for series in reply["chartData"]:
        assert set(series) == SERIES_KEYS
        assert all(set(point) == POINT_KEYS for point in series["data"])
        assert len(series["data"]) == 31
        assert type(series["errorId"]) is int
        assert (series["errorId"] == 0) == (series["code"] == "")


async def test_the_days_are_those_of_utc_and_end_today(calm: Client, people):
    before = datetime.now(UTC)
    reply = await stats(calm, people[0])
    after = datetime.now(UTC)
    points = reply["chartData"][0]["data"]
    begins = [point["beginstamp"] for point in points]
    assert datetime.fromtimestamp(begins[-1], UTC).date() in (before.date(), after.date())
    assert all(second - first == DAY for first, second in itertools.pairwise(begins))
    assert all(p["endstamp"] == p["beginstamp"] + DAY - 1 and p["stamp"] == p["beginstamp"] for p in points)
    for point in points:
        day = datetime.fromtimestamp(point["beginstamp"], UTC)
        assert (point["date"], point["shortdate"]) == (f"{day.day} {day:%B}", f"{day.day} {day:%b}")
    first = datetime.fromtimestamp(begins[0], UTC)
    assert reply["fromDate"] == f"{first.day} {first:%b} 00:00"
    assert reply["toDate"] in {f"{at.day} {at:%b %H:%M}" for at in (before, after)}


async def test_tasks_count_on_the_day_they_ended_by_how_they_ended(calm: Client, people):
    owner, customer, hands = people
    played = [
        *[through_app(0), through_app(0), through_app(1, 0), through_app(1, DAY - 1), through_app(30)],
        *[through_app(31, DAY - 1), through_app(2, 700, ending="unsolvable"), through_app(2, 800, ending="unanswered")],
        Life(days_ago(2, 900)),
        Life(days_ago(2, 900), soft_id=9),
    ]
    await task_lives.live(calm.context, customer, hands, sorted(played, key=lambda life: life.end_us))
    solved = await ys(calm, owner, "errors", "Accepted and paid")
    assert (solved[0], solved[-2:], sum(solved)) == (1, [2, 2], 5)
    assert (await ys(calm, owner, "errors", "Unsolvable"))[-3] == 1
    assert (await ys(calm, owner, "errors", "Not answered"))[-3] == 1
    reply = await stats(calm, owner)
    assert [(s["errorId"], s["code"]) for s in reply["chartData"]] == [
        (0, ""),
        *[(12, "ERROR_CAPTCHA_UNSOLVABLE")] * 2,
    ]


async def test_money_is_the_share_and_a_refund_takes_it_off_the_day_of_its_task(calm: Client, people):
    owner, customer, hands = people
    await task_lives.live(
        calm.context, customer, hands, [through_app(2, 700), through_app(2, 800), through_app(0, price_micros=1_234)]
    )
    assert (await ys(calm, owner, "money", "Share"))[-3:] == [0.00014, 0, 0.000123]
    async with calm.context.cells.pool(1).acquire() as tx, tx.transaction():
        first = await tx.fetchval("SELECT min(task_id) FROM result WHERE cell = 1")
        assert await take_back_shares(tx, await tx.fetchval("SELECT now()"), 1, [first]) == SHARE
    assert (await ys(calm, owner, "money", "Share"))[-3:] == [0.00007, 0, 0.000123]
    assert (await ys(calm, owner, "money", "Taken back"))[-3:] == [0.00007, 0, 0]
    assert sum(await ys(calm, owner, "errors", "Accepted and paid")) == 3


async def test_users_are_the_customers_who_had_a_task_end_on_the_day(calm: Client, people):
    owner, customer, hands = people
    other = await factories.customer(calm.context)
    await task_lives.live(calm.context, customer, hands, [through_app(3, 700), through_app(3, 800), through_app(0)])
    await task_lives.live(calm.context, other, hands, [through_app(3, 900)])
    users = await ys(calm, owner, "users", "Users")
    assert (users[-4], users[-1], sum(users)) == (2, 1, 3)


@pytest.mark.parametrize("mode", ["views", "downloads"])
async def test_what_is_not_known_is_zero_and_says_so(calm: Client, people, mode):
    (series,) = (await stats(calm, people[0], mode=mode))["chartData"]
    assert {point["y"] for point in series["data"]} == {0}
    assert series["description"].startswith("Not counted")


async def test_refused_calls_through_the_app_have_a_series_each(calm: Client, people):
    owner, customer, _ = people
    poor = await factories.customer(calm.context, "0")
    task = factories.image_task()
    assert (await factories.call(calm, "createTask", poor, task=task, softId=APP))["errorId"] == 10
    assert (await factories.call(calm, "createTask", customer, task={**task, "body": "AAAA"}, softId=str(APP)))[
        "errorId"
    ] == 3
    for _ in range(2):
        assert (await factories.call(calm, "createTask", customer, softId=APP))["errorId"] == 22
    assert (await factories.call(calm, "createTask", customer, softId=9))["errorId"] == 22  # no app that we know
    assert (await factories.call(calm, "createTask", customer, softId="x", task=task))["errorId"] == 24
    assert (await factories.call(calm, "createTask", softId=APP, task=task))["errorId"] == 1  # nobody's call
    assert (await factories.call(calm, "createTask", customer, softId=APP, task=task))["errorId"] == 0
    found = {
        s["code"]: (s["errorId"], s["data"][-1]["y"], s["description"])
        for s in (await stats(calm, owner))["chartData"][3:]
    }
    assert {code: values[:2] for code, values in found.items()} == {
        "ERROR_ZERO_BALANCE": (10, 1),
        "ERROR_ZERO_CAPTCHA_FILESIZE": (3, 1),
        "ERROR_TASK_ABSENT": (22, 2),
    }
    assert all(description for _, _, description in found.values())


async def test_a_task_created_through_the_app_shares_what_the_setting_says(calm: Client, people):
    owner, customer, hands = people
    created = await factories.call(calm, "createTask", customer, softId=str(APP), task=factories.image_task())
    lease = await factories.taken(calm.context, hands[0])
    await WorkerDesk(calm.context).answer(hands[0].worker, lease.lease, "12345")
    assert (await ys(calm, owner, "money", "Share"))[-1] == SHARE / 1_000_000
    async with calm.context.cells.pool(1).acquire() as db:
        shared = await db.fetchrow("SELECT cause_id, amount_micros FROM transfer WHERE cell = 1 AND kind = 11")
    assert (wire_id(shared["cause_id"]), shared["amount_micros"]) == (created["taskId"], SHARE)


@pytest.mark.parametrize("mode", [None, "", "Errors", "ERRORS", False])
async def test_errors_is_the_mode_when_none_is_given_however_it_is_spelt(calm: Client, people, mode):
    assert (await stats(calm, people[0], mode=mode))["chartData"][0]["name"] == "Accepted and paid"


async def test_modes_may_be_capitalised_and_the_number_be_text(calm: Client, people):
    assert (await stats(calm, people[0], mode="Money", softId=str(APP)))["chartData"][0]["itemname"] == "USD"


@pytest.mark.parametrize("wrong", [{"mode": "likes"}, {"mode": 7}, {"softId": "x"}, {"softId": -1}, {"softId": [1]}])
async def test_a_member_that_cannot_be_read_is_24_and_named(calm: Client, people, wrong):
    reply = await factories.call(calm, "getAppStats", people[0], **{"softId": APP, **wrong})
    assert_error(reply, 24)
    assert next(iter(wrong)) in reply["errorDescription"]


async def test_no_number_is_24(calm: Client, people):
    assert_error(await factories.call(calm, "getAppStats", people[0]), 24)


@pytest.mark.parametrize("soft_id", [APP, 9, 0])
async def test_an_app_of_others_or_of_nobody_is_58(calm: Client, people, soft_id):
    assert_error(await factories.call(calm, "getAppStats", people[1], softId=soft_id), 58)


async def test_an_unknown_key_is_1(calm: Client, people):
    assert_error(await factories.call(calm, "getAppStats", softId=APP), 1)


async def test_days_of_two_cells_are_added_up(two_databases: Context):
    context = two_databases
    owner, there = await factories.customer(context), await factories.customer(context, cell=2)
    await factories.soft_app(context, owner, APP)
    today = datetime.now(UTC).date()
    for cell, account_id in ((1, owner.account_id), (2, there.account_id)):
        await context.cells.pool(cell).execute(
            "INSERT INTO app_day (cell, soft_id, day, account_id, solved, share_micros) VALUES ($1, $2, $3, $4, 1, 70)",
            *(cell, APP, today, account_id),
        )
        await context.cells.pool(cell).execute(
            "INSERT INTO app_refusal_day VALUES ($1, $2, $3, 'queue_full', 2)", cell, APP, today - timedelta(days=1)
        )
    async with client_of(context) as client:
        assert (await ys(client, owner, "users", "Users"))[-1] == 2
        assert (await ys(client, owner, "money", "Share"))[-1] == 0.00014
        assert (await ys(client, owner, "errors", "Queue full"))[-2:] == [4, 0]
