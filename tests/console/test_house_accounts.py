"""/operator/accounts without a browser: finding an account, its terms, its money, its keys, its links."""

import asyncio
import re

import httpx

from manyeyes.accounts import store as accounts
from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import FOUNDER, PersonRole
from manyeyes.accounts.rules import digest
from manyeyes.ledger import store as ledger
from manyeyes.roles.customer import account_keys
from manyeyes.roles.customer.account_keys import WantedKey
from manyeyes.roles.customer.people import Invited, invite_person, people_of, remove_person
from manyeyes.runtime.customer_sweeps import note_uses
from manyeyes.values.actor import BY_ITSELF
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.house_visits import OWN_PAGE, hidden, send, shown_once, sign_in
from support.in_process_client import Client

ACCOUNTS = "/operator/accounts"


async def balance(client: Client, account_id: int) -> int:
    async with client.context.cells.pool(1).acquire() as db:
        return (await ledger.balances(db, 1, [account_id]))[account_id]


async def test_accounts_are_found_by_a_part_of_their_name_and_by_number_and_lists_have_pages(client: Client):
    await sign_in(client)
    assert "No account yet" in (await client.get(ACCOUNTS)).text
    for n in range(53):
        made = await send(client, ACCOUNTS, name=f"Shop {n:02}", networks="")
        assert made.status_code == 200
    first = (await client.get(ACCOUNTS)).text
    assert first.count(f'href="{ACCOUNTS}/') == 50
    older = re.search(r'href="([^"]*)" rel="next"', first)[1]
    assert (await client.get(older)).text.count(f'href="{ACCOUNTS}/') == 3
    found = (await client.get(ACCOUNTS, params={"q": "shop 07"})).text
    number = re.search(rf'href="{ACCOUNTS}/(\d+)"', found)[1]
    assert found.count(f'href="{ACCOUNTS}/') == 1
    assert "Shop 07" in (await client.get(ACCOUNTS, params={"q": number})).text
    assert "Nothing is like that" in (await client.get(ACCOUNTS, params={"q": "%"})).text
    assert (await client.get(f"{ACCOUNTS}/987654")).status_code == 404


async def test_an_account_is_opened_with_a_key_and_a_link_that_are_shown_once(client: Client):
    await sign_in(client)
    for fields in ({"name": "", "networks": ""}, {"name": "Shop", "networks": "300.1.1.1"}):
        refused = await send(client, ACCOUNTS, **fields)
        assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
        assert f'value="{fields["name"]}"' in refused.text
    opened = await send(client, ACCOUNTS, name="Shop", networks="203.0.113.0/24 198.51.100.7")
    key, url = shown_once(opened.text)
    async with client.context.cells.directory.acquire() as db:
        (place,) = await accounts.places(db, "Shop")
        owner = await accounts.key_owner(db, digest(key))
    assert owner.allowed_addresses == ("203.0.113.0/24", "198.51.100.7/32")
    page = (await client.get(f"{ACCOUNTS}/{place.account_id}")).text
    assert key not in page
    assert "203.0.113.0/24, 198.51.100.7/32" in page
    assert (await client.get(httpx.URL(url).path)).status_code == 200


