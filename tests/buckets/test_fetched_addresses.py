"""Pictures at addresses of customers': fetched, judged as if they had been sent along, and refused with a reason."""

import asyncio
import ipaddress

import pytest

from manyeyes.outbound import picture_fetcher
from manyeyes.outbound.door import Door
from manyeyes.recognisers.pool import RecogniserBusy
from manyeyes.roles.customer.picture_sources import fetch_picture, is_passing, read_picture_address
from manyeyes.runtime.context import Context
from manyeyes.tasks.item_texts import LONGEST_ADDRESS
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.loopback_servers import Names, http, listening

PICTURE = factories.picture_bytes("one")
LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
HERE = [["127.0.0.1"]]


@pytest.fixture
def outside(context: Context) -> Context:
    """Return a context whose door leads to this machine under the name shop.example."""
    context.door = Door(LOOPBACK, resolver=Names({"shop.example": HERE, "10.0.0.1": [["10.0.0.1"]]}))
    return context


async def fetched(context: Context, reply, path: str = "a.png"):
    async with listening(reply) as heard:
        return await fetch_picture(context, 1, 7, f"http://shop.example:{heard.port}/{path}")


async def test_a_picture_comes_as_it_lies_there(outside: Context):
    found = await fetched(outside, http(PICTURE))
    assert (found.media, found.width, found.height, found.data) == ("png", 120, 40, PICTURE)


async def test_a_redirect_is_followed_and_its_target_judged(outside: Context):
    async with listening(http(PICTURE)) as last:
        there = http(status="302 Found", location=f"http://shop.example:{last.port}/b.png")
        assert isinstance(await fetched(outside, there), Picture)
    inside = await fetched(outside, http(status="302 Found", location="http://10.0.0.1/b.png"))
    assert (inside.reason, is_passing(inside)) == (Reason.NO_PICTURE, False)
    assert "10.0.0.1 is not a public address" in inside.detail


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (http(b"", "404 Not Found"), Reason.NO_PICTURE),
        (http(b"", "403 Forbidden"), Reason.NO_PICTURE),
        (http(PICTURE + b"\0" * LARGEST_BYTES), Reason.NO_PICTURE),
        (http(PICTURE[:-30]), Reason.PICTURE_NOT_SUPPORTED),
        (http(b"<html>please sign in</html>" * 10), Reason.PICTURE_NOT_SUPPORTED),
        (http(b"short"), Reason.PICTURE_TOO_SMALL),
        (http(b"", "500 Oops"), Reason.PICTURE_AWAY),
        (http(b"", "503 Service Unavailable"), Reason.PICTURE_AWAY),
        (http(b"", "429 Too Many Requests"), Reason.PICTURE_AWAY),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nbroken off", Reason.PICTURE_AWAY),
        (b"no HTTP at all", Reason.PICTURE_AWAY),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_had_says_whether_it_may_come_later(outside: Context, reply: bytes, reason: Reason):
    found = await fetched(outside, reply)
    assert (found.reason, is_passing(found)) == (reason, reason is Reason.PICTURE_AWAY)
    assert found.detail


async def test_500_kb_are_the_most_that_is_read(outside: Context):
    padded = PICTURE + b"\0" * (LARGEST_BYTES - len(PICTURE))  # behind its end a picture may carry what it likes
    assert len((await fetched(outside, http(padded))).data) == LARGEST_BYTES


async def test_names_and_places_that_nobody_should_call_stay_shut(context: Context):
    context.door = Door(resolver=Names({"inside.example": [["10.0.0.1"]]}))
    for url in ("http://inside.example/a", "http://127.0.0.1/a", "http://nobody.example/a", "ftp://a/b", "no address"):
        found = await fetch_picture(context, 1, 7, url)
        assert (found.reason, bool(found.detail)) == (Reason.NO_PICTURE, True), url


async def test_a_server_that_never_answers_is_given_up_for_now(outside: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(picture_fetcher, "LONGEST_SECONDS", 0.2)
    released = asyncio.Event()

    async def hang(reader, writer) -> None:
        await released.wait()

    found = await fetched(outside, hang)
    released.set()
    assert (found.reason, "took more than" in found.detail) == (Reason.PICTURE_AWAY, True)


async def test_when_too_much_waits_to_be_decoded_it_may_come_later(outside: Context, monkeypatch: pytest.MonkeyPatch):
    async def busy(data: bytes, *, account: int) -> None:
        raise RecogniserBusy("too much waits")

    monkeypatch.setattr(outside.recognisers, "check", busy)
    assert await fetched(outside, http(PICTURE)) == Refusal(Reason.PICTURE_AWAY, "too much waits")


def test_an_address_is_read_when_it_is_given():
    assert read_picture_address(" https://shop.example/a b.png ".replace("a b", "a%20b"), []) == (
        "https://shop.example/a%20b.png"
    )
    for text in ("", "  ", "ftp://x/y", "http://10.0.0.1/a.png", "https://x/" + "a" * LONGEST_ADDRESS):
        with pytest.raises(ValueError, match=r"\w"):
            read_picture_address(text, [])
