"""How a reply's body is framed, and which replies have none: RFC 9110, 8.6 and 15.3; RFC 9112, 6.1."""

from typing import Any

import pytest

from support.spoken_connection import Spoken

GET = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\n\r\n"
HEAD = b"HEAD" + GET[3:]
OK: dict[str, Any] = {"type": "http.response.body", "body": b"ok"}


@pytest.mark.parametrize(
    ("asked", "status", "said", "sent"),
    [  # what an application says of the body's length, and what is sent of that (RFC 9110, 8.6; RFC 9112, 6.1)
        (GET, 204, [], b""),
        (GET, 204, [(b"Content-Length", b"0")], b""),
        (GET, 204, [(b"transfer-encoding", b"chunked")], b""),
        (GET, 205, [], b"content-length: 0\r\n"),
        (GET, 205, [(b"content-length", b"0")], b"content-length: 0\r\n"),
        (GET, 304, [], b""),
        (GET, 304, [(b"content-length", b"700")], b"content-length: 700\r\n"),
        (GET, 304, [(b"transfer-encoding", b"chunked")], b""),
        (HEAD, 200, [(b"content-length", b"700")], b"content-length: 700\r\n"),
        (HEAD, 200, [(b"transfer-encoding", b"chunked")], b""),
        (HEAD, 200, [], b""),
        (HEAD, 204, [(b"content-length", b"0")], b""),
        (HEAD, 304, [(b"content-length", b"700")], b"content-length: 700\r\n"),
    ],
)
async def test_some_replies_have_no_body(asked, status, said, sent):
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": said})
        await send({"type": "http.response.body"})

    served = await (await Spoken(bare).hear(asked, asked)).end()
    assert len(served.wire.writes) == 2
    for reply in served.wire.writes:
        _, _, headers = reply.partition(b"\r\n")
        assert headers == sent + b"\r\n"


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("headers", [[], [(b"content-length", b"2")], [(b"transfer-encoding", b"chunked")]])
async def test_a_body_where_none_is_allowed_is_not_sent(status, headers):
    faults = []

    async def talkative(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        with pytest.raises(RuntimeError, match="none is allowed") as fault:
            await send(OK)
        faults.append(fault)

    served = await (await Spoken(talkative).hear(GET)).end()
    assert len(faults) == 1
    assert b"ok" not in b"".join(served.wire.writes)


async def test_how_a_body_is_framed_is_not_for_an_application_to_say():
    async def framing(scope: Any, receive: Any, send: Any) -> None:
        said = [(b"content-length", b"2"), (b"Transfer-Encoding", b"chunked")]
        await send({"type": "http.response.start", "status": 200, "headers": said})
        await send(OK)

    served = await (await Spoken(framing).hear(GET)).end()
    assert served.wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]


async def test_who_knows_no_chunks_reads_to_the_end():
    async def in_turns(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part, more in ((b"one", True), (b"two", True), (b"", False)):
            await send({"type": "http.response.body", "body": part, "more_body": more})

    served = await Spoken(in_turns).hear(GET.replace(b"1.1", b"1.0"))
    assert served.wire.is_over
    assert b"".join(served.wire.writes) == b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nonetwo"
