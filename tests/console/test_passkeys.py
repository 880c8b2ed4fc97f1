"""Passkeys: made and used in a real browser, and what a device in software cannot get past (docs/decisions/0082)."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.unblock_networks import UnblockNetwork, unblock_networks
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.roles.customer import people
from manyeyes.values.actor import BY_ITSELF
from manyeyes.workers.passkeys.rules import MOST_PASSKEYS
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link, worker_subject
from support.in_process_client import CALLER, Client
from support.served_site import Site
from support.soft_authenticator import SoftAuthenticator

ORIGIN = "http://manyeyes.test"
OWN = {"origin": ORIGIN}
OPERATOR = Subject("operator", 0, 0)


async def subject_of(role: str, site: Site | Client) -> Subject:
    if role == "worker":
        return worker_subject(await factories.hand(site.context))
    return customer_subject(await factories.customer(site.context)) if role == "customer" else OPERATOR


async def post(client: Client, path: str, cookie: str = "", **data: str) -> httpx.Response:
    found = await client.post(path, headers=OWN | ({"cookie": cookie} if cookie else {}), data=data)
    client.cookies.clear()
    return found


async def sign_in(client: Client, subject: Subject) -> str:
    """Sign in with a link; return the cookie."""
    reply = await post(client, await link(client.context, subject))
    return cookie_of(reply)


def cookie_of(reply: httpx.Response) -> str:
    assert reply.status_code == 303, reply.text
    return f"manyeyes_session={reply.cookies['manyeyes_session']}"


async def make(client: Client, cookie: str, soft: SoftAuthenticator, name: str = "Phone") -> httpx.Response:
    options = (await post(client, "/passkeys/options", cookie)).json()
    return await post(client, "/passkeys", cookie, credential=soft.make(options), name=name)


async def challenge(client: Client) -> dict[str, Any]:
    return (await post(client, "/passkeys/challenge")).json()


async def use(client: Client, sent: str) -> httpx.Response:
    return await post(client, "/passkeys/sign-in", credential=sent)


def trouble(reply: httpx.Response) -> str:
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers or "manyeyes_session" not in reply.headers["set-cookie"]
    return re.search(r'id="passkey-trouble">([^<]*)<', reply.text)[1]


async def test_an_answer_signs_in_once(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN, counts=False), await sign_in(client, OPERATOR)
    assert (await make(client, cookie, soft)).headers["location"] == "/sessions"
    sent = soft.sign(await challenge(client))
    assert (await use(client, sent)).headers["location"] == "/operator"
    assert "too long" in trouble(await use(client, sent))


async def test_a_device_that_counts_back_was_copied(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN), await sign_in(client, OPERATOR)
    await make(client, cookie, soft)
    assert (await use(client, soft.sign(await challenge(client)))).status_code == 303
    soft.count -= 1
    assert "does not hold" in trouble(await use(client, soft.sign(await challenge(client))))


async def test_a_device_that_does_not_count_signs_in_again(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN, counts=False), await sign_in(client, OPERATOR)
    await make(client, cookie, soft)
    for _ in range(2):
        assert (await use(client, soft.sign(await challenge(client)))).status_code == 303


async def test_what_does_not_hold_makes_none_and_signs_nobody_in(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN), await sign_in(client, OPERATOR)
    elsewhere, silent = SoftAuthenticator("http://else.test"), SoftAuthenticator(ORIGIN, verifies=False)
    for wrong in (elsewhere, silent):
        assert "does not hold" in trouble(await make(client, cookie, wrong))
    await make(client, cookie, soft)
    options = await challenge(client)
    stranger = SoftAuthenticator(ORIGIN)
    assert "not known" in trouble(await use(client, stranger.sign(options)))
    stranger.credential_id, stranger.handle = soft.credential_id, soft.handle  # with another key
    assert "does not hold" in trouble(await use(client, stranger.sign(options)))
    assert "does not hold" in trouble(await use(client, soft.sign(options, handle=b"somebody else")))
    soft.origin = "http://else.test"
    assert "does not hold" in trouble(await use(client, soft.sign(options)))
    soft.origin, soft.flags = ORIGIN, soft.flags & ~4
    assert "does not hold" in trouble(await use(client, soft.sign(options)))
    soft.flags |= 4
    made_elsewhere = {**options, "challenge": "AAAA"}
    assert "too long" in trouble(await use(client, soft.sign(made_elsewhere)))
    assert (await use(client, soft.sign(options))).status_code == 303  # none of it used the challenge up


@pytest.mark.parametrize("sent", ["", "x", "{}", "[]", "null", '{"id": 1}', "\0", "٣", "{" * 9999, '{"id":"é"}'])
async def test_what_no_browser_sends_is_refused_in_words(client: Client, sent: str):
    cookie = await sign_in(client, OPERATOR)
    assert "does not hold" in trouble(await use(client, sent))
    assert "does not hold" in trouble(await post(client, "/passkeys", cookie, credential=sent, name="Phone"))


async def test_a_mangled_answer_is_refused_whatever_of_it_is(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN), await sign_in(client, OPERATOR)
    await make(client, cookie, soft)
    options = await challenge(client)
    whole = json.loads(soft.sign(options))
    for name in whole["response"]:
        for value in ("", "AA", "é", None, 5, whole["response"][name][:-4] + "AAAA"):
            if name == "userHandle" and value in ("", None):
                continue  # a device need not say it
            sent = {**whole, "response": {**whole["response"], name: value}}
            trouble(await use(client, json.dumps(sent)))


async def test_a_challenge_is_for_whom_it_was_made(client: Client):
    """Of one person's browser another one's device makes nothing; nor does an answer to signing in make a passkey."""
    worker = await subject_of("worker", client)
    mine, theirs = await sign_in(client, OPERATOR), await sign_in(client, worker)
    options = (await post(client, "/passkeys/options", theirs)).json()
    soft = SoftAuthenticator(ORIGIN)
    reply = await post(client, "/passkeys", mine, credential=soft.make(options), name="Phone")
    assert "too long" in trouble(reply)
    signed = {**options, "challenge": (await challenge(client))["challenge"]}
    assert "too long" in trouble(await post(client, "/passkeys", mine, credential=soft.make(signed), name="Phone"))


async def test_only_so_many_and_only_with_a_name(client: Client):
    cookie = await sign_in(client, OPERATOR)
    for name in ("", " ", "\N{RIGHT-TO-LEFT OVERRIDE}", "a" * 1000):
        assert "name" in trouble(await make(client, cookie, SoftAuthenticator(ORIGIN), name))
    for n in range(MOST_PASSKEYS):
        assert (await make(client, cookie, SoftAuthenticator(ORIGIN), f"Phone {n}")).status_code == 303
    assert "as many" in trouble(await make(client, cookie, SoftAuthenticator(ORIGIN)))


async def test_nobody_removes_anothers_and_a_blocked_network_signs_nobody_in(client: Client):
    soft, cookie = SoftAuthenticator(ORIGIN), await sign_in(client, OPERATOR)
    await make(client, cookie, soft)
    others = await sign_in(client, await subject_of("customer", client))
    for named in (soft.credential_id.hex(), "", "x", "0", "00" * 2000):
        assert (await post(client, "/passkeys/remove", others, passkey=named)).headers["location"] == "/sessions"
    options = await challenge(client)
    await client.context.batcher.ask(block_networks, BlockNetwork(f"{CALLER}/32"))
    client.context.lookups.forget()
    assert (await use(client, soft.sign(options))).status_code == 403
    await client.context.batcher.ask(unblock_networks, UnblockNetwork(f"{CALLER}/32"))
    client.context.lookups.forget()
    assert (await use(client, soft.sign(options))).status_code == 303


async def test_a_colleagues_passkey_is_theirs_and_opens_nothing_after_they_left(client: Client):
    customer, soft = await factories.customer(client.context), SoftAuthenticator(ORIGIN)
    owner = AccountPerson(customer.cell, customer.account_id, (), person_id=0, name="")
    lan = await people.invite_person(client.context, owner, "Lan", "billing", BY_ITSELF)
    assert isinstance(lan, people.Invited)
    cookie = cookie_of(await post(client, urlsplit(lan.login_url).path))
    assert (await make(client, cookie, soft)).headers["location"] == "/sessions"
    first = await sign_in(client, customer_subject(customer))
    assert "Remove…: Phone" not in (await client.get("/sessions", headers={"cookie": first})).text
    client.cookies.clear()
    session = cookie_of(await use(client, soft.sign(await challenge(client))))
    here = (await client.get("/sessions", headers={"cookie": session})).text
    assert here.count("<dd><bdi>Lan</bdi></dd>") == 2  # by a link, and by the passkey
    client.cookies.clear()
    async with client.context.cells.directory.acquire() as db:
        begun = await db.fetch("SELECT through, after FROM trail_entry WHERE deed = 'session.begin' ORDER BY number")
    assert begun[-1]["through"] == json.loads(begun[-1]["after"])["session"]  # no secret of the passkey's
    for path, status in (("/customer/statement", 200), ("/customer/keys", 403)):  # what billing opens
        assert (await client.get(path, headers={"cookie": session})).status_code == status
        client.cookies.clear()
    assert await people.remove_person(client.context, owner, lan.person_id, BY_ITSELF) is None
    session = cookie_of(await use(client, soft.sign(await challenge(client))))
    assert (await client.get("/customer", headers={"cookie": session})).status_code == 303


async def test_who_came_by_a_client_key_makes_none(client: Client):
    customer = await factories.customer(client.context)
    cookie = cookie_of(await post(client, "/login", key=customer.key))
    assert 'id="by-key"' in (await client.get("/sessions", headers={"cookie": cookie})).text
    client.cookies.clear()
    assert (await post(client, "/passkeys/options", cookie)).status_code == 403


async def test_without_a_session_nobody_makes_one(client: Client):
    assert (await post(client, "/passkeys/options")).status_code == 403
    assert (await post(client, "/passkeys", credential="{}", name="Phone")).headers["location"] == "/"


@pytest.fixture
async def strict(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Operators need two proofs."""
    changed = type(client.context.settings)(**{**_fields(client.context.settings), "operator_factors": 2})
    monkeypatch.setattr(client.context, "settings", changed)
    return client


