"""Who may call, judged in the order of docs/decisions/0020: app 6, state 8, key on file 9, time 12, signature 1."""

import time

import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_key
from manyeyes.accounts.store import KeyOwner
from manyeyes.apps import store as apps
from manyeyes.runtime.context import Context
from manyeyes.settings import Settings
from support import factories
from support.in_process_client import CALLER, client_of
from support.signed_customer import OTHER_KEY, Answer, Shop, open_shop, opened, pem

PICTURE = factories.picture_bytes("one")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data=tmp_path, timestamp_window_seconds=60)


async def test_the_order_of_the_checks(context: Context, shop: Shop):
    """Each call breaks all the rules from one on; what is heard is the first of them."""
    keyless = await open_shop(context, shop.client, public_key=None)
    suspended = await open_shop(context, shop.client, public_key=None, suspended=True)
    stale = {**shop.triple(timestamp="1000"), "signature": "AAAA"}
    wrong = {**shop.triple(), "signature": "AAAA"}
    absurd = {"tag": "x" * 300}
    unknown = await shop.client.post(f"/v3/recognition/{'0' * 24}", data=stale | absurd)
    assert opened(shop, unknown).code == 6
    assert (await suspended.recognise(**stale, **absurd)).code == 8
    assert (await keyless.recognise(**stale, **absurd)).code == 9
    assert (await shop.recognise(**stale, **absurd)).code == 12
    assert (await shop.recognise(**wrong, **absurd)).code == 1
    assert (await shop.recognise(**shop.triple(), **absurd)).code == 15


@pytest.mark.parametrize("absent", ["timestamp", "nonce", "signature"])
async def test_a_text_that_is_absent_is_1_and_named(shop: Shop, absent):
    for triple in ({**shop.triple(), absent: ""}, {k: v for k, v in shop.triple().items() if k != absent}):
        reply = await shop.client.post(f"/v3/recognition/{shop.sid}", data=triple)
        answer = opened(shop, reply)
        assert answer.code == 1
        assert absent in answer.said["message"]


async def test_a_body_that_cannot_be_read_is_15_and_a_wrong_app_is_still_6(shop: Shop):
    headers = {"content-type": "application/json"}
    for sid, code in ((shop.sid, 15), ("0" * 24, 6)):
        reply = await shop.client.post(f"/v3/recognition/{sid}", content=b"{", headers=headers)
        assert opened(shop, reply).code == code


@pytest.mark.parametrize("sid", ["", "/", "0", "é", "%00", "x" * 65, "0" * 24, "5A" * 12])
async def test_what_is_no_app_is_6(shop: Shop, sid):
    reply = await shop.client.post(f"/v3/recognition/{sid}", data=shop.triple())
    assert opened(shop, reply).code == 6


@pytest.mark.parametrize(
    ("text", "code"), [("{:.0f}", 0), ("{:.6f}", 0), ("{:.0f}000", 0), ("{:.0f}.5e0", 0), ("2016-05-01 10:00:00", 12)]
)
async def test_the_time_is_read_as_it_comes(shop: Shop, text, code):
    assert (await shop.recognise(PICTURE, **shop.triple(timestamp=text.format(time.time())))).code == code


@pytest.mark.parametrize(("offset", "code"), [(-50, 0), (50, 0), (-65, 12), (65, 12), (-3600, 12), (10**9, 12)])
async def test_the_window_is_a_setting(shop: Shop, offset, code):
    answer = await shop.recognise(PICTURE, **shop.triple(timestamp=str(int(time.time()) + offset)))
    assert answer.code == code
    if code:
        assert "60 s" in answer.said["message"]


async def test_another_s_key_and_another_app_s_signature_are_1(context: Context, shop: Shop):
    other = await open_shop(context, shop.client)
    assert (await shop.recognise(PICTURE, **shop.triple(key=OTHER_KEY))).code == 1
    assert (await shop.recognise(PICTURE, **other.triple())).code == 1


