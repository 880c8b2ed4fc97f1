"""createTask: what is taken, how every published client's spelling is read, and what a new task costs."""

import base64
import io
import json
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from manyeyes.runtime.context import Context
from support import factories
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.traces_left import look

DEFAULTS = {
    **{"phrase": False, "case": True, "numeric": 0, "math": False},
    **{"min_length": 0, "max_length": 0, "comment": ""},
}
# What published clients put into the task beside type and body, and the options that are meant.
SPELLINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "anticaptchaofficial": (
        {"phrase": False, "case": False, "numeric": 0, "math": 0, "comment": False},
        {"case": False},
    ),
    "npm, unset": (dict.fromkeys(["phrase", "case", "numeric", "math", "minLength", "maxLength", "comment"]), {}),
    "php": ({"phrase": False, "numeric": False, "math": 0, "minLength": 0, "websiteURL": "", "languagePool": ""}, {}),
    "c#": (
        {"math": 1, "numeric": 1, "minLength": 3, "maxLength": 9},
        {"math": True, "numeric": 1, "min_length": 3, "max_length": 9},
    ),
    "text": (
        {"phrase": "1", "case": "false", "numeric": "2", "minLength": "4"},
        {"phrase": True, "case": False, "numeric": 2, "min_length": 4},
    ),
    "floats": ({"phrase": 1.0, "numeric": 1.0, "maxLength": 5.0}, {"phrase": True, "numeric": 1, "max_length": 5}),
    "capmonster": ({"Case": False, "recognizingThreshold": 80, "CapMonsterModule": "x"}, {"case": False}),
    "a hint": ({"comment": "only the red letters, дай"}, {"comment": "only the red letters, дай"}),
}


async def row(context: Context, task_id) -> asyncpg.Record | None:
    async with context.cells.pool(1).acquire() as db:
        return await db.fetchrow("SELECT * FROM task WHERE task_id = $1", task_id)


async def test_a_picture_is_taken_and_solved(client: Client):
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    created = await factories.call(client, "createTask", customer, task=factories.image_task())
    assert set(created) == REPLY_KEYS["createTask"]
    lease = await factories.taken(client.context, hand)
    answered = await client.post(
        "/v1/worker/answers", headers=hand.headers, json={"lease": str(lease.lease), "answer": {"text": "12345"}}
    )
    assert answered.json()["earned"] == 0.0005
    ready = await factories.call(client, "getTaskResult", customer, taskId=created["taskId"])
    assert ready["solution"]["text"] == "12345"


async def test_the_id_is_a_positive_int32_and_every_task_has_its_own(calm: Client):
    customer = await factories.customer(calm.context)
    ids = [
        (await factories.call(calm, "createTask", customer, task=factories.image_task()))["taskId"] for _ in range(5)
    ]
    assert all(type(i) is int and 1 <= i < 2**31 for i in ids)
    assert len(set(ids)) == 5


async def test_the_reply_is_what_strict_clients_parse_byte_for_byte(calm: Client):
    customer = await factories.customer(calm.context)
    reply = await calm.post("/createTask", json={"clientKey": customer.key, "task": factories.image_task()})
    assert reply.text == f'{{"errorId":0,"taskId":{reply.json()["taskId"]}}}'


async def test_the_price_is_held_and_nothing_else_is_booked(calm: Client):
    customer = await factories.customer(calm.context, "1.00")
    created = await factories.call(calm, "createTask", customer, task=factories.image_task())
    async with calm.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT kind, amount_micros FROM transfer WHERE cause_id = $1", created["taskId"])
    assert [tuple(r) for r in rows] == [(2, 700)]
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 0.9993


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
async def test_png_jpeg_and_gif_are_taken(calm: Client, kind):
    customer = await factories.customer(calm.context)
    task = factories.image_task() | {"body": base64.b64encode(factories.picture_bytes(kind=kind)).decode()}
    assert (await factories.call(calm, "createTask", customer, task=task))["errorId"] == 0


