"""A head that came before is not parsed again, and nothing else about its request is any different."""

import gc
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from manyeyes.server.request_head import LARGEST_KNOWN, MOST_KNOWN, MOST_LINES_KNOWN, KnownHeads, RequestHead
from support.spoken_connection import Spoken

TARGETS = (b"/", b"/a%20b?c=d", b"/answers?" + b"x" * 120)
TOKENS = (b"one", b"two")
REQUESTS = 60


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Reply with all that a request was; by its length some bodies are not asked for, and one is never read."""
    body, more = b"", not scope["query_string"].startswith(b"x")
    while more:
        told = await receive()
        body, more = body + told["body"], told["more_body"]
    said = b"|".join(
        [scope["method"].encode(), scope["raw_path"], scope["query_string"], *dict(scope["headers"]).values(), body]
    )
    head = [(b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": said})


def request(chance: random.Random) -> tuple[bytes, bytes]:
    """Return a request, as it is sent, and what is replied to it."""
    target, token = chance.choice(TARGETS), chance.choice(TOKENS)
    size = chance.choice([None, 0, 3, 3000])
    body = bytes(chance.choices(b"GET / \r\n:5", k=size or 0))
    method = b"GET" if size is None else b"POST"
    head = method + b" " + target + b" HTTP/1.1\r\nAuthorization: Bearer " + token + b"\r\n"
    values = [b"Bearer " + token]
    if size is not None:
        head += b"Content-Length: %d\r\n" % size
        values.append(b"%d" % size)
    path, _, query = target.partition(b"?")
    heard = b"" if query.startswith(b"x") else body
    said = b"|".join([method, path, query, *values, heard])
    return head + b"\r\n" + body, b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(said) + said


@pytest.mark.parametrize("seed", range(20))
async def test_requests_in_any_pieces_are_told_as_they_were_sent(seed: int):
    chance = random.Random(seed)
    sent, expected = zip(*[request(chance) for _ in range(REQUESTS)], strict=True)
    stream, spoken = b"".join(sent), Spoken(echo)
    while stream:
        size = chance.choice([1, 7, 60, 300, 5000])
        await spoken.hear(stream[:size])
        stream = stream[size:]
    await spoken.end()
    assert b"".join(spoken.wire.writes) == b"".join(expected)


async def test_what_two_connections_send_is_known_to_neither_from_the_other():
    first, second = Spoken(echo), Spoken(echo)
    for spoken in (first, second):
        await spoken.hear(*[request(random.Random(1))[0]] * 3)
    assert len(first.connection._known._known) == len(second.connection._known._known) == 1
    assert first.connection._known is not second.connection._known
    for spoken in (first, second):
        await spoken.end()


SECRET = "only-once-4711"


async def test_a_secret_in_a_path_goes_with_its_connection():
    """As a login link is, and a key in a query: no cache of the process holds it."""
    spoken = Spoken(echo)
    await spoken.hear(*[f"GET /{SECRET}?{SECRET} HTTP/1.1\r\nCookie: {SECRET}\r\n\r\n".encode()] * 3)
    await spoken.end()
    assert SECRET.encode() in b"".join(spoken.wire.writes)
    modules = [module for name, module in sys.modules.items() if name.startswith("manyeyes.")]
    caches = {id(value): value for module in modules for value in vars(module).values() if hasattr(value, "cache_info")}
    assert [cache for cache in caches.values() if cache.cache_info().currsize]
    assert not [cache for cache in caches.values() if SECRET in "".join(_kept(cache))]


def _kept(holder: Any, depth: int = 4) -> Iterator[str]:
    """Yield the texts and bytes that a cache, or a tuple in it, holds."""
    for found in gc.get_referents(holder):
        if isinstance(found, bytes):
            yield found.decode("latin-1")
        elif isinstance(found, str):
            yield found
        elif isinstance(found, tuple | list) and depth:
            yield from _kept(found, depth - 1)


def head(headers: int = 1, length: int | None = 0, *, expects_word: bool = False) -> RequestHead:
    return RequestHead(
        method="GET",
        path="/",
        raw_path=b"/",
        query=b"",
        headers=[(b"a", b"")] * headers,
        version="1.1",
        length=length,
        keep_alive=True,
        expects_word=expects_word,
    )


def test_a_few_short_heads_are_kept_and_the_first_and_long_ones_are_not():
    known = KnownHeads()
    known.keep(b"first", head())
    assert known.get(b"first") is None
    for written, kept in (
        (b"x" * (LARGEST_KNOWN + 1), head()),
        (b"chunks", head(length=None)),
        (b"word", head(expects_word=True)),
        (b"lines", head(MOST_LINES_KNOWN + 1)),  # each is an object of its own, however short it is
    ):
        known.keep(written, kept)
        assert known.get(written) is None
    for n in range(MOST_KNOWN + 1):
        known.keep(b"%d" % n, head(MOST_LINES_KNOWN))
    assert known.get(b"0") is None
    assert all(known.get(b"%d" % n) for n in range(1, MOST_KNOWN + 1))
