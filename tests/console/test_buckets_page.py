"""/customer/buckets: an account's people keep, list and forget its buckets, as /v1/buckets lets them."""

import pytest

from manyeyes.roles.customer.buckets import buckets_of
from support import factories
from support.browser_visits import customer_subject, link
from support.house_visits import OWN_PAGE, led_to, send
from support.in_process_client import Client
from support.signed_roles import signed_in_as

PATH = "/customer/buckets"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NEW = {"name": "receipts", "endpoint": "https://s3.example.com", "region": "eu-1", "access_key": "AKIDEXAMPLE"}
NEW |= {"secret": SECRET}


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer whose first owner is signed in."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN_PAGE)
    return customer


async def test_a_bucket_is_kept_listed_replaced_and_forgotten(client: Client, customer: factories.Customer):
    empty = (await client.get(PATH)).text
    assert ("First make a key with your store" in empty, '"s3://BUCKET/KEY"}' in empty) == (True, True)
    assert led_to(await send(client, PATH, **NEW)) == f"{PATH}?notice=bucket_kept"
    page = (await client.get(f"{PATH}?notice=bucket_kept")).text
    told = (
        "its secret is kept",
        "receipts",
        "https://s3.example.com",
        "AKIDEXAMPLE",
        "s3://receipts/KEY",
        "Tasks may name pictures in it",
    )
    assert [text in page for text in told] == [True] * len(told)
    assert SECRET not in page
    assert led_to(await send(client, PATH, **(NEW | {"endpoint": ""}))).endswith("bucket_kept")
    (bucket,) = await buckets_of(client.context, customer)
    assert (bucket.name, bucket.endpoint) == ("receipts", "https://s3.eu-1.amazonaws.com")
    assert led_to(await send(client, f"{PATH}/remove", bucket="receipts")) == f"{PATH}?notice=bucket_forgotten"
    assert await buckets_of(client.context, customer) == []
    assert led_to(await send(client, f"{PATH}/remove", bucket="receipts")) == f"{PATH}?notice=refused"


async def test_a_bucket_that_cannot_be_taken_is_told_beside_its_field(client: Client, customer: factories.Customer):
    for name, unfit, words in (
        ("name", "a", "A bucket&#39;s name has 3 to 63"),
        ("endpoint", "https://s3.example.com/?x=1", "an endpoint has no query"),
    ):
        refused = await send(client, PATH, **(NEW | {name: unfit}))
        assert (refused.status_code, words in refused.text, f'value="{unfit}"' in refused.text) == (422, True, True)
        assert SECRET not in refused.text
    hidden = await send(client, PATH, **(NEW | {"secret": "two words"}))
    assert (hidden.status_code, "A secret has 1 to 200" in hidden.text, "two words" in hidden.text) == (
        422,
        True,
        False,
    )
    assert await buckets_of(client.context, customer) == []


async def test_it_is_each_accounts_own_and_told_in_the_trail(client: Client, customer: factories.Customer):
    other = await factories.customer(client.context)
    await send(client, PATH, **NEW)
    assert await buckets_of(client.context, other) == []
    await client.post(await link(client.context, customer_subject(other)), headers=OWN_PAGE)
    assert led_to(await send(client, f"{PATH}/remove", bucket="receipts")) == f"{PATH}?notice=refused"
    assert len(await buckets_of(client.context, customer)) == 1
    async with client.context.cells.pool(customer.cell).acquire() as db:
        told = await db.fetch("SELECT role, actor_id, via FROM trail_entry WHERE deed = 'bucket.keep'")
    assert [(row["role"], row["actor_id"]) for row in told] == [("customer", customer.account_id)]


@pytest.mark.parametrize(("role", "opens"), [("member", True), ("read_only", False), ("key", True)])
async def test_the_menu_offers_it_to_those_who_may_send_tasks(client: Client, role: str, opens: bool):
    account = await factories.customer(client.context)
    headers = await signed_in_as(client, account, role)
    assert ('href="/customer/buckets"' in (await client.get("/customer", headers=headers)).text) is opens
    assert ((await client.get(PATH, headers=headers)).status_code == 200) is opens
