"""getSpendingStats: 24 windows from any second, each equal to what the ledger settled in it, to the micro-unit."""

import json
import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyeyes.runtime.context import Context
from support import factories, task_lives
from support.anticaptcha_contract import (
    REPLY_KEYS,
    SPENDING_SAMPLE,
    SPENDING_SAMPLE_REQUEST,
    UNKNOWN_KEY_SAMPLE,
    WINDOW_KEYS,
    assert_error,
)
from support.in_process_client import Client
from support.task_lives import Life

HOUR = 3600
SAMPLE_START = SPENDING_SAMPLE[0]["dateFrom"]  # 23:45:00 UTC: no clock hour
QUEUES = {1: "English ImageToText", 2: "Russian ImageToText"}
TIMED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def windows(client: Client, customer: factories.Customer, **filters):
    """The windows with money as the digits on the wire say, and not what a float makes of them."""
    reply = await client.post("/getSpendingStats", json={"clientKey": customer.key, **filters})
    assert reply.status_code == 200
    found = json.loads(reply.text, parse_float=Decimal)
    assert found["errorId"] == 0, found
    return found["data"]


async def settled(context: Context, customer: factories.Customer) -> list[Any]:
    """(instant in Unix microseconds, micros less refund, queue, app, address) of every charge in the ledger."""
    async with context.cells.pool(1).acquire() as db:
        return await db.fetch(
            "SELECT (extract(epoch FROM t.at) * 1000000)::bigint AS us, r.queue_id, r.soft_id, r.ip,"
            " t.amount_micros - coalesce(back.amount_micros, 0) AS micros"
            " FROM transfer t JOIN result r ON r.task_id = t.cause_id"
            " LEFT JOIN transfer back ON back.cause_id = t.cause_id AND back.kind = 7"
            " WHERE t.kind = 3 AND t.account_id = $1",
            customer.account_id,
        )


def expected(charges, start, *, queue=None, softId=None, ip=None) -> list[Any]:
    """The 24 windows, added up charge by charge."""
    sums = [[0, 0] for _ in range(24)]
    for charge in charges:
        wanted = (
            queue in (None, QUEUES[charge["queue_id"]]),
            softId in (None, charge["soft_id"]),
            ip in (None, charge["ip"]),
        )
        hour = (charge["us"] - start * 1_000_000) // (HOUR * 1_000_000)
        if all(wanted) and 0 <= hour < 24:
            sums[hour][0] += 1
            sums[hour][1] += charge["micros"]
    return [
        {
            "dateFrom": start + i * HOUR,
            "dateTill": start + i * HOUR + 3599,
            "volume": n,
            "money": Decimal(micros) / 1_000_000,
        }
        for i, (n, micros) in enumerate(sums)
    ]


async def five_hands(context: Context) -> list[Any]:
    return [await factories.hand(context, queues=(1, 2), languages=("en", "ru")) for _ in range(5)]


async def test_the_windows_are_those_of_the_documents_sample(calm: Client):
    customer = await factories.customer(calm.context)
    reply = await factories.call(calm, "getSpendingStats", customer, date=SAMPLE_START)
    assert set(reply) == REPLY_KEYS["getSpendingStats"]
    assert len(reply["data"]) == 24
    for window in reply["data"]:
        assert set(window) == WINDOW_KEYS
        assert [type(window[name]) for name in ("dateFrom", "dateTill", "volume", "money")] == [int, int, int, float]
        assert (window["volume"], window["money"]) == (0, 0.0)
    spans = [(w["dateFrom"], w["dateTill"]) for w in reply["data"]]
    assert {(w["dateFrom"], w["dateTill"]) for w in SPENDING_SAMPLE} <= set(spans)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))