def _fields(settings: Any) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


async def test_where_two_proofs_are_asked_for_a_link_alone_opens_nothing(strict: Client):
    half = await sign_in(strict, OPERATOR)
    for path in ("/operator", "/operator/people", "/sessions"):
        reply = await strict.get(path, headers={"cookie": half})
        assert (reply.status_code, reply.headers.get("location")) == (303, "/")
        strict.cookies.clear()
    assert "Make your first one now" in (await strict.get("/", headers={"cookie": half})).text
    soft = SoftAuthenticator(ORIGIN)
    whole = cookie_of(await make(strict, half, soft))
    assert (await strict.get("/operator", headers={"cookie": whole})).status_code == 200
    strict.cookies.clear()
    again = await sign_in(strict, OPERATOR)
    assert "Use yours to go on" in (await strict.get("/", headers={"cookie": again})).text
    strict.cookies.clear()
    assert (await post(strict, "/passkeys/options", again)).status_code == 403  # who has one makes no other with a link
    assert (await use(strict, soft.sign(await challenge(strict)))).headers["location"] == "/operator"
    worker = await sign_in(strict, await subject_of("worker", strict))
    assert (await strict.get("/worker", headers={"cookie": worker})).status_code == 200  # it is asked of operators


async def test_every_language_says_what_happened(client: Client):
    said = set()
    for language in LANGUAGES:
        reply = await client.post(f"/passkeys/sign-in?lang={language}", headers=OWN, data={"credential": "{}"})
        said.add(trouble(reply))
        client.cookies.clear()
    assert len(said) == len(LANGUAGES)
