"""What a browser sends beside its forms: origins that are ours or not, and headers and cookies that mean nothing."""

import msgspec
import pytest

from support import factories
from support.browser_visits import link, worker_subject
from support.in_process_client import Client

OWN = {"origin": "http://manyeyes.test"}
FOREIGN = {"origin": "http://elsewhere.test"}


@pytest.fixture
async def hand(client: Client) -> factories.Hand:
    return await factories.hand(client.context)


NO_ORIGINS = [
    *(
        "http://[",
        "http://[::1",
        "http://]",
        "http://manyeyes.test:x",
        "http://manyeyes.test:99999999999",
        "http://",
        "//",
    ),
    *(
        "http:///manyeyes.test",
        "http://manyeyes.test/",
        "http://manyeyes.test?",
        "http://manyeyes.test#",
        "manyeyes.test",
    ),
    *("http://me@manyeyes.test", "http://elsewhere.test@manyeyes.test", "http://manyeyes.test http://manyeyes.test"),
    *("http://manyeyes.test, http://elsewhere.test", "null, http://manyeyes.test", "http://manyeyes.test:81", "\xff"),
    *("http://manyeyes.test.elsewhere.test", "http://xn--a", "http://xn--manyeyes-.test", "http://many\xefeyes.test"),
    *(
        "file://manyeyes.test",
        "http:manyeyes.test",
        "http://manyeyes.test:",
        "http://MANYEYES.test",
        "http://" + "a" * 9_000,
    ),
]


@pytest.mark.parametrize("origin", NO_ORIGINS)
async def test_an_origin_that_no_browser_writes_is_foreign(client: Client, hand: factories.Hand, origin: str):
    await client.post(await link(client.context, worker_subject(hand)), headers=OWN)
    for path in ("/logout", "/v1/worker/online"):
        reply = await client.post(path, headers=[(b"origin", origin.encode("latin-1"))])
        assert reply.status_code == 403, path
    assert (await client.get("/worker")).status_code == 200


async def test_of_several_origins_none_counts(client: Client, hand: factories.Hand):
    await client.post(await link(client.context, worker_subject(hand)), headers=OWN)
    for second in (OWN["origin"], FOREIGN["origin"], "null"):
        both = [("origin", OWN["origin"]), ("origin", second)]
        assert (await client.post("/logout", headers=both)).status_code == 403


@pytest.mark.parametrize(
    ("public_url", "host", "origin", "is_own"),
    [
        ("", "manyeyes.test", "http://manyeyes.test:80", True),
        ("", "manyeyes.test", "https://manyeyes.test", True),  # a proxy ended TLS
        ("", "manyeyes.test:8080", "http://manyeyes.test:8080", True),
        ("", "manyeyes.test:8080", "http://manyeyes.test", False),
        ("", "[::1]:8080", "http://[::1]:8080", True),
        ("", "[::1]:8080", "http://[::1]:8081", False),
        ("", "127.0.0.1", "http://127.1", False),
        ("", "[", "http://[", False),
        ("", "", "http://", False),
        ("", "xn--mnchen-3ya.test", "http://xn--mnchen-3ya.test", True),
        ("https://m\u00fcnchen.test", "inside", "https://xn--mnchen-3ya.test", True),
        ("https://Console.Test:8443/", "inside", "https://console.test:8443", True),
        ("https://console.test", "inside", "https://console.test:8443", False),
        ("https://console.test", "inside", "http://inside", True),
    ],
)
async def test_our_own_origin_is_the_host_that_was_called_or_the_public_one(
    client: Client, public_url: str, host: str, origin: str, is_own: bool
):
    client.context.settings = msgspec.structs.replace(client.context.settings, public_url=public_url)
    reply = await client.post("/look", headers={"origin": origin, "host": host}, data={"lang": "vi"})
    assert reply.status_code == (303 if is_own else 403)


HEADERS = [
    "[",
    "\xff",
    "=",
    ";;=;",
    '"',
    "a" * 9_000,
    "manyeyes_session=\xff; manyeyes_session",
    "0001-01-01T00:00:00+14:00",
]
READ = ("cookie", "accept-language", "authorization", "host", "accept", "referer", "x-forwarded-for", "content-type")


@pytest.mark.parametrize("text", HEADERS)
async def test_no_header_or_cookie_breaks_a_page(client: Client, hand: factories.Hand, text: str):
    await client.post(await link(client.context, worker_subject(hand)), headers=OWN)
    session = client.cookies["manyeyes_session"]
    client.cookies.clear()
    raw = text.encode("latin-1")
    named = [
        f"{name}={text}".encode("latin-1") for name in ("manyeyes_lang", "manyeyes_theme", "manyeyes_refusals_seen")
    ]
    for name, value in [*((name, raw) for name in READ), *(("cookie", cookie) for cookie in named)]:
        for path in ("/", "/worker", "/worker/reports", "/help", "/login/x", "/v1/worker/session"):
            headers = [(b"cookie", f"manyeyes_session={session}".encode()), (name.encode(), value)]
            reply = await client.get(path, headers=headers)
            assert reply.status_code < 500, (name, path)