async def test_an_animated_gif_is_taken(calm: Client):
    customer = await factories.customer(calm.context)
    frames, out = [Image.new("RGB", (60, 30), colour) for colour in ("red", "green", "blue")], io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert sum(1 for _ in ImageSequence.Iterator(Image.open(out))) == 3
    task = factories.image_task() | {"body": base64.b64encode(out.getvalue()).decode()}
    assert (await factories.call(calm, "createTask", customer, task=task))["errorId"] == 0


@pytest.mark.parametrize("line_end", ["\n", "\r\n", " "])
async def test_base64_with_line_breaks_is_taken_and_the_picture_arrives_whole(calm: Client, line_end):
    customer = await factories.customer(calm.context)
    data = factories.picture_bytes()
    body = base64.encodebytes(data).decode().replace("\n", line_end)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task() | {"body": body})
    async with calm.context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT bytes FROM blob WHERE task_id = $1", created["taskId"]) == data


@pytest.mark.parametrize("size", [100, 500_000])
async def test_the_smallest_and_the_largest_picture_are_taken(calm: Client, size):
    customer = await factories.customer(calm.context)
    small = io.BytesIO()
    Image.new("1", (1, 1)).save(small, "PNG")
    data = small.getvalue().ljust(size, b"\0")
    task = factories.image_task() | {"body": base64.b64encode(data).decode()}
    assert (await factories.call(calm, "createTask", customer, task=task))["errorId"] == 0


@pytest.mark.parametrize("name", SPELLINGS)
async def test_options_are_read_as_each_client_means_them(calm: Client, name):
    customer = await factories.customer(calm.context)
    sent, meant = SPELLINGS[name]
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(**sent))
    assert created["errorId"] == 0, created
    assert json.loads((await row(calm.context, created["taskId"]))["options"]) == DEFAULTS | meant


@pytest.mark.parametrize(
    ("top", "inside", "queue"),
    [
        *[
            ({}, {}, 1),
            ({"languagePool": "en"}, {}, 1),
            ({"languagePool": "rn"}, {}, 2),
            ({}, {"languagePool": "rn"}, 2),
        ],
        *[({"languagePool": "rn"}, {"languagePool": "en"}, 1), ({"languagePool": "en"}, {"languagePool": "rn"}, 2)],
        *[({"languagePool": ""}, {}, 1), ({"languagePool": None}, {"languagePool": None}, 1)],
        *[({"languagePool": "ru"}, {}, 2), ({"languagePool": "RN"}, {}, 2)],
    ],
)
async def test_the_language_pool_may_stand_in_both_places_and_the_tasks_own_wins(calm: Client, top, inside, queue):
    customer = await factories.customer(calm.context)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(**inside), **top)
    assert (await row(calm.context, created["taskId"]))["queue_id"] == queue


@pytest.mark.parametrize(
    ("sent", "stored"), [(847, 847), ("867", 867), (0, 0), (None, 0), ("", 0), ("0", 0), (2**31 - 1, 2**31 - 1)]
)
async def test_soft_id_may_be_a_number_or_text(calm: Client, sent, stored):
    customer = await factories.customer(calm.context)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(), softId=sent)
    assert (await row(calm.context, created["taskId"]))["soft_id"] == stored


@pytest.mark.parametrize("sent", ["", None, "https://example.org/ready?x=1"])
async def test_the_callback_address_is_kept(calm: Client, sent):
    customer = await factories.customer(calm.context)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(), callbackUrl=sent)
    assert (await row(calm.context, created["taskId"]))["callback_url"] == (sent or "")


@pytest.mark.parametrize("name", ["websiteURL", "websiteUrl"])
async def test_the_website_is_kept_in_both_spellings(calm: Client, name):
    customer = await factories.customer(calm.context)
    created = await factories.call(
        calm, "createTask", customer, task=factories.image_task(**{name: "https://example.org"})
    )
    assert (await row(calm.context, created["taskId"]))["website_url"] == "https://example.org"


async def test_the_callers_address_is_kept_in_one_spelling(calm: Client):
    customer = await factories.customer(calm.context)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task())
    assert (await row(calm.context, created["taskId"]))["ip"] == "203.0.113.7"


