"""One watch for all connections: who hears nothing is spoken to, who owes nothing is not looked at, who is gone is let
go of."""

import asyncio
from typing import Any

import pytest

from manyeyes.server import connection_watch
from support.spoken_connection import Spoken

GET = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: manyeyes.test\r\nContent-Length: 6\r\n\r\n"
COMMENT = b"9\r\n: there\n\n\r\n"
SHORT = 0.02  # seconds


class Stream:
    """An application that streams: it says a word, and waits until it is told to end."""

    def __init__(self, silent_seconds: float = SHORT) -> None:
        self.silent_seconds = silent_seconds
        self.ends = asyncio.Event()
        self.was_cancelled = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        silence = (self.silent_seconds, b": there\n\n")
        await send({"type": "http.response.start", "status": 200, "headers": [], "silence": silence})
        await send({"type": "http.response.body", "body": b"word", "more_body": True})
        try:
            await self.ends.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_watch, "LISTEN_SECONDS", SHORT / 2)
    monkeypatch.setattr(connection_watch, "LONGEST_LOOK_SECONDS", SHORT)


async def comments(served: Spoken, count: int) -> None:
    """Wait until so many comments were written."""
    async with asyncio.timeout(20):
        while b"".join(served.wire.writes).count(COMMENT) < count:  # noqa: ASYNC110 (a wire has no events)
            await asyncio.sleep(SHORT / 4)


async def let_go(served: Spoken) -> None:
    """Wait until the connection is not watched."""
    async with asyncio.timeout(20):
        while served.connection in served.connection.watch._watched:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(SHORT / 4)


async def test_a_silent_stream_is_spoken_to_again_and_again_and_no_more_once_it_ended():
    stream = Stream()
    served = await Spoken(stream).hear(GET)
    await comments(served, 2)
    stream.ends.set()
    await served.quiet()
    written = b"".join(served.wire.writes)
    assert written.endswith(COMMENT + b"0\r\n\r\n")
    await asyncio.sleep(3 * SHORT)
    assert b"".join(served.wire.writes) == written
    assert not served.connection.watch._is_anybody_silent()


async def test_a_stream_whose_client_goes_before_its_head_ends():
    stream, may_begin = Stream(), asyncio.Event()

    async def slowly(scope: Any, receive: Any, send: Any) -> None:
        await may_begin.wait()
        await stream(scope, receive, send)

    served = await Spoken(slowly).hear(GET)
    served.connection.connection_lost(None)
    may_begin.set()
    async with asyncio.timeout(20):
        while served.state.tasks:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(SHORT / 4)
    assert not served.wire.writes


async def test_a_stream_that_speaks_is_left_alone():
    served = await Spoken(Stream(silent_seconds=3600)).hear(GET)
    await asyncio.sleep(3 * SHORT)
    assert COMMENT not in b"".join(served.wire.writes)
    await served.end_of_client()


async def test_who_does_not_read_is_told_no_more():
    served = await Spoken(Stream()).hear(GET)
    served.connection.pause_writing()
    await asyncio.sleep(3 * SHORT)
    assert COMMENT not in b"".join(served.wire.writes)
    served.connection.resume_writing()
    await comments(served, 1)
    await served.end_of_client()


async def test_a_stream_is_cancelled_when_its_client_goes_and_nothing_of_it_is_kept(capsys: pytest.CaptureFixture[str]):
    stream = Stream()
    served = await Spoken(stream).hear(GET)
    await served.end_of_client()
    assert stream.was_cancelled
    assert not served.connection.watch._is_anybody_silent()
    assert not served.connection.watch._watched
    assert "reply_broken" not in capsys.readouterr().out


async def test_who_asks_for_the_head_alone_hears_no_word():
    served = await Spoken(Stream()).hear(b"HEAD" + GET[3:])
    await asyncio.sleep(3 * SHORT)
    assert COMMENT not in b"".join(served.wire.writes)
    await served.end_of_client()


async def test_a_stream_that_has_sent_all_is_not_looked_at_until_it_sends_again():
    stream = Stream(silent_seconds=3600)
    served = await Spoken(stream).hear(GET)
    await let_go(served)
    stream.ends.set()
    await served.quiet()
    assert served.connection in served.connection.watch._watched  # the next request is to come in time
    await served.end_of_client()


async def test_whoever_does_not_read_a_stream_stays_looked_at_and_is_cut_off():
    stream = Stream(silent_seconds=3600)
    served = await Spoken(stream).hear(GET)
    await let_go(served)
    connection, wire = served.connection, served.wire
    wire.unread = len(COMMENT)
    await connection.exchange.send({"type": "http.response.body", "body": b"more", "more_body": True})
    await served.quiet()
    now = connection.loop.time()
    assert connection in connection.watch._watched
    assert connection.look(now)
    assert connection.look(now + 9.9)
    assert not wire.was_aborted
    assert not connection.look(now + 10)
    assert wire.was_aborted
    await served.end_of_client()


async def test_a_body_that_comes_slowly_is_looked_at_all_along():
    served = await Spoken(Stream(silent_seconds=3600)).hear(POST, b"ab")
    assert served.connection.look(served.connection.loop.time())
    await served.hear(b"cdef")
    assert not served.connection.look(served.connection.loop.time())
    await served.end_of_client()


async def test_a_look_that_fails_ends_its_own_connection_alone(monkeypatch: pytest.MonkeyPatch):
    broken, whole = await Spoken(Stream()).hear(GET), await Spoken(Stream()).hear(GET)
    watch = whole.connection.watch
    watch.add(broken.connection)
    monkeypatch.setattr(broken.connection, "look", lambda now: 1 / 0)
    await let_go(whole)
    assert broken.connection not in watch._watched
    assert broken.wire.was_aborted
    assert not whole.wire.was_aborted
    await whole.end_of_client()
    await broken.end_of_client()
