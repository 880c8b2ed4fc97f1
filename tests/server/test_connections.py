"""What a connection may take of the server, over raw sockets (docs/decisions/0039): heads, bodies, time, places."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.raw_connections import RawConnection, asked, chunked, post
from support.real_server import ServeProcess, copy_data
from support.v1_problems import PROBLEM, PROBLEM_MEDIA

PLACES, PLACES_OF_ONE = 40, 5
SHORT: Any = {
    "MANYEYES_HEAD_SECONDS": "2",
    "MANYEYES_STALL_SECONDS": "2",
    "MANYEYES_KEEP_ALIVE_SECONDS": "2",
    "MANYEYES_CONNECTIONS": str(PLACES),
    "MANYEYES_CONNECTIONS_PER_ADDRESS": str(PLACES_OF_ONE),
}
GET = b"GET /static/none HTTP/1.1\r\nhost: a\r\n\r\n"
ASK = json.dumps({"clientKey": "0" * 32}).encode()
EDGES = ["/getBalance", "/v3/recognition/none", "/v1/worker/online", "/login"]
OFFERS = [(b"upgrade, http2-settings", b"h2c"), (b"Upgrade", b"TLS/1.2"), (b"keep-alive, UPGRADE", b"websocket")]


@pytest.fixture(scope="module")
def served(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """Yield a server with short limits."""
    server = ServeProcess(copy_data(first_start, tmp_path_factory.mktemp("connections") / "data"), **SHORT)
    yield server
    assert server.stop() == 0


def memory(server: ServeProcess) -> int:
    return sum(psutil.Process(pid).memory_info().rss for pid in server.serving_pids())


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 40_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 7_000,
        b"GET / HTTP/1.1\r\nhost: a\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\na: " + b"b" * 33_000 + b"\r\n\r\n",
        b"GET /?" + b"a&" * 300 + b" HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /getBalance HTTP/1.1\r\nhost: a\r\ncookie: " + b"a=b;" * 300 + b"\r\n\r\n",
    ],
)
def test_a_head_without_end_is_a_431(served, head):
    with RawConnection(served.url) as connection:
        connection.send(head)
        reply = connection.reply()
        assert reply.status == 431
        assert b"connection: close" in reply.head
        assert connection.is_over()


def test_a_head_of_megabytes_leaves_the_memory_as_it_was(served):
    before = memory(served)
    for _ in range(3):
        with RawConnection(served.url) as connection:
            connection.send(b"GET / HTTP/1.1\r\n")
            while connection.send(b"a: b\r\n" * 100_000):
                pass
    assert memory(served) - before < 20_000_000


def test_the_largest_head_is_taken(served):
    filling = b"x-filling: " + b"a" * 32_000
    assert asked(served.url, post("/getBalance", ASK, filling)).status == 200


def test_who_says_nothing_is_hung_up_on_and_who_breaks_off_is_told_why(served):
    with RawConnection(served.url) as silent, RawConnection(served.url) as slow, RawConnection(served.url) as idle:
        slow.send(b"GET / HTTP/1.1\r\nhos")
        idle.send(GET)
        assert idle.reply().status == 404
        assert slow.reply().status == 408
        assert slow.is_over()
        assert silent.is_over()
        assert idle.is_over()


@pytest.mark.parametrize("path", EDGES)
@pytest.mark.parametrize("framing", [b"content-length: 90000", b"transfer-encoding: chunked"])
def test_a_body_that_makes_no_progress_is_a_408_in_the_edges_own_words(served, path, framing):
    with RawConnection(served.url) as connection:
        own = b"origin: http://a\r\n"
        connection.send(b"POST %b HTTP/1.1\r\nhost: a\r\n%b%b\r\n\r\n5\r\n" % (path.encode(), own, framing))
        reply = connection.reply()
        assert_in_own_words(reply.body, path, reply.head)
        if path == "/getBalance":
            assert reply.status == 408
            assert connection.is_over()


def assert_in_own_words(body: bytes, path: str, head: bytes) -> None:
    if path == "/login":
        assert b"text/" in head
        return
    media = PROBLEM_MEDIA if path.startswith("/v1/") else "application/json"
    assert b"content-type: " + media.encode() in head
    members = {"/getBalance": {"errorId", "errorCode", "errorDescription"}, "/v1/worker/online": PROBLEM}
    assert set(json.loads(body)) == members.get(path, {"json", "signature"})


def test_a_body_that_drips_is_no_progress(served):
    with RawConnection(served.url) as connection:
        connection.send(b"POST /createTask HTTP/1.1\r\nhost: a\r\ncontent-length: 90000\r\n\r\n")
        connection.socket.settimeout(0.3)
        reply = None
        while reply is None:
            connection.send(b"a")
            try:
                reply = connection.reply()
            except TimeoutError:
                continue
        assert reply.status == 408


@pytest.mark.parametrize(
    "body",
    [
        chunked("/createTask", [b"a"] * 30_000),
        chunked("/createTask", [b"{}"])[:-5] + b"1;" + b"x" * 80_000,  # an extension
        chunked("/createTask", [b"{}"])[:-2] + b"x: y\r\n" * 20_000,  # trailers
    ],
)
def test_a_chunked_body_of_framing_alone_is_refused(served, body):
    reply = asked(served.url, body)
    assert (reply.status, json.loads(reply.body)["errorId"]) == (400, 24)


def test_trailers_are_read_and_go_nowhere(served):
    body = chunked("/getBalance", [ASK])[:-2] + b"x-forwarded-for: 203.0.113.9\r\n\r\n"
    with RawConnection(served.url) as connection:
        for _ in range(2):
            connection.send(body)
            assert json.loads(connection.reply().body)["errorId"] == 1


@pytest.mark.parametrize(("connection_header", "offer"), OFFERS)
@pytest.mark.parametrize("path", EDGES[:3])
@pytest.mark.parametrize("make", [post, lambda path, body, *headers: chunked(path, [body], *headers)])
def test_an_offer_to_upgrade_is_ignored_and_the_body_read(served, path, make, connection_header, offer):
    log = served.data.with_name("data.stderr")
    said = log.stat().st_size
    headers = (b"Connection: " + connection_header, b"UpGrade: " + offer, b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
    with_offer, without = make(path, ASK, *headers), make(path, ASK)
    with RawConnection(served.url) as connection:
        heard = []
        for request in (with_offer, without, with_offer):
            connection.send(request)
            reply = connection.reply()
            heard.append((reply.status, json.loads(reply.body).get("errorId")))
    assert len(set(heard)) == 1
    assert path != "/getBalance" or heard[0] == (200, 1)
    new = [json.loads(line) for line in log.read_text()[said:].splitlines()]
    assert {line["event"] for line in new} <= {"request_refused", "lines_left_out"}


@pytest.mark.parametrize(
    "shape",
    [
        b"content-length: 3\r\ntransfer-encoding: chunked",
        b"transfer-encoding: chunked\r\ncontent-length: 3",
        b"content-length: 3\r\ncontent-length: 4",
        b"content-length: 3, 3",
        b"content-length: +3",
        b"content-length : 3",
        b"transfer-encoding: xchunked",
        b"transfer-encoding: chunked, identity",
        b"x: a\r\n b: folded\r\ncontent-length: 3",
        b"x: a\ncontent-length: 3",
        b"content-length: 99999999999999999999999",
    ],
)
def test_a_request_that_two_readers_would_read_differently_is_refused(served, shape):
    with RawConnection(served.url) as connection:
        connection.send(b"POST /getBalance HTTP/1.1\r\nhost: a\r\n%b\r\n\r\n3\r\nabc\r\n0\r\n\r\n" % shape + GET)
        reply = connection.reply()
        assert (reply.status, json.loads(reply.body)["errorId"]) == (400, 24)
        assert connection.is_over()


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\nhost: a\n\n", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_what_is_no_http_is_told_so_at_once(served, nonsense):
    assert asked(served.url, nonsense).status == 400


def test_connect_is_no_request_of_ours(served):
    assert asked(served.url, b"CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n").status == 400


def test_a_flood_in_one_piece_is_answered_one_by_one_in_order(served):
    with RawConnection(served.url) as connection:
        for _ in range(300):
            connection.send(post("/getBalance", ASK) + GET)
        for _ in range(300):
            assert connection.reply().status == 200
            assert connection.reply().status == 404


def test_what_follows_a_chunked_body_in_one_piece_is_not_read_and_the_connection_ends(served):
    with RawConnection(served.url) as connection:
        connection.send(chunked("/getBalance", [ASK]) + GET)
        assert json.loads(connection.reply().body)["errorId"] == 1
        assert connection.is_over()


def test_who_never_reads_is_hung_up_on(served):
    before = memory(served)
    with RawConnection(served.url) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.socket.settimeout(20)
        asks = b"GET /v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n" * 100
        while connection.send(asks):  # until the server has gone: a time-out would say that it never does
            pass
    assert memory(served) - before < 20_000_000


def test_an_address_has_so_many_places_and_a_trusted_proxy_more(served):
    url, one = served.url, "127.0.0.7"
    held = [RawConnection(url, one) for _ in range(PLACES_OF_ONE)]
    try:
        reply = asked(url, GET, one)
        assert reply is None or (reply.status, b"retry-after: 5" in reply.head) == (503, True)
        assert asked(url, GET, "127.0.0.8").status == 404
        proxied = [RawConnection(url) for _ in range(2 * PLACES_OF_ONE)]
        held += proxied
        assert asked(url, GET).status == 404
        held.pop(0).socket.close()
        assert asked(url, GET, one).status == 404
    finally:
        for connection in held:
            connection.socket.close()


def test_there_are_so_many_places_in_all(served):
    held = [RawConnection(served.url) for _ in range(PLACES)]
    try:
        reply = asked(served.url, GET)
        assert reply is None or reply.status == 503
    finally:
        for connection in held:
            connection.socket.close()
    while (reply := asked(served.url, GET)) is None or reply.status != 404:
        pass


def test_it_still_answers(served):
    assert asked(served.url, post("/test", b"{}")).status == 200