async def test_unknown_members_are_ignored_everywhere(calm: Client):
    customer = await factories.customer(calm.context)
    created = await factories.call(
        *(calm, "createTask", customer),
        task=factories.image_task(anything={"a": [1]}, ip="1.2.3.4"),
        revenueShareTronAddress="T",
        errorId=0,
        errorCode=None,
    )
    assert created["errorId"] == 0


async def test_text_with_odd_characters_is_stored_or_refused_but_never_breaks(calm: Client):
    customer = await factories.customer(calm.context)
    for comment in ("\x00", "a\x00b", "\u202eabc", "😀" * 100, "'; DROP TABLE task; --", "\\u0000"):
        created = await factories.call(calm, "createTask", customer, task=factories.image_task(comment=comment))
        assert created["errorId"] == 0, (comment, created)


@pytest.mark.parametrize(
    "wrong",
    [
        {"phrase": 2},
        {"case": "perhaps"},
        {"numeric": 3},
        {"numeric": -1},
        {"minLength": "many"},
        {"maxLength": 1.5},
        {"minLength": 5, "maxLength": 4},
        {"comment": ["red"]},
        {"comment": "x" * 2001},
        {"websiteURL": 5},
        {"languagePool": "fr"},
        {"body": 7},
        {"body": None},
    ],
    ids=str,
)
async def test_a_property_that_cannot_be_read_is_24_and_named(calm: Client, nothing_left, wrong):
    customer = await factories.customer(calm.context)
    async with nothing_left():
        reply = await factories.call(calm, "createTask", customer, task=factories.image_task() | wrong)
    assert_error(reply, 24)
    assert any(name in reply["errorDescription"] for name in wrong)


ODD = st.one_of(
    st.sampled_from([None, "", "0", "1", 0, 0.0, 1, 1.5, -1, False, True, [], [1], {}, {"a": 1}, "true", "x", 10**30]),
    st.text(max_size=5),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
OPTIONS = (
    "phrase",
    "case",
    "Case",
    "numeric",
    "math",
    "minLength",
    "maxLength",
    "comment",
    "websiteURL",
    "languagePool",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    options=st.dictionaries(st.sampled_from(OPTIONS), ODD),
    top=st.dictionaries(st.sampled_from(["softId", "callbackUrl", "languagePool"]), ODD),
)
async def test_any_value_of_any_option_is_taken_or_refused_without_a_trace(calm: Client, options, top):
    customer = await factories.customer(calm.context)
    before = await look(calm.context)
    body = {"clientKey": customer.key, "task": factories.image_task(**options), **top}
    reply = await calm.post("/createTask", content=json.dumps(body))
    assert reply.status_code == 200
    if reply.json()["errorId"]:
        assert_error(reply.json(), 24)
        assert await look(calm.context) == before


UNSET = st.sampled_from([None, "", 0, "0", 0.0, False])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(options=st.dictionaries(st.sampled_from(["phrase", "numeric", "math", "minLength", "maxLength"]), UNSET))
async def test_every_way_to_leave_an_option_unset_is_the_default(calm: Client, options):
    customer = await factories.customer(calm.context)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(**options))
    assert json.loads((await row(calm.context, created["taskId"]))["options"]) == DEFAULTS


async def test_the_language_of_a_queue_of_the_operators_own_names_it(calm: Client):
    customer = await factories.customer(calm.context)
    async with calm.context.cells.directory.acquire() as db:
        for queue_id in (101, 102):
            await db.execute(
                "INSERT INTO queue (queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds)"
                " VALUES ($1, $2, 'vi', 900, 700, 1000, 60)",
                queue_id,
                f"Vietnamese {queue_id}",
            )
    calm.context.lookups.forget()
    created = await factories.call(calm, "createTask", customer, task=factories.image_task(languagePool="vi"))
    assert created["errorId"] == 0
    async with calm.context.cells.pool(1).acquire() as db:
        assert [tuple(row) for row in await db.fetch("SELECT queue_id, price_micros, lease_seconds FROM work")] == [
            (101, 900, 60)
        ]
    refused = await factories.call(calm, "createTask", customer, task=factories.image_task(languagePool="th"))
    assert refused["errorId"] == 24
    assert "en, rn, vi" in refused["errorDescription"]