async def test_the_samples_money_comes_out_to_the_micro(calm: Client):
    customer, hands = await factories.customer(calm.context, "100"), await five_hands(calm.context)
    spent = []
    for window in SPENDING_SAMPLE:
        micros = round(window["money"] * 1_000_000)
        first, last = window["dateFrom"] * 1_000_000, window["dateTill"] * 1_000_000 + 999_999
        parts = [micros // 3, micros // 3, micros - 2 * (micros // 3)]
        spent += [Life(at, price_micros=part) for at, part in zip((first, first + 7_000_001, last), parts, strict=True)]
    await task_lives.live(calm.context, customer, hands, spent)
    reply = await factories.call(calm, "getSpendingStats", customer, date=SAMPLE_START)
    money = {w["dateFrom"]: (w["volume"], w["money"]) for w in reply["data"] if w["volume"]}
    assert money == {w["dateFrom"]: (3, w["money"]) for w in SPENDING_SAMPLE}


async def test_the_documents_request_is_answered_with_zeros_for_a_queue_that_is_not_here(calm: Client):
    customer = await factories.customer(calm.context)
    reply = await factories.call(calm, "getSpendingStats", **{**SPENDING_SAMPLE_REQUEST, "clientKey": customer.key})
    assert [w["dateFrom"] for w in reply["data"]] == [1672185600 + i * HOUR for i in range(24)]
    assert {w["volume"] for w in reply["data"]} == {0}


async def test_the_documents_error_sample_is_ours(calm: Client):
    assert await factories.call(calm, "getSpendingStats", **SPENDING_SAMPLE_REQUEST) == UNKNOWN_KEY_SAMPLE


ANY_LIFE = st.builds(
    Life,
    end_us=st.one_of(
        st.integers(0, 26 * HOUR * 1_000_000),
        st.builds(
            lambda m, d: m * 60_000_000 + d, st.integers(0, 26 * 60), st.sampled_from([-1, 0, 1, 999_999, 59_999_999])
        ),
    ).map(lambda us: (SAMPLE_START - HOUR) * 1_000_000 + us),
    queue_id=st.sampled_from([1, 2]),
    soft_id=st.sampled_from([0, 847]),
    ip=st.sampled_from(["203.0.113.7", "2001:db8::1"]),
    price_micros=st.integers(1, 2_000_000),
    ending=st.sampled_from(["solved", "solved", "solved", "unsolvable", "unanswered"]),
    refunded_after_seconds=st.sampled_from([0, 0, 40, HOUR, 30 * HOUR]),  # English pictures alone
).map(lambda life: life if life.queue_id == 1 else msgspec.structs.replace(life, refunded_after_seconds=0))
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "queue": st.sampled_from(list(QUEUES.values())),
        "softId": st.just(847),
        "ip": st.sampled_from(["203.0.113.7", "2001:db8::1"]),
    },
)


@TIMED
@given(
    histories=st.lists(ANY_LIFE, min_size=1, max_size=8),
    shifts=st.lists(st.integers(-2 * HOUR, 2 * HOUR), min_size=1, max_size=3),
    filters=FILTERS,
)
async def test_every_window_from_every_second_equals_the_ledger(calm: Client, histories, shifts, filters):
    customer, hands = await factories.customer(calm.context, "100"), await five_hands(calm.context)
    await task_lives.live(calm.context, customer, hands, histories)
    charges = await settled(calm.context, customer)
    assert len(charges) == sum(life.ending != "unanswered" for life in histories)
    for start in (SAMPLE_START + shift for shift in shifts):
        found = await windows(calm, customer, date=start, **filters)
        assert found == expected(charges, start, **filters)


@pytest.mark.parametrize("seconds_later", [40, 5 * HOUR])
@pytest.mark.parametrize("filters", [{}, {"queue": QUEUES[1]}, {"softId": 847}, {"ip": "203.0.113.7"}], ids=str)
@pytest.mark.parametrize("start", [SAMPLE_START, SAMPLE_START + 17, SAMPLE_START + 59], ids=lambda s: s - SAMPLE_START)
async def test_a_refund_lowers_the_money_of_the_window_in_which_its_task_ended(
    calm: Client, seconds_later, filters, start
):
    """Whether the minutes' buckets or the raw rows answer, whenever it was given back, and under each filter."""
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    at = (SAMPLE_START + HOUR + 20) * 1_000_000
    history = [Life(at, soft_id=847, refunded_after_seconds=seconds_later), Life(at + 1, soft_id=847)]
    await task_lives.live(calm.context, customer, hands, history)
    found = await windows(calm, customer, date=start, **filters)
    number = 1 if start - SAMPLE_START <= 20 else 0
    assert [(w["volume"], w["money"]) for w in found] == [
        (2, Decimal("0.0007")) if i == number else (0, Decimal(0)) for i in range(24)
    ]


