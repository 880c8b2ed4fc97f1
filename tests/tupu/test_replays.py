"""The same signed call again, as PHP's client sends it after its time-out: answered again, counted and charged once."""

import asyncio
import time

from manyeyes.runtime.context import Context
from support import factories
from support.signed_customer import Shop, opened, signature_of

PICTURE = factories.picture_bytes("one")


async def counted(shop: Shop) -> tuple[int, int, int]:
    """Results, counted results and charges of the shop."""
    rows = await shop.rows("recognition_result", "result_id")
    days = await shop.rows("recognition_day", "total")
    charges = [row for row in await shop.rows("transfer", "kind") if row["kind"] == 14]
    return len(rows), sum(row["total"] for row in days), len(charges)


async def test_an_identical_re_send_hears_the_same_bytes_and_is_counted_once(shop: Shop):
    triple = shop.triple()
    first, again = [await shop.recognise(PICTURE, tag="x", **triple) for _ in range(2)]
    assert first.reply.content == again.reply.content
    assert first.code == 0
    assert await counted(shop) == (1, 1, 1)
    assert len(await shop.rows("work", "task_id")) == 1


async def test_two_at_the_same_time_are_one(shop: Shop):
    triple = shop.triple()
    answers = await asyncio.gather(*(shop.recognise(PICTURE, **triple) for _ in range(5)))
    assert len({answer.reply.content for answer in answers}) == 1
    assert await counted(shop) == (1, 1, 1)


async def test_the_same_triple_with_anything_else_is_1(shop: Shop):
    other = await shop.another()
    triple = shop.triple()
    assert (await shop.recognise(("a.png", PICTURE), **triple)).code == 0
    before = await counted(shop)
    for images, more in (
        ([("a.png", factories.picture_bytes("two"))], {}),
        ([("b.png", PICTURE)], {}),
        ([PICTURE, PICTURE], {}),
        ([PICTURE], {"tag": "x"}),
        ([PICTURE], {"uid": "x"}),
        ([PICTURE], {"sequenceId": "x"}),
        ([PICTURE], {"task": other.task_id}),
        ([PICTURE], {"referer": "http://x.example/"}),
    ):
        answer = await shop.recognise(*images, **more, **triple)
        assert answer.code == 1, more
        assert "timestamp and nonce" in answer.said["message"]
    assert (await shop.base64(**triple, images=["x"])).code == 1
    assert await counted(shop) == before


async def test_how_it_is_written_makes_no_difference(shop: Shop):
    """A new multipart boundary, another order of the fields, the time in another spelling: still the same call."""
    triple = shop.triple(timestamp=f"{int(time.time())}.0")
    first = await shop.recognise(PICTURE, tag="x", uid="y", **triple)
    again = await shop.recognise(PICTURE, uid="y", tag="x", **{**triple, "timestamp": triple["timestamp"][:-2]})
    assert first.reply.content == again.reply.content
    assert await counted(shop) == (1, 1, 1)


async def test_another_app_may_use_the_same_time_and_nonce(context: Context, shop: Shop):
    triple = shop.triple()
    assert (await shop.recognise(PICTURE, **triple)).code == 0
    text = f"{shop.sid},{triple['timestamp']},1{triple['nonce']}"
    other = {**triple, "nonce": f"1{triple['nonce']}", "signature": signature_of(text)}
    assert (await shop.recognise(PICTURE, **other)).code == 0
    assert (await counted(shop))[0] == 2


async def test_a_refused_call_may_be_sent_again(context: Context, shop: Shop):
    triple = shop.triple()
    assert (await shop.recognise(**triple)).code == 3
    assert (await shop.recognise(PICTURE, **triple)).code == 0


async def test_statistics_may_be_asked_again_with_the_same_triple(shop: Shop):
    triple = shop.triple()
    for day in ("2022-12-05", "2022-12-06"):
        assert (await shop.statistics(day, day, **triple)).code == 0


async def test_with_an_api_key_a_time_and_a_nonce_name_the_call(shop: Shop):
    fields = {"timestamp": str(int(time.time())), "nonce": "7", "headers": {"x-api-key": shop.customer.key}}
    first, again = [await shop.recognise(PICTURE, **dict(fields)) for _ in range(2)]
    assert first.reply.content == again.reply.content
    assert (await shop.recognise(PICTURE, tag="x", **dict(fields))).code == 1
    assert await counted(shop) == (1, 1, 1)


async def test_with_an_api_key_alone_every_call_is_another(shop: Shop):
    for _ in range(2):
        answer = await shop.recognise(PICTURE, headers={"x-api-key": shop.customer.key})
        assert answer.code == 0
    assert (await counted(shop))[0] == 2
    reply = await shop.client.post(
        f"/v3/recognition/{shop.sid}", files={"image": PICTURE}, headers={"x-api-key": shop.customer.key}
    )
    assert opened(shop, reply).code == 0
