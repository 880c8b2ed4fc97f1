"""HTTP/1.1 without a socket: what applications are told, what is written, and in how many writes."""

import asyncio
from typing import Any

import pytest

from manyeyes.server.exchange import HIGH_WATER
from support.spoken_connection import Spoken

GET = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\n\r\n"
HEAD = b"HEAD" + GET[3:]
LAST = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\nConnection: close\r\n\r\n"
POST = b"POST /a%20b?c=d HTTP/1.1\r\nHost: manyeyes.test\r\nContent-Length: 6\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: manyeyes.test\r\nTransfer-Encoding: chunked\r\n\r\n"
START: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
OK: dict[str, Any] = {"type": "http.response.body", "body": b"ok"}


async def in_two_parts(scope: Any, receive: Any, send: Any) -> None:
    """Reply as every application does: the head, then the body."""
    await send(START)
    await send(OK)


async def in_turns(scope: Any, receive: Any, send: Any) -> None:
    """Reply as an event stream does: something now, more in a later turn of the loop."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"two"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": b""})


async def all_told(scope: Any, receive: Any, send: Any) -> None:
    """Reply with all that was received, and with what the request was."""
    parts: list[dict[str, Any]] = []
    while not parts or parts[-1]["more_body"]:
        parts.append(await receive())
    words = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {scope['client']}"
    body = words.encode() + b" " + b"".join(part["body"] for part in parts)
    head = {"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"%d" % len(body))]}
    await send(head)
    await send({"type": "http.response.body", "body": body})


async def test_a_reply_is_one_write_and_the_next_one_another():
    served = await (await Spoken(in_two_parts).hear(GET, GET)).end()
    assert served.wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"] * 2


async def test_all_is_written_before_the_connection_is_closed():
    served = await Spoken(in_two_parts).hear(LAST)
    assert served.wire.is_over
    assert served.wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"]


async def test_what_comes_later_does_not_hold_back_what_is_there():
    served = await (await Spoken(in_turns).hear(GET)).end()
    first, *later = served.wire.writes
    assert first == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n"
    assert later == [b"3\r\ntwo\r\n", b"0\r\n\r\n"]


async def test_a_stream_is_open_before_it_says_anything():
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        await receive()

    served = await Spoken(silent).hear(GET)
    assert served.wire.writes == [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"]
    await served.end_of_client()


async def test_a_head_alone_is_asked_for():
    served = await (await Spoken(in_two_parts).hear(HEAD, HEAD)).end()
    assert served.wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"] * 2


@pytest.mark.parametrize("pieces", [[POST + b"abcdef"], [POST, b"abcdef"], [POST[:20], POST[20:] + b"abc", b"def"]])
async def test_a_body_is_told_however_it_comes(pieces):
    served = await (await Spoken(all_told).hear(*pieces)).end()
    assert served.wire.writes[0].endswith(b"POST /a b c=d ('192.0.2.1', 4711) abcdef")


async def test_a_chunked_body_is_told_without_its_framing():
    served = await (await Spoken(all_told).hear(CHUNKED + b"3\r\nabc\r\n", b"3\r\ndef\r\n0\r\n\r\n")).end()
    assert served.wire.writes[0].endswith(b" abcdef")


async def test_who_waits_for_a_word_hears_it_when_the_body_is_wanted():
    served = await Spoken(all_told).hear(POST[:-2] + b"Expect: 100-continue\r\n\r\n")
    assert served.wire.writes == [b"HTTP/1.1 100 Continue\r\n\r\n"]
    await (await served.hear(b"abcdef")).end()
    assert served.wire.writes[1].endswith(b" abcdef")


async def test_who_cannot_know_the_word_does_not_hear_it():
    old = POST[:-2].replace(b"1.1", b"1.0") + b"Expect: 100-continue\r\n\r\n"
    served = await Spoken(all_told).hear(old, b"abcdef")
    assert served.wire.writes[0].startswith(b"HTTP/1.1 200 OK\r\n")


async def test_who_waits_for_a_word_hears_the_reply_when_nobody_wants_the_body():
    served = await Spoken(in_two_parts).hear(POST[:-2] + b"Expect: 100-continue\r\n\r\n")
    assert b"".join(served.wire.writes).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_what_comes_before_the_reply_is_complete_waits():
    served = Spoken(in_turns)
    await served.hear(GET + GET)
    assert not served.wire.reads
    await asyncio.gather(*served.state.tasks)
    await served.quiet()
    assert served.wire.reads
    await served.end()
    assert served.wire.writes[:3] == served.wire.writes[3:]


async def test_a_large_body_is_read_as_fast_as_it_is_taken():
    go_on = asyncio.Event()

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await all_told(scope, receive, send)

    served = Spoken(late)
    size = 3 * HIGH_WATER
    await served.hear(POST.replace(b": 6", b": %d" % size), bytes(2 * HIGH_WATER))
    assert not served.wire.reads
    go_on.set()
    await served.quiet()
    assert served.wire.reads
    await (await served.hear(bytes(size - 2 * HIGH_WATER))).end()
    assert len(b"".join(served.wire.writes)) > size


async def test_a_large_piece_that_was_waited_for_is_not_the_last():
    served = Spoken(all_told)
    size = 3 * HIGH_WATER
    await served.hear(POST.replace(b": 6", b": %d" % size), bytes(2 * HIGH_WATER))
    assert served.wire.reads
    await (await served.hear(bytes(size - 2 * HIGH_WATER))).end()
    assert len(b"".join(served.wire.writes)) > size


async def test_who_does_not_read_is_waited_for():
    served = Spoken(in_turns)
    served.connection.pause_writing()
    await served.hear(GET)
    assert served.wire.writes == []
    served.connection.resume_writing()
    await served.end()
    assert len(served.wire.writes) == 3


async def test_a_client_that_goes_is_told_to_all_who_wait_for_it():
    told: list[dict[str, Any]] = []

    async def patient(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        told.extend(await asyncio.gather(receive(), receive()))
        await in_two_parts(scope, receive, send)

    served = await Spoken(patient).hear(GET)
    await served.end_of_client()
    assert [message["type"] for message in told] == ["http.disconnect"] * 2
    assert served.wire.writes == []


async def test_what_is_received_after_the_reply_is_its_end():
    told: list[dict[str, Any]] = []

    async def curious(scope: Any, receive: Any, send: Any) -> None:
        await in_two_parts(scope, receive, send)
        told.append(await receive())

    await (await Spoken(curious).hear(GET)).end()
    assert told == [{"type": "http.disconnect"}]


async def test_a_reply_to_somebody_who_is_gone_goes_nowhere():
    async def gone(scope: Any, receive: Any, send: Any) -> None:
        served.wire.is_over = True
        await in_two_parts(scope, receive, send)

    served = Spoken(gone)
    await (await served.hear(GET)).end()
    assert served.wire.writes == []


@pytest.mark.parametrize(
    "messages",
    [
        [OK],
        [START, START],
        [START, OK, OK],
        [START, OK | {"body": b"long"}],
        [START, OK | {"body": b"a"}],
        [START | {"headers": [(b"a", b"b\r\nc: d")]}, OK],
        [START | {"headers": [(b"a", b"b\nc: d")]}, OK],
        [START | {"headers": [(b"a", b"b\0")]}, OK],
        [START | {"headers": [(b"a b", b"c")]}, OK],
        [START | {"headers": [(b"a\r\nb", b"c")]}, OK],
        [START | {"headers": [(b"", b"c")]}, OK],
        [START | {"status": 100}, OK],
        [START | {"status": 103}, OK],
        [START | {"status": 101}, OK],
        [START | {"status": 600}, OK],
    ],
)
async def test_what_makes_no_reply_is_a_fault_of_the_application(messages):
    faults = []

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        try:
            for message in messages:
                await send(message)
        except RuntimeError as error:
            faults.append(error)

    served = await (await Spoken(wrong).hear(GET)).end()
    assert len(faults) == 1
    assert b"c: d" not in b"".join(served.wire.writes)


@pytest.mark.parametrize(
    ("before", "begins"), [([], b"HTTP/1.1 500 "), ([START], b"HTTP/1.1 200 OK"), (None, b"HTTP/1.1 500 ")]
)
async def test_an_application_that_fails_ends_the_connection(before, begins):
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        for message in before or []:
            await send(message)
        if before is not None:
            raise RuntimeError("boom")

    served = await (await Spoken(failing).hear(GET)).end()
    assert served.wire.is_over
    assert b"".join(served.wire.writes).startswith(begins)


async def test_the_server_ends_after_the_reply_that_is_under_way():
    busy, idle = await Spoken(in_turns).hear(GET), await Spoken(in_two_parts).hear(GET)
    for served in (busy, idle):
        served.connection.shutdown()
    assert (busy.wire.is_over, idle.wire.is_over) == (False, True)
    await busy.end()
    assert busy.wire.is_over
    assert busy.wire.writes[-1] == b"0\r\n\r\n"
