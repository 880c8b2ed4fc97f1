"""Pictures behind addresses: fetched through the one door, redirects too; what cannot be had is told."""

import asyncio
import ipaddress
from contextlib import AsyncExitStack

import pytest

from manyeyes.outbound import picture_fetcher
from manyeyes.outbound.door import Door
from manyeyes.tupu import recognition_pipeline
from support import factories
from support.loopback_servers import Names, http, listening
from support.signed_customer import Shop, open_shop

PICTURE = factories.picture_bytes("one")
LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
HERE = [["127.0.0.1"]]


def let_out(shop: Shop, names: dict[str, list[list[str]]] | None = None, **given) -> Names:
    """Let the shop's context call this machine's 127.0.0.1, under names that the test gives."""
    known = Names({"shop.example": HERE, "127.0.0.1": HERE, **(names or {})})
    shop.context.door = Door(LOOPBACK, resolver=known, **given)
    return known


def sent_on(to: str, status: str = "302 Found") -> bytes:
    return http(status=status, location=to)


async def test_pictures_are_fetched_and_called_by_their_addresses(shop: Shop):
    let_out(shop)
    async with listening(http(PICTURE)) as heard:
        urls = [f"http://shop.example:{heard.port}/{n}.png?a=1&b=图" for n in range(3)]
        answer = await shop.recognise(*urls, referer="https://shop.example/page")
    assert [file["name"] for file in answer.files(shop.task_id)] == urls
    assert [file["label"] for file in answer.files(shop.task_id)] == [0, 0, 0]
    assert all(b"\r\nreferer: https://shop.example/page\r\n" in request.lower() for request in heard.requests)
    assert len(heard.requests) == 3


async def test_ten_are_fetched_at_the_same_time(shop: Shop):
    let_out(shop)
    all_there = asyncio.Barrier(10)

    async def wait_for_all(reader, writer) -> None:
        async with asyncio.timeout(30):
            await all_there.wait()
        writer.write(http(PICTURE))
        await writer.drain()

    async with listening(wait_for_all) as heard:
        answer = await shop.recognise(*[f"http://shop.example:{heard.port}/{n}" for n in range(10)])
    assert [file["label"] for file in answer.files(shop.task_id)] == [0] * 10


async def test_an_app_whose_servers_are_slow_does_not_hold_up_the_others(shop: Shop, monkeypatch):
    monkeypatch.setattr(picture_fetcher, "FETCHES_OF_ONE", 3)
    let_out(shop)
    other = await open_shop(shop.context, shop.client)
    is_freed, is_full = asyncio.Event(), asyncio.Event()
    waiting = 0

    async def wait(reader, writer) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 3:
            is_full.set()
        async with asyncio.timeout(30):
            await is_freed.wait()
        writer.write(http(PICTURE))
        await writer.drain()

    async with listening(wait) as slow, listening(http(PICTURE)) as quick:
        held_up = asyncio.create_task(shop.recognise(*[f"http://shop.example:{slow.port}/{n}" for n in range(10)]))
        await is_full.wait()
        answer = await other.recognise(f"http://shop.example:{quick.port}/a")
        assert [file["label"] for file in answer.files(other.task_id)] == [0]
        assert waiting == 3
        is_freed.set()
        answer = await held_up
    assert [file["label"] for file in answer.files(shop.task_id)] == [0] * 10


async def test_when_some_cannot_be_had_they_are_minus_one_with_a_reason(shop: Shop):
    let_out(shop)
    async with listening(http(PICTURE)) as good, listening(http(b"no", "404 Not Found")) as missing:
        urls = [f"http://shop.example:{good.port}/a", f"http://shop.example:{missing.port}/b", "http://nobody.example/"]
        answer = await shop.recognise(*urls, "ftp://x/y", "no address")
    assert [file["label"] for file in answer.files(shop.task_id)] == [0, -1, -1, -1, -1]
    rows = {row["name"]: row for row in await shop.rows("recognition_result", "name, label, fault, charged_micros")}
    assert "404" in rows[urls[1]]["fault"]
    assert "unknown here" in rows[urls[2]]["fault"]
    assert [row["charged_micros"] for row in rows.values() if row["label"] < 0] == [0] * 4


