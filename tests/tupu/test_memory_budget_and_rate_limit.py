"""How much memory a process keeps for callers at once, and how fast an app may call."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from manyeyes.tupu import body
from manyeyes.tupu.memory_budget import HeldMemory, Room
from manyeyes.tupu.rate_limit import Pace
from support import factories
from support.loopback_servers import http, listening
from support.signed_customer import Shop, check_envelope, opened
from tupu.test_fetched_pictures import let_out

PICTURE = factories.picture_bytes("one")


def test_a_share_takes_what_is_free_and_gives_all_of_it_back():
    room = Room(100)
    with HeldMemory(room) as one, HeldMemory(room) as other:
        assert one.take(60)
        assert not other.take(41)
        assert other.take(40)
        assert room.free == 0
    assert room.free == 100


def edge_of(shop: Shop) -> Any:
    transport: Any = shop.client._transport
    return transport.app._tupu


async def test_a_body_that_finds_no_room_is_a_signed_17_and_the_room_comes_back(shop: Shop):
    edge_of(shop)._room.free = 1_000_000
    assert (await shop.recognise(b"x" * 1_100_000)).code == 17
    assert (await shop.recognise(PICTURE)).code == 0
    assert (await shop.recognise(b"x" * 31_000_000)).code == 14  # too big comes first
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", content=b"{", headers={"content-type": "x/json"})
    assert opened(shop, reply).code == 15
    assert edge_of(shop)._room.free == 1_000_000


async def test_fetched_pictures_need_room_too(shop: Shop):
    let_out(shop)
    edge_of(shop)._room.free = len(PICTURE) + 1_000
    async with listening(http(PICTURE)) as small, listening(http(PICTURE + b"\0" * 2_000)) as big:
        urls = [f"http://shop.example:{heard.port}/" for heard in (small, big)]
        answer = await shop.recognise(*urls)
    assert sorted(file["label"] for file in answer.files(shop.task_id)) == [-1, 0]
    assert edge_of(shop)._room.free == len(PICTURE) + 1_000


async def test_who_hangs_up_gives_their_room_back_and_asks_nothing(shop: Shop):
    """The beginning of a form would be another question: here of one picture less."""
    edge, before, seen = edge_of(shop), edge_of(shop)._room.free, []
    form = urlencode([*shop.triple().items(), ("image", "http://shop.example/a"), ("image", "http://shop.example/b")])
    messages = [
        {"type": "http.request", "body": form.encode()[:-5], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> object:
        seen.append(edge._room.free)
        return messages.pop(0)

    names = let_out(shop)
    scope = {"type": "http", "method": "POST", "path": f"/v3/recognition/{shop.sid}", "client": ("203.0.113.7", 1)}
    await edge({**scope, "headers": []}, receive, _nowhere)
    assert names.asked == []
    assert seen == [before, before - len(form) + 5]
    assert edge._room.free == before


async def test_who_never_ends_their_body_gives_their_room_back(shop: Shop, monkeypatch):
    monkeypatch.setattr(body, "LONGEST_SECONDS", 0.05)
    edge, before, said = edge_of(shop), edge_of(shop)._room.free, []
    messages = [{"type": "http.request", "body": b"image=", "more_body": True}]

    async def receive() -> dict[str, object] | bool:
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message) -> None:
        said.append(message.get("body", b""))

    scope = {"type": "http", "method": "POST", "path": f"/v3/recognition/{shop.sid}", "client": ("203.0.113.7", 1)}
    await edge({**scope, "headers": []}, receive, send)
    assert json.loads(check_envelope(b"".join(said), shop.context.signer.public_key))["code"] == 15
    assert edge._room.free == before


async def _nowhere(_message) -> None:
    pass


def test_an_app_calls_as_fast_as_its_bucket_fills():
    pace = Pace()
    assert [pace.take("a", 2, 10.0) for _ in range(3)] == [True, True, False]
    assert pace.take("b", 1, 10.0)
    assert not pace.take("a", 2, 10.4)
    assert pace.take("a", 2, 10.5)
    assert [pace.take("a", 2, 1_000.0) for _ in range(3)] == [True, True, False]


def test_a_rate_that_was_lowered_counts_at_once():
    pace = Pace()
    assert pace.take("a", 1_000, 0.0)
    assert [pace.take("a", 1, 0.0) for _ in range(2)] == [True, False]


def test_a_call_that_arrived_earlier_and_comes_later_takes_nothing_back():
    pace = Pace()
    assert pace.take("a", 100, 10.0)
    assert pace.take("a", 100, 5.0)
    assert all(pace.take("a", 100, 10.0) for _ in range(98))
    assert not pace.take("a", 100, 9.0)