async def test_a_top_up_asks_first_and_moves_money_once_however_often_it_is_sent(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    before = await balance(client, customer.account_id)
    for unfit in ("", "0", "-1", "1e3", "ten", "0.0000001", "9999999999999"):
        refused = await send(client, f"{path}/top-up", amount=unfit)
        assert (refused.status_code, f'value="{unfit}"' in refused.text) == (422, True), unfit
    asked = await send(client, f"{path}/top-up", amount="12,50")
    assert (asked.status_code, "$12.50" in asked.text) == (200, True)
    assert await balance(client, customer.account_id) == before
    slip = hidden(asked.text, "slip")
    sent = await asyncio.gather(*[send(client, f"{path}/top-up", slip=slip) for _ in range(4)])
    assert {each.headers["location"] for each in sent} == {f"{path}?notice=topped"}
    assert await balance(client, customer.account_id) == before + 12_500_000
    other = await factories.customer(client.context)
    forged = await send(client, f"{ACCOUNTS}/{other.account_id}/top-up", slip=slip)
    assert forged.headers["location"].endswith("notice=refused")
    assert (await send(client, f"{path}/top-up", slip="x" * 60)).headers["location"].endswith("notice=refused")
    assert await balance(client, customer.account_id) == before + 12_500_000


async def test_terms_change_field_by_field_and_what_another_operator_changed_is_told(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    page = (await client.get(path)).text
    shown = {f"was.{name}": hidden(page, f"was.{name}") for name in ("max_bid", "weight", "keep_days")}
    same = {name.removeprefix("was."): value for name, value in shown.items()}
    mine = await send(client, path, **shown, **(same | {"weight": "3"}))
    assert mine.headers["location"] == f"{path}?notice=changed"
    # Another operator, who still sees the page from before.
    beside = await send(client, path, **shown, **(same | {"keep_days": "7"}))
    assert beside.headers["location"] == f"{path}?notice=changed"
    over = await send(client, path, **shown, **(same | {"weight": "5", "max_bid": "0.02"}))
    assert over.status_code == 422
    assert "Somebody else changed this meanwhile. It is now: 3" in over.text
    assert 'value="5"' in over.text
    assert hidden(over.text, "was.weight") == "3"
    async with client.context.cells.pool(1).acquire() as db:
        terms = (await accounts.terms(db, 1, [customer.account_id]))[customer.account_id]
    assert (terms.weight, terms.keep_days, terms.max_bid_micros) == (3, 7, 0)
    for name, unfit, words in (
        ("weight", "0", "the weight must be from 1 to 1000000"),
        ("weight", "many", "Write a whole number."),
        ("keep_days", "4000", "the days must be from 0 to 3650"),
        ("max_bid", "1.2345678", "Write an amount like 10.00"),
    ):
        now = hidden((await client.get(path)).text, f"was.{name}")
        refused = await send(client, path, **{name: unfit, f"was.{name}": now})
        assert (refused.status_code, words in refused.text, f'value="{unfit}"' in refused.text) == (422, True, True)
    async with client.context.cells.pool(1).acquire() as db:
        assert (await accounts.terms(db, 1, [customer.account_id]))[customer.account_id] == terms
    assert (await send(client, path)).headers["location"] == f"{path}?notice=unchanged"


async def test_an_account_is_frozen_and_taken_again(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    await send(client, f"{path}/freeze", suspended="yes")
    assert "frozen" in (await client.get(path)).text
    assert "frozen" in (await client.get(ACCOUNTS)).text
    await send(client, f"{path}/freeze", suspended="no")
    assert "Take its tasks again" not in (await client.get(path)).text
    assert (await send(client, f"{path}/freeze", suspended="maybe")).status_code == 404


async def test_keys_are_listed_as_their_people_call_them_with_when_each_was_used(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    unused = (await client.get(path)).text
    assert 'data-label="Last used (UTC)">not known' in unused
    assert (await client.get("/v1/balance", headers={"authorization": f"Bearer {customer.key}"})).status_code == 200
    await note_uses(client.context, customer.cell)
    (key,) = await account_keys.keys_of(client.context, customer)
    assert key.used_at is not None
    owner = AccountPerson(customer.cell, customer.account_id, (), person_id=FOUNDER, name="")
    named, wanted = account_keys.key_id(key), WantedKey("till 7", ("money:read",), ())
    assert await account_keys.change_key(client.context, owner, named, wanted, BY_ITSELF) is None
    page = (await client.get(path)).text
    assert "<bdi>till 7</bdi>" in page
    assert f'data-label="Last used (UTC)"><time datetime="{key.used_at:%Y-%m-%dT%H:%M:%SZ}">' in page


async def test_a_scope_that_there_is_not_makes_no_key(client: Client):
    customer = await factories.customer(client.context)
    before = await account_keys.keys_of(client.context, customer)
    await sign_in(client)
    for scopes in ("everything", ["money:read", "a\0b"]):
        data = {"scopes": scopes, "networks": ""}
        refused = await client.post(f"/operator/accounts/{customer.account_id}/keys", data=data, headers=OWN_PAGE)
        assert (refused.status_code, "This could not be read" in refused.text) == (422, True)
    assert await account_keys.keys_of(client.context, customer) == before


async def test_keys_are_made_listed_and_ended_and_browsers_signed_out(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    made = await client.post(f"{path}/keys", data={"scopes": ["money:read"], "networks": ""}, headers=OWN_PAGE)
    (key,) = shown_once(made.text)
    page = (await client.get(path)).text
    assert "money:read" in page
    assert digest(key).hex() in page
    assert (await send(client, f"{path}/keys/end", key="00")).headers["location"].endswith("refused")
    ended = await send(client, f"{path}/keys/end", key=digest(key).hex())
    assert ended.headers["location"].endswith("key_ended")
    async with client.context.cells.directory.acquire() as db:
        assert await accounts.key_owner(db, digest(key)) is None
    (url,) = shown_once((await send(client, f"{path}/link")).text)
    await send(client, f"{path}/sign-out")
    spent = await client.post(httpx.URL(url).path, headers=OWN_PAGE)
    assert "manyeyes_session" not in spent.headers.get("set-cookie", "")
    (secret,) = shown_once((await send(client, f"{path}/secret")).text)
    seen = hidden((await client.get(path)).text, "seen")
    for _ in range(2):  # sent twice, it is replaced once: the one before signs for its day
        fresh, previous = shown_once((await send(client, f"{path}/secret", rotate="yes", seen=seen)).text)
    assert (previous, fresh == secret) == (secret, False)


async def test_everybody_of_an_account_is_signed_out_and_a_first_owner_who_left_gets_no_link(client: Client):
    customer = await factories.customer(client.context)
    path, cookies = f"{ACCOUNTS}/{customer.account_id}", list[str]()
    people = []
    for name in ("Bo", "Lan"):
        made = await invite_person(client.context, customer, name, "owner", BY_ITSELF)
        assert isinstance(made, Invited)
        people.append(made.person_id)
        signed_in = await client.post(httpx.URL(made.login_url).path, headers=OWN_PAGE)
        cookies.append(f"manyeyes_session={signed_in.cookies['manyeyes_session']}")
        client.cookies.clear()
    await sign_in(client)
    await send(client, f"{path}/sign-out")
    kept = dict(client.cookies)
    for cookie in cookies:
        client.cookies.clear()
        assert (await client.get("/customer", headers={"cookie": cookie})).status_code == 303
    client.cookies.update(kept)
    bo = AccountPerson(customer.cell, customer.account_id, (), person_id=people[0], name="Bo")
    assert await remove_person(client.context, bo, FOUNDER, BY_ITSELF) is None
    refused = await send(client, f"{path}/link")
    assert refused.headers["location"].endswith("no_first_owner")
    assert "The first owner was removed" in (await client.get(refused.headers["location"])).text


async def test_a_statement_adds_up_and_work_is_listed(client: Client):
    context = client.context
    customer, hand = await factories.customer(context), await factories.hand(context)
    task = await factories.solve(context, customer, hand, "12345")
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    page = (await client.get(f"{path}/statement")).text
    assert "It adds up." in page
    assert f"/operator/tasks/1/{task}" in page
    assert "could not be read" in (await client.get(f"{path}/statement", params={"month": "2026-13"})).text
    assert (await client.get(f"{path}/statement", params={"from": "2020-01-01", "to": "2020-02-01"})).status_code == 200
    work = (await client.get(f"{path}/work")).text
    assert f'href="/operator/tasks/1/{task}"' in work
    assert (await send(client, f"{path}/resend", task="4711")).headers["location"].endswith("refused")


async def test_customers_workers_and_strangers_see_none_of_it_and_foreign_forms_do_nothing(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    before = await balance(client, customer.account_id)
    assert (await client.get(path)).status_code == 303
    await client.post(await link(client.context, Subject("customer", customer.account_id, 1)), headers=OWN_PAGE)
    assert (await client.get(path)).status_code == 403
    assert (await send(client, f"{path}/top-up", amount="5")).status_code == 403
    await sign_in(client)
    foreign = await client.post(f"{path}/freeze", data={"suspended": "yes"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert await balance(client, customer.account_id) == before
    assert "Take its tasks again" not in (await client.get(path)).text


async def test_somebody_is_invited_to_an_account_and_each_of_its_people_gets_a_link_of_their_own(client: Client):
    customer = await factories.customer(client.context)
    path = f"{ACCOUNTS}/{customer.account_id}"
    await sign_in(client)
    assert "First owner" in (await client.get(path)).text
    for unfit, words in (({"name": ""}, "A name has 1 to 60"), ({"role": "king"}, "Choose one of the roles.")):
        refused = await send(client, f"{path}/people", **({"name": "Ben", "role": "billing"} | unfit))
        assert (refused.status_code, words in refused.text) == (422, True)
    assert len(await people_of(client.context, customer)) == 1, "what is refused leaves nobody"
    (first,) = shown_once((await send(client, f"{path}/people", name="Ben", role="billing")).text)
    ben = (await people_of(client.context, customer))[-1]
    assert (ben.name, ben.role, ben.made_by) == ("Ben", PersonRole.BILLING, "")
    (again,) = shown_once((await send(client, f"{path}/link", person=ben.person_id)).text)
    page = (await client.get(path)).text
    assert ("Ben" in page, "Billing" in page, first in page, again in page) == (True, True, False, False)
    for person in ("4711", "nobody", "", "a\0b", "-2"):
        assert (await send(client, f"{path}/link", person=person)).headers["location"].endswith("refused")
    assert (await client.get(httpx.URL(again).path)).status_code == 200
    assert (await send(client, f"{ACCOUNTS}/4711/people", name="Ben", role="owner")).status_code == 404