async def test_when_none_can_be_had_the_call_is_14_and_nothing_is_left(shop: Shop):
    let_out(shop)
    async with listening(http(b"", "500 Oops")) as broken:
        answer = await shop.recognise(f"http://shop.example:{broken.port}/a", "http://nobody.example/b")
    assert answer.code == 14
    assert "500" in answer.said["message"]
    for table in ("recognition_result", "recognition_day", "recognition_call", "work"):
        assert await shop.rows(table, "cell") == []


async def test_what_comes_and_is_no_picture_is_minus_one_and_no_14(shop: Shop):
    let_out(shop)
    async with listening(http(b"<html>please sign in</html>")) as page:
        answer = await shop.recognise(f"http://shop.example:{page.port}/a.jpg")
    assert (answer.code, answer.files(shop.task_id)[0]["label"]) == (0, -1)


async def test_redirects_are_followed_three_times(shop: Shop):
    let_out(shop)
    async with AsyncExitStack() as stack:
        last = heard = await stack.enter_async_context(listening(http(PICTURE)))
        for status in ("307 Temporary Redirect", "301 Moved", "302 Found"):
            where = f"//shop.example:{heard.port}/x"
            heard = await stack.enter_async_context(listening(sent_on(where, status)))
        assert (await shop.recognise(f"http://shop.example:{heard.port}/")).code == 0
        heard = await stack.enter_async_context(listening(sent_on(f"http://shop.example:{heard.port}/")))
        answer = await shop.recognise(f"http://shop.example:{heard.port}/")
    assert (answer.code, "more than 3" in answer.said["message"]) == (14, True)
    assert len(last.requests) == 1


@pytest.mark.parametrize(
    "inside",
    [
        "http://127.0.0.2:8080/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://inside.example/",
        "file:///etc/passwd",
        "http://127.0.0.1:22/",
        "http://[",
        "gopher://x",
    ],
)
async def test_an_address_inside_is_refused_at_once_and_behind_a_redirect(shop: Shop, inside):
    let_out(shop, {name: [[name]] for name in ("127.0.0.2", "10.0.0.1", "169.254.169.254", "::1")}
            | {"inside.example": [["10.0.0.1"]]})  # fmt: skip
    assert (await shop.recognise(inside)).code == 14
    async with listening(sent_on(inside)) as outside:
        assert (await shop.recognise(f"http://shop.example:{outside.port}/")).code == 14
        assert len(outside.requests) == 1


async def test_a_name_that_changes_its_mind_is_judged_at_every_step(shop: Shop):
    """It leads outside when it is first asked, and inside when its redirect leads to itself."""
    async with listening(http(PICTURE), "127.0.0.2") as inside:
        let_out(shop, {"rebind.example": [["127.0.0.1"], ["127.0.0.2"]]})
        async with listening(sent_on(f"http://rebind.example:{inside.port}/")) as outside:
            answer = await shop.recognise(f"http://rebind.example:{outside.port}/")
    assert (answer.code, "forbidden" in answer.said["message"]) == (14, True)
    assert inside.requests == []


async def test_more_than_ten_megabytes_are_not_read(shop: Shop, monkeypatch):
    let_out(shop)
    monkeypatch.setattr(recognition_pipeline, "LARGEST_RECOGNISED_BYTES", len(PICTURE))
    async with listening(http(PICTURE)) as fits, listening(http(PICTURE + b"x")) as big:
        urls = [f"http://shop.example:{heard.port}/" for heard in (fits, big)]
        answer = await shop.recognise(*urls)
    assert [file["label"] for file in answer.files(shop.task_id)] == [0, -1]


async def test_a_server_that_never_ends_is_given_up_redirects_included(shop: Shop, monkeypatch):
    let_out(shop)
    monkeypatch.setattr(picture_fetcher, "LONGEST_SECONDS", 0.2)
    released = asyncio.Event()

    async def hang(reader, writer) -> None:
        await released.wait()

    async with listening(hang) as silent, listening(sent_on(f"http://shop.example:{silent.port}/")) as first:
        answer = await shop.recognise(f"http://shop.example:{first.port}/")
        released.set()
    assert (answer.code, "took more than" in answer.said["message"]) == (14, True)
