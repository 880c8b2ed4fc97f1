"""What the company's word opens and for how long, and who connects it with whom (docs/decisions/0083)."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.staff.rules import COMPANYS_WORD_SECONDS
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link, worker_subject
from support.company_visits import ORIGIN, OWN_LINK, come_back, depart, forging, trouble
from support.in_process_client import Client
from support.openid import Forger
from support.soft_authenticator import SoftAuthenticator

OWN = {"origin": ORIGIN}


@pytest.fixture
async def forger(client: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Forger]:
    """A provider that says what a test wants."""
    async with forging(client, monkeypatch) as made:
        yield made


def session_of(reply: httpx.Response) -> str:
    assert reply.status_code == 303, reply.text
    return f"manyeyes_session={reply.cookies['manyeyes_session']}"


async def post(client: Client, path: str, session: str = "", **data: str) -> httpx.Response:
    found = await client.post(path, headers=OWN | ({"cookie": session} if session else {}), data=data)
    client.cookies.clear()
    return found


async def by_link(client: Client, subject: Subject) -> str:
    return session_of(await post(client, await link(client.context, subject)))


async def status(client: Client, session: str, path: str = "/operator") -> int:
    found = await client.get(path, headers={"cookie": session})
    client.cookies.clear()
    return found.status_code


async def age(client: Client, seconds: float) -> None:
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE identity SET used_at = now() - make_interval(secs => $1)", seconds)
    client.context.lookups.forget()


async def test_a_passkey_does_not_prolong_what_the_company_takes_back(client: Client, forger: Forger):
    session, soft = session_of(await come_back(client, await depart(client))), SoftAuthenticator(ORIGIN)
    options = (await post(client, "/passkeys/options", session)).json()
    await post(client, "/passkeys", session, credential=soft.make(options), name="Phone")
    sign = soft.sign((await post(client, "/passkeys/challenge")).json())
    by_passkey = session_of(await post(client, "/passkeys/sign-in", credential=sign))
    await age(client, COMPANYS_WORD_SECONDS - 60)
    assert await status(client, by_passkey) == 200
    await age(client, COMPANYS_WORD_SECONDS + 60)
    assert await status(client, by_passkey) == 303
    sign = soft.sign((await post(client, "/passkeys/challenge")).json())
    again = session_of(await post(client, "/passkeys/sign-in", credential=sign))
    assert await status(client, again) == 303
    await come_back(client, await depart(client))
    client.context.lookups.forget()
    assert await status(client, again) == 200


async def test_who_comes_by_groups_cannot_disconnect_them(client: Client, forger: Forger):
    session = session_of(await come_back(client, await depart(client)))
    sent = {"issuer": forger.issuer, "sub": "7"}
    assert (await post(client, "/company/disconnect", session, **sent)).status_code == 303
    async with client.context.cells.directory.acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM identity WHERE by_claims") == 1
    assert await status(client, session) == 200


async def test_how_long_a_sign_in_lasts_is_said(client: Client, forger: Forger):
    session = session_of(await come_back(client, await depart(client)))
    page = (await client.get("/sessions", headers={"cookie": session})).text
    assert "after 12 hours" in page


async def test_only_a_page_of_our_own_has_it_connected(client: Client, forger: Forger):
    hand = await factories.hand(client.context)
    session = await by_link(client, worker_subject(hand))
    for site in ("cross-site", "same-site", "none", ""):
        named = {"sec-fetch-site": site} if site else {}
        reply = await client.get("/company/connect", headers=named | {"cookie": session})
        client.cookies.clear()
        assert (reply.status_code, reply.headers["location"]) == (303, "/sessions"), site
        assert "manyeyes_company" not in reply.headers.get("set-cookie", "")
    way = await depart(client, "/company/connect", session)
    assert (await come_back(client, way, session)).headers["location"] == "/sessions"
    assert (await come_back(client, await depart(client))).headers["location"] == "/worker"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_where_no_browser_says_who_sent_it_that_is_said_in_place_of_the_way(
    client: Client, forger: Forger, language: str
):
    session = await by_link(client, worker_subject(await factories.hand(client.context)))
    asked = {"cookie": f"{session}; manyeyes_lang={language}"}
    in_the_clear = (await client.get("/sessions", headers=asked)).text
    assert 'href="/company/connect"' not in in_the_clear
    (said,) = re.findall(r'id="not-connectable">([^<]*)<', in_the_clear)
    assert "https" in said
    assert ("your browser says" in said) is (language == "en")
    told = (await client.get("/sessions", headers=asked | OWN_LINK)).text
    assert 'href="/company/connect"' in told
    assert "not-connectable" not in told


async def test_whoever_asked_is_connected_and_nobody_else(client: Client, forger: Forger):
    ann, ben = [worker_subject(await factories.hand(client.context)) for _ in range(2)]
    anns, anns_other, bens = [await by_link(client, whom) for whom in (ann, ann, ben)]
    way = await depart(client, "/company/connect", anns)
    for session in (bens, anns_other, ""):
        assert "another browser" in trouble(await come_back(client, way, session))
    async with client.context.cells.directory.acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM identity") == 0
    assert (await come_back(client, way, anns)).headers["location"] == "/sessions"
    page = (await client.get("/sessions", headers={"cookie": anns})).text
    assert re.search(r"<bdi>Ada</bdi>", page)


async def test_the_trail_finds_whom_the_company_sent(client: Client, forger: Forger):
    session = session_of(await come_back(client, await depart(client)))
    page = await client.get("/operator/audit?who=company", headers={"cookie": session})
    assert "operator.add" in page.text.partition('id="trail"')[2]