async def test_a_charge_at_the_edge_of_a_window_belongs_to_the_one_that_begins_there(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    edge = SAMPLE_START + HOUR + 17  # no minute begins here
    await task_lives.live(calm.context, customer, hands, [Life(edge * 1_000_000 - 1), Life(edge * 1_000_000)])
    volumes = [w["volume"] for w in await windows(calm, customer, date=SAMPLE_START + 17)]
    assert volumes == [1, 1] + [0] * 22


async def test_what_is_not_charged_is_not_counted_and_what_failed_five_times_is(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    at = SAMPLE_START * 1_000_000
    await task_lives.live(calm.context, customer, hands, [Life(at, ending="unanswered"), Life(at, ending="unsolvable")])
    await factories.submit(calm.context, customer)
    first = (await windows(calm, customer, date=SAMPLE_START))[0]
    assert (first["volume"], first["money"]) == (1, Decimal("0.0007"))
    today = await windows(calm, customer)
    assert sum(w["volume"] for w in today) == 0


async def test_without_a_date_it_is_the_last_24_hours(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    now = int(time.time())
    await task_lives.live(
        calm.context, customer, hands, [Life((now - 5) * 1_000_000), Life((now - 86_000) * 1_000_000)]
    )
    for unset in ({}, {"date": None}, {"date": ""}, {"date": False}):
        found = await windows(calm, customer, **unset)
        assert now - 86_400 <= found[0]["dateFrom"] <= time.time() - 86_400
        assert (found[0]["volume"], found[-1]["volume"]) == (1, 1)


async def test_the_date_may_be_text(calm: Client):
    customer = await factories.customer(calm.context)
    assert (await windows(calm, customer, date=str(SAMPLE_START)))[0]["dateFrom"] == SAMPLE_START


async def test_null_filters_take_everything(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    await task_lives.live(calm.context, customer, hands, [Life(SAMPLE_START * 1_000_000, soft_id=847)])
    for unset in (None, "", False):
        found = await windows(calm, customer, date=SAMPLE_START, queue=unset, softId=unset, ip=unset)
        assert found[0]["volume"] == 1


@pytest.mark.parametrize(
    "unknown",
    [
        {"queue": "Recaptcha Proxyless"},
        {"queue": "english imagetotext"},
        {"softId": 5},
        *[{"softId": strange} for strange in (2**31, 10**30, -1, 1.5, "x", [7])],
        {"ip": "203.0.113.8"},
        {"ip": "x"},
    ],
    ids=str,
)
async def test_an_unknown_queue_app_or_address_has_zeros(calm: Client, unknown):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    await task_lives.live(calm.context, customer, hands, [Life(SAMPLE_START * 1_000_000)])
    found = await windows(calm, customer, date=SAMPLE_START, **unknown)
    assert len(found) == 24
    assert {w["volume"] for w in found} == {0}


async def test_the_address_may_be_spelt_in_any_way(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    await task_lives.live(calm.context, customer, hands, [Life(SAMPLE_START * 1_000_000, ip="2001:db8::1")])
    found = await windows(calm, customer, date=SAMPLE_START, ip="2001:0DB8:0:0:0:0:0:1")
    assert found[0]["volume"] == 1


async def test_nobody_sees_what_others_spent(calm: Client):
    customer, other, hands = (
        await factories.customer(calm.context),
        await factories.customer(calm.context),
        await five_hands(calm.context),
    )
    await task_lives.live(calm.context, customer, hands, [Life(SAMPLE_START * 1_000_000)])
    assert {w["volume"] for w in await windows(calm, other, date=SAMPLE_START)} == {0}


@pytest.mark.parametrize("start", [0, 1, 4_102_444_800])
async def test_far_away_dates_are_windows_like_any_other(calm: Client, start):
    assert (await windows(calm, await factories.customer(calm.context), date=start))[23]["dateTill"] == start + 86_399


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "yesterday"},
        {"date": -1},
        {"date": 10**12},
        {"date": [1]},
        {"date": True},
        {"queue": True},
        {"queue": [6]},
        {"queue": 1.5},
        {"softId": True},
        {"ip": {}},
    ],
    ids=str,
)
async def test_a_member_that_cannot_be_read_is_24_and_named(calm: Client, wrong):
    reply = await factories.call(calm, "getSpendingStats", await factories.customer(calm.context), **wrong)
    assert_error(reply, 24)
    assert next(iter(wrong)) in reply["errorDescription"]
