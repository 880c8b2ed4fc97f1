"""The one way out, against servers on loopback that lie, hang, point inside and never end."""

import asyncio
import gzip
import ipaddress
import ssl
import zlib
from collections.abc import Awaitable
from typing import Any

import pytest
import trustme

from manyeyes.outbound.door import Door
from manyeyes.outbound.exchange import HttpReply
from manyeyes.outbound.rules import DoorReason, DoorRefused
from support.loopback_servers import Names, http, listening

LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
HERE = [["127.0.0.1"]]


def door(names: Names | None = None, **given: Any) -> Door:
    return Door(**{"allowed": LOOPBACK, "resolver": names or Names({"shop.example": HERE, "127.0.0.1": HERE}), **given})


async def refused(call: Awaitable[object]) -> DoorRefused:
    with pytest.raises(DoorRefused) as found:
        await call
    assert found.value.detail
    return found.value


async def test_a_request_arrives_with_its_name_and_nothing_of_ours():
    async with listening(http(b"fine", x_a="1")) as heard:
        reply = await door().fetch("GET", f"http://Shop.Example.:{heard.port}/a?b=c#d")
    assert reply == HttpReply(200, {"content-length": "4", "x-a": "1"}, b"fine")
    head = heard.requests[0].decode()
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"host: shop.example:{heard.port}\r\n" in head.lower()
    assert not {"cookie", "authorization", "referer"} & {line.split(":")[0].lower() for line in head.split("\r\n")}


async def test_a_body_goes_out_as_it_is_with_the_headers_that_were_given():
    async with listening(http(status="204 No Content")) as heard:
        url = f"http://shop.example:{heard.port}/hook"
        reply = await door().fetch("POST", url, headers={"Content-Type": "application/json"}, content=b'{"a":1}')
        await door().fetch("POST", url)
    assert reply.status == 204
    assert heard.requests[0].endswith(b'\r\n\r\n{"a":1}')
    assert b"content-type: application/json\r\n" in heard.requests[0].lower()
    assert b"content-length: 0\r\n" in heard.requests[1].lower()


async def test_a_target_that_was_signed_goes_out_as_it_is():
    async with listening(http()) as heard:
        url = f"http://shop.example:{heard.port}/bucket/a/../b"
        await door().fetch("GET", url, target="/bucket/a/../b?c")
        await door().fetch("GET", url)
    assert [request.partition(b" HTTP")[0] for request in heard.requests] == [
        b"GET /bucket/a/../b?c",
        b"GET /bucket/b",
    ]


async def test_a_name_that_leads_inside_is_not_called():
    async with listening(http()) as heard:
        for addresses in (["127.0.0.1"], ["10.0.0.1"], ["::1"], ["169.254.169.254"], ["93.184.215.14", "127.0.0.1"]):
            shut = door(Names({"shop.example": [addresses]}), allowed=[])
            found = await refused(shut.fetch("GET", f"http://shop.example:{heard.port}/"))
            assert found.reason is DoorReason.FORBIDDEN
            assert found.is_lasting
    assert heard.requests == []


async def test_an_address_in_the_url_is_judged_like_a_name():
    shut = Door()
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/"):
        assert (await refused(shut.fetch("GET", url))).reason is DoorReason.FORBIDDEN
    for url in ("http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"):
        assert (await refused(shut.fetch("GET", url))).reason is DoorReason.BAD_ADDRESS
    assert (await refused(shut.fetch("GET", "http://localhost/"))).reason is DoorReason.FORBIDDEN


async def test_a_name_that_changes_its_mind_is_asked_once():
    async with listening(http(b"judged")) as judged, listening(http(b"inside"), "127.0.0.2") as inside:
        names = Names({"rebind.example": [["127.0.0.1"], ["127.0.0.2"]]})
        reply = await door(names).fetch("GET", f"http://rebind.example:{judged.port}/")
        assert (reply.body, names.asked) == (b"judged", ["rebind.example"])
        assert (await refused(door(names).fetch("GET", f"http://rebind.example:{inside.port}/"))).reason is (
            DoorReason.FORBIDDEN
        )
    assert inside.requests == []


async def test_the_next_address_is_tried_where_nobody_listens():
    allowed = [ipaddress.ip_network("127.0.0.0/8")]
    async with listening(http(b"second"), "127.0.0.3") as heard:
        names = Names({"shop.example": [["127.0.0.2", "127.0.0.3"]]})
        reply = await door(names, allowed=allowed).fetch("GET", f"http://shop.example:{heard.port}/")
    assert reply.body == b"second"
    assert (await refused(door().fetch("GET", f"http://shop.example:{heard.port}/"))).reason is DoorReason.UNREACHABLE


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
async def test_a_redirect_is_the_reply(status: str):
    async with listening(http(status=status, location="http://169.254.169.254/latest/meta-data/")) as heard:
        reply = await door().fetch("GET", f"http://shop.example:{heard.port}/")
    assert (reply.status, reply.headers["location"]) == (int(status[:3]), "http://169.254.169.254/latest/meta-data/")
    assert len(heard.requests) == 1


