"""Whom we call may say anything for ever: the call ends, and meanwhile everybody else has their turns."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import trustme

from manyeyes.outbound.door import MOST_ADDRESSES, Door
from manyeyes.outbound.exchange import LARGEST_FRAMING, LARGEST_PIECE, MOST_INFORMATIONAL, BrokenReply, receive
from manyeyes.outbound.picture_fetcher import PictureFetcher, Unfetched
from manyeyes.outbound.rules import DoorReason, DoorRefused
from manyeyes.recognisers.picture_intake import LARGEST_RECOGNISED_BYTES
from manyeyes.runtime.delivery_sender import LARGEST_REPLY
from support.hostile_peers import CHUNKED, Said, endless, peer
from support.loopback_servers import Names

LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
OK = b"HTTP/1.1 200 OK\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
FINE = OK + b"content-length: 4\r\n\r\nfine"
NEVER_REPLIES: dict[str, Said] = {
    "100 for ever": endless(CONTINUE),
    "102 for ever": endless(b"HTTP/1.1 102 Processing\r\n\r\n"),
    "103 with headers for ever": endless(b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n"),
    "one more 100 than is heard": CONTINUE * (MOST_INFORMATIONAL + 1) + FINE,
    "100 whose headers never end": endless(b"HTTP/1.1 100 Continue\r\n", b"a: b\r\n"),
    "blank lines for ever": endless(b"\r\n"),
    "a status line for ever": endless(b"HTTP/1.1 200 ", b"O"),
    "header lines for ever": endless(OK, b"a:\r\n"),
    "one header of a megabyte": OK + b"a: " + b"b" * 1_000_000 + b"\r\n\r\n",
    "a header's name for ever": endless(OK, b"a"),
    "trailers for ever": endless(CHUNKED + b"1\r\na\r\n0\r\n", b"a: b\r\n"),
    "an extension for ever": endless(CHUNKED + b"1;", b"a"),
    "an extension at each chunk": endless(CHUNKED, b"1;" + b"a" * 500 + b"\r\na\r\n"),
    "noughts before a chunk's size": endless(CHUNKED, b"0"),
    "a chunk larger than can be": CHUNKED + b"f" * 17 + b"\r\n",
    "a chunk of less than nothing": CHUNKED + b"-1\r\na\r\n",
    "a page and no HTTP": endless(b"<html>"),
    "HTTP/0.9": b"HTTP/0.9 200 OK\r\n\r\nfine",
    "HTTP/2": b"HTTP/2.0 200 OK\r\n\r\nfine",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "no status": b"HTTP/1.1 000 OK\r\n\r\n",
    "less than it said": OK + b"content-length: 5\r\n\r\nfine",
    "a length below nothing": OK + b"content-length: -1\r\n\r\nfine",
    "a length beyond all": OK + b"content-length: 99999999999999999999\r\n\r\nfine",
    "two lengths": OK + b"content-length: 4\r\ncontent-length: 5\r\n\r\nfine!",
    "a length and chunks": OK + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n",
    "a coding that nobody asked for": OK + b"transfer-encoding: gzip\r\n\r\nfine",
    "nothing": b"",
}
REPLIES: dict[str, Said] = {
    "all the 100 that are heard": CONTINUE * MOST_INFORMATIONAL + FINE,
    "more than it said": OK + b"content-length: 4\r\n\r\nfine, and more",
    "another reply at once": FINE + OK + b"content-length: 3\r\nx: y\r\n\r\nbad",
    "what is no HTTP at once": FINE + b"\0" * 100_000,
    "until it closes": OK + b"\r\nfine",
    "chunks of one byte": CHUNKED + b"".join(b"1\r\n%c\r\n" % letter for letter in b"fine") + b"0\r\na: b\r\n\r\n",
    "line ends of old": OK.replace(b"\r\n", b"\n") + b"content-length: 4\n\nfine",
    "byte by byte": [bytes([byte]) for byte in FINE],
}


def door(names: dict[str, list[list[str]]] | None = None, **given: Any) -> Door:
    known = Names({"shop.example": [["127.0.0.1"]], **(names or {})})
    return Door(**{"allowed": LOOPBACK, "resolver": known, "seconds": 60, **given})


async def refused(call: Awaitable[object]) -> DoorReason:
    with pytest.raises(DoorRefused) as found:
        await call
    return found.value.reason


class Turns:
    def __init__(self) -> None:
        self.count = 0

    async def take(self) -> None:
        while True:
            self.count += 1
            await asyncio.sleep(0)


@asynccontextmanager
async def somebody_else() -> AsyncIterator[Turns]:
    """Somebody who wants each turn of the loop, and counts those that they had."""
    turns = Turns()
    task = asyncio.create_task(turns.take())
    try:
        yield turns
    finally:
        task.cancel()


@pytest.mark.parametrize("said", NEVER_REPLIES.values(), ids=NEVER_REPLIES)
async def test_what_is_no_reply_ends_the_call(said: Said):
    with peer(said) as port:
        for largest in (LARGEST_REPLY, LARGEST_RECOGNISED_BYTES):
            call = door().fetch("GET", f"http://shop.example:{port}/", largest_bytes=largest)
            assert await refused(call) is DoorReason.BROKEN


@pytest.mark.parametrize("said", REPLIES.values(), ids=REPLIES)
async def test_an_odd_reply_is_read_to_its_end_and_no_further(said: Said):
    with peer(said) as port:
        reply = await door().fetch("GET", f"http://shop.example:{port}/")
    assert (reply.status, reply.body, reply.is_whole) == (200, b"fine", True)
    assert not {"x", "a"} & reply.headers.keys()


async def test_one_byte_chunks_cost_no_more_than_a_body_of_their_size():
    with peer(endless(CHUNKED, b"1\r\na\r\n")) as port:
        small = await door().fetch("GET", f"http://shop.example:{port}/", largest_bytes=1_000)
        assert (small.body, small.is_whole) == (b"a" * 1_000, False)
        assert await refused(door().fetch("GET", f"http://shop.example:{port}/", largest_bytes=10**7)) is (
            DoorReason.BROKEN
        )


async def test_who_replies_before_they_have_heard_all_is_heard():
    with peer(FINE, listens=False) as port:
        reply = await door().fetch("POST", f"http://shop.example:{port}/", content=b"a" * 20_000_000)
    assert reply.body == b"fine"


@pytest.mark.parametrize("body", [endless(CHUNKED, b"1000\r\n" + b"a" * 4096 + b"\r\n"), endless(OK, b"\r\n", b"a")])
async def test_the_time_for_everything_ends_while_bytes_keep_coming(body: Said):
    with peer(body) as port:
        call = door(seconds=0.2).fetch("GET", f"http://shop.example:{port}/", largest_bytes=10**12)
        assert await refused(call) is DoorReason.TIMED_OUT


async def test_a_handshake_that_never_ends_is_left():
    with peer(endless(b"\x16\x03\x03\x40\x00", b"\0"), listens=False) as port:
        assert await refused(door(seconds=5).fetch("GET", f"https://shop.example:{port}/")) in (
            *(DoorReason.TLS_FAILED, DoorReason.TIMED_OUT),
        )
    with peer([], listens=True) as port:
        assert await refused(door(seconds=0.2).fetch("GET", f"https://shop.example:{port}/")) in (
            *(DoorReason.UNREACHABLE, DoorReason.TIMED_OUT),
        )


async def test_what_hides_in_tls_ends_as_well():
    authority = trustme.CA()
    served, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("shop.example").configure_cert(served)
    authority.configure_trust(trusting)
    with peer(endless(CONTINUE), tls=served) as port:
        call = door(ssl_context=trusting).fetch("GET", f"https://shop.example:{port}/")
        assert await refused(call) is DoorReason.BROKEN


@pytest.mark.parametrize("rest", [b"a" * 2_000_000, b"1\r\na\r\n" * 300_000, CONTINUE * 100_000, b"a:\r\n" * 500_000])
async def test_everybody_else_has_a_turn_after_each_piece(rest: bytes):
    """All of it is there before it is read, so nothing but the reading itself could give a turn away."""
    said = {b"a": OK + b"\r\n", b"1": CHUNKED, b"H": b""}.get(rest[:1], OK) + rest
    reader = asyncio.StreamReader()
    reader.feed_data(said)
    reader.feed_eof()
    async with somebody_else() as turns:
        with suppress(BrokenReply):
            await receive(reader, 1_900_000)
        had = turns.count
        read_of_it = len(said) - len(await reader.read())
    assert read_of_it >= LARGEST_PIECE
    assert had >= read_of_it // LARGEST_PIECE - 1


@pytest.mark.parametrize("name", ["100 for ever", "header lines for ever", "trailers for ever"])
async def test_the_fetcher_of_pictures_and_everybody_else_go_on(name: str):
    with peer(NEVER_REPLIES[name]) as port:
        async with somebody_else() as turns:
            found = await asyncio.gather(
                *(
                    PictureFetcher().fetch(door(), "app", f"http://shop.example:{port}/{n}", largest_bytes=1_000)
                    for n in range(10)
                )
            )
    assert all(isinstance(failure, Unfetched) for failure in found)
    assert turns.count > LARGEST_FRAMING // LARGEST_PIECE


async def test_each_address_of_a_name_is_judged_and_none_has_hundreds():
    public = [f"93.184.{n // 256}.{n % 256}" for n in range(MOST_ADDRESSES + 1)]
    names = {"many.example": [public], "mixed.example": [[*public[: MOST_ADDRESSES - 1], "10.0.0.1"]]}
    for host in names:
        assert await refused(door(names).fetch("GET", f"http://{host}/")) is DoorReason.FORBIDDEN


async def test_a_header_that_would_end_the_request_is_not_sent():
    with peer(FINE) as port:
        for value in ("a\r\nx: y", "a\nb", "a\0"):
            call = door().fetch("GET", f"http://shop.example:{port}/", headers={"referer": value})
            assert await refused(call) is DoorReason.BROKEN
        reply = await door().fetch("GET", f"http://shop.example:{port}/", headers={"referer": " https://a.example/图 "})
    assert reply.status == 200