async def test_a_key_that_was_replaced_lets_nobody_in(context: Context, shop: Shop):
    triple = shop.triple()
    async with context.cells.directory.acquire() as db:
        await apps.set_app(db, shop.sid, public_key=pem(OTHER_KEY))
    context.lookups.forget()
    assert (await shop.recognise(PICTURE, **triple)).code == 1
    assert (await shop.recognise(PICTURE, **shop.triple(key=OTHER_KEY))).code == 0


async def by_key(shop: Shop, key: str, address: str = CALLER, **more) -> Answer:
    async with client_of(shop.context, address) as client:
        reply = await client.post(
            f"/v3/recognition/{shop.sid}", data=more, files={"image": ("a.png", PICTURE)}, headers={"X-API-Key": key}
        )
    return opened(shop, reply)


async def test_an_api_key_of_the_account_takes_the_signature_s_place(context: Context, shop: Shop):
    assert (await by_key(shop, shop.customer.key)).code == 0
    keyless = await open_shop(context, shop.client, public_key=None)
    assert (await by_key(keyless, keyless.customer.key)).code == 0
    assert (await by_key(shop, shop.customer.key, signature="AAAA")).code == 0  # it is not looked at


@pytest.mark.parametrize(("scopes", "code"), [(("tasks:write",), 0), (("tasks:read", "money:read", "webhooks"), 1)])
async def test_an_api_key_without_the_scope_to_make_tasks_is_1(context: Context, shop: Shop, scopes, code):
    key = new_key()
    async with context.cells.directory.acquire() as db:
        await accounts.insert_key(db, digest(key), KeyOwner(shop.app.cell, shop.app.account_id, (), scopes))
    assert (await by_key(shop, key)).code == code


async def test_an_api_key_that_is_nobody_s_another_s_or_barred_is_1(context: Context, shop: Shop):
    other = await open_shop(context, shop.client)
    assert (await by_key(shop, "no key")).code == 1
    assert (await by_key(shop, other.customer.key)).code == 1
    nowhere = await shop.client.post(
        f"/v3/recognition/{'0' * 24}", files={"image": ("a.png", PICTURE)}, headers={"X-API-Key": other.customer.key}
    )
    foreign = await by_key(shop, other.customer.key)
    absent = opened(shop, nowhere)
    assert (foreign.code, foreign.said["message"]) == (absent.code, absent.said["message"])
    barred = new_key()
    async with context.cells.directory.acquire() as db:
        owner = KeyOwner(shop.app.cell, shop.app.account_id, ("198.51.100.0/24",))
        await accounts.insert_key(db, digest(barred), owner)
    assert (await by_key(shop, barred)).code == 1
    assert (await by_key(shop, barred, address="198.51.100.7")).code == 0


async def test_with_an_api_key_a_time_that_comes_along_must_be_near(shop: Shop):
    assert (await by_key(shop, shop.customer.key, timestamp="1000", nonce="1")).code == 12
    assert (await by_key(shop, shop.customer.key, timestamp="1000")).code == 0  # without a nonce it names nothing


async def test_an_empty_api_key_is_none(shop: Shop):
    triple = shop.triple()
    reply = await shop.client.post(f"/v3/recognition/{shop.sid}", data=triple, headers={"x-api-key": ""})
    assert opened(shop, reply).code == 3


async def test_a_blocked_address_is_1_before_all_else(context: Context, shop: Shop):
    await context.cells.directory.execute("INSERT INTO blocked_address VALUES ('203.0.113.0/24', now())")
    context.lookups.forget()
    assert (await shop.recognise(PICTURE)).code == 1
    reply = await shop.client.post(f"/v3/recognition/{'0' * 24}")
    assert opened(shop, reply).code == 1


async def test_a_suspended_app_is_heard_again_when_it_is_resumed(context: Context, shop: Shop):
    async with context.cells.directory.acquire() as db:
        await apps.set_app(db, shop.sid, suspended=True)
        context.lookups.forget()
        assert (await shop.recognise(PICTURE)).code == 8
        await apps.set_app(db, shop.sid, suspended=False)
    context.lookups.forget()
    assert (await shop.recognise(PICTURE)).code == 0