async def test_a_server_that_says_nothing_is_left():
    forever = asyncio.Event()

    async def hang(*_: object) -> None:
        await forever.wait()

    async with listening(hang) as heard:
        found = await refused(door(seconds=0.2).fetch("GET", f"http://shop.example:{heard.port}/"))
    assert found.reason is DoorReason.TIMED_OUT
    assert not found.is_lasting


async def test_a_body_that_drips_is_left_when_the_time_for_everything_is_over():
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\na\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with listening(drip) as heard:
        found = await refused(door(seconds=0.2).fetch("GET", f"http://shop.example:{heard.port}/"))
    assert found.reason is DoorReason.TIMED_OUT


async def test_a_name_server_that_says_nothing_is_left():
    class Silent(Names):
        async def addresses(self, host: str) -> list[str]:
            return await asyncio.Event().wait()  # type: ignore[return-value]

        async def texts(self, name: str, seconds: float) -> list[str]:
            return await asyncio.Event().wait()  # type: ignore[return-value]

    slow = door(Silent({}), seconds=0.1)
    assert (await refused(slow.fetch("GET", "http://shop.example/"))).reason is DoorReason.TIMED_OUT
    assert (await refused(slow.txt("shop.example"))).reason is DoorReason.RESOLVER_FAILED


async def test_an_endless_body_is_read_to_its_limit():
    sent = 0

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        while True:
            writer.write(b"a" * 10_000)
            await writer.drain()
            sent += 10_000

    async with listening(pour) as heard:
        reply = await door(seconds=30).fetch("GET", f"http://shop.example:{heard.port}/", largest_bytes=1_000)
    assert (reply.status, reply.body, reply.is_whole) == (200, b"a" * 1_000, False)


async def test_a_body_of_just_the_limit_is_whole():
    async with listening(http(b"a" * 1_000)) as heard:
        url = f"http://shop.example:{heard.port}/"
        assert (await door().fetch("GET", url, largest_bytes=1_000)).is_whole
        assert not (await door().fetch("GET", url, largest_bytes=999)).is_whole


async def test_what_is_packed_stays_packed():
    packed = gzip.compress(b"\0" * 10_000_000)
    async with listening(http(packed, content_encoding="gzip")) as heard:
        reply = await door().fetch("GET", f"http://shop.example:{heard.port}/")
    assert reply.body == packed
    assert zlib.decompress(reply.body, 31)[:1] == b"\0"
    assert b"accept-encoding: identity\r\n" in heard.requests[0].lower()


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"a" * 1_000) for n in range(300)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 300_000,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["many headers", "one huge header", "no HTTP", "nothing", "broke off", "bad chunk"],
)
async def test_what_is_no_proper_reply_breaks_the_call(reply: bytes):
    async with listening(reply) as heard:
        found = await refused(door().fetch("GET", f"http://shop.example:{heard.port}/"))
    assert found.reason is DoorReason.BROKEN


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch):
    async with listening(http(b"proxy")) as proxy, listening(http(b"direct")) as heard:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        reply = await door().fetch("GET", f"http://shop.example:{heard.port}/")
    assert (reply.body, proxy.requests) == (b"direct", [])


async def test_nothing_is_remembered_between_calls():
    async with listening(http(b"", set_cookie="a=1; Path=/")) as heard:
        way = door()
        for _ in range(2):
            await way.fetch("GET", f"http://shop.example:{heard.port}/")
    assert len(heard.requests) == 2
    assert all(b"cookie" not in request.lower() for request in heard.requests)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_tls_proves_the_name_though_the_address_is_pinned(authority: trustme.CA):
    async with listening(http(b"proven"), tls=server_side(authority, "shop.example")) as heard:
        way = door(Names({"shop.example": HERE, "other.example": HERE}), ssl_context=trusting(authority))
        assert (await way.fetch("GET", f"https://shop.example.:{heard.port}/")).body == b"proven"
        found = await refused(way.fetch("GET", f"https://other.example:{heard.port}/"))
    assert found.reason is DoorReason.TLS_FAILED
    assert "other.example" in found.detail


async def test_an_authority_that_nobody_knows_is_not_believed(authority: trustme.CA):
    async with listening(http(b"who?"), tls=server_side(authority, "shop.example")) as heard:
        found = await refused(door().fetch("GET", f"https://shop.example:{heard.port}/"))
    assert found.reason is DoorReason.TLS_FAILED
    assert heard.requests == []


async def test_an_unknown_name_is_said_to_be_one():
    found = await refused(door().fetch("GET", "http://nowhere.example/"))
    assert (found.reason, found.is_lasting) == (DoorReason.NO_SUCH_NAME, True)
