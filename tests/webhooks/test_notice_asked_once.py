"""An address is asked once whether it wants notices: nobody sends the question again, and no answered one goes out."""

from collections.abc import AsyncIterator

import pytest

from manyeyes.accounts.store import KeyOwner
from manyeyes.notices.rules import NoticeKind
from manyeyes.roles.customer.deliveries import replay_given_up
from manyeyes.tasks.rules import wire_id
from support import factories
from support.in_process_client import Client
from support.mail_server import PostOffice, post_office
from support.mailed_notices import add, confirmed, deliver, links_in, news, use
from support.signed_roles import OWN, signed_in_as

AGAIN = "UPDATE delivery SET state = 0, next_at = now() WHERE event = 'notice.confirm'"  # as after a try of no effect


@pytest.fixture
async def office(client: Client) -> AsyncIterator[PostOffice]:
    """A mail server that this installation is set to."""
    async with post_office() as found:
        use(client.context, found)
        yield found


async def test_the_question_cannot_be_sent_again(client: Client, office: PostOffice):
    customer = await factories.customer(client.context)
    headers = await signed_in_as(client, customer, "owner")
    office.recipients = ["550 no such mailbox"]
    await add(client, headers)
    await deliver(client.context)
    async with client.context.cells.pool(1).acquire() as db:
        task = wire_id(await db.fetchval("SELECT task_id FROM delivery"))
    key = {"authorization": f"Bearer {customer.key}"}
    reply = await client.post(f"/v1/webhooks/{task}/replay", headers=key)
    assert (reply.status_code, "asked once" in reply.text) == (409, True)
    assert await replay_given_up(client.context, KeyOwner(customer.cell, customer.account_id, ())) == 0
    page = (await client.get("/customer/callbacks", headers=headers)).text
    assert (str(task) in page, "/customer/callbacks/replay" in page) == (True, False)
    await client.post("/customer/callbacks/replay", data={"task_id": task}, headers=headers)
    await deliver(client.context)
    assert office.taken == []


async def test_what_is_told_can_be_sent_again(client: Client, office: PostOffice):
    customer, headers = await confirmed(client, office)
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    assert "/customer/callbacks/replay" in (await client.get("/customer/callbacks", headers=headers)).text


@pytest.mark.parametrize("is_answered", [True, False], ids=["answered", "over"])
async def test_a_question_that_was_answered_or_is_over_does_not_go_out(
    client: Client, office: PostOffice, is_answered: bool
):
    headers = await signed_in_as(client, await factories.customer(client.context), "owner")
    await add(client, headers)
    await deliver(client.context)
    (path,) = links_in(office.taken.pop())
    async with client.context.cells.pool(1).acquire() as db:
        if is_answered:
            assert (await client.post(path, headers=OWN)).status_code == 200
        else:
            await db.execute("UPDATE notice_address SET created_at = created_at - interval '8 days'")
        await db.execute(AGAIN)
    await deliver(client.context)
    assert office.taken == []
