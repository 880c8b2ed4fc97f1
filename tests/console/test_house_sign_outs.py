"""Signing somebody out on the operator's pages: their passkeys stay, or go too, as after a lost device."""

import secrets

import pytest

from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.roles.passkeys import passkeys_of
from manyeyes.staff.store import StaffMember
from manyeyes.workers.passkeys.rules import PasskeyKept
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import customer_subject, link, worker_subject
from support.house_visits import OWN_PAGE, led_to, send, sign_in
from support.in_process_client import Client
from support.passkey_rows import challenge, new_passkey


async def with_passkey(client: Client, subject: Subject) -> Subject:
    """Let somebody have a passkey."""
    command = AddPasskey(subject, new_passkey(secrets.token_bytes(16)), challenge(secrets.token_bytes(16)))
    assert await client.context.batcher.ask(add_passkeys, command) is PasskeyKept.KEPT
    return subject


async def somebody(client: Client, who: str) -> tuple[Subject, str, dict[str, object]]:
    """Return somebody who has a passkey, the page that signs them out, and what its form carries."""
    if who == "worker":
        hand = await factories.hand(client.context)
        subject = await with_passkey(client, worker_subject(hand))
        return subject, f"/operator/workers/{hand.worker.worker_id}", {}
    if who == "customer":
        subject = await with_passkey(client, customer_subject(await factories.customer(client.context)))
        return subject, f"/operator/accounts/{subject.subject_id}", {}
    assert await client.context.batcher.ask(add_staff, AddStaff(StaffMember(3, "Eve", "support"))) is None
    return await with_passkey(client, Subject("operator", 3, 0)), "/operator/staff", {"staff": 3}


@pytest.mark.parametrize("who", ["worker", "customer", "staff"])
async def test_passkeys_go_only_where_that_is_asked(client: Client, who: str):
    subject, path, fields = await somebody(client, who)
    bystander = await with_passkey(client, worker_subject(await factories.hand(client.context)))
    await sign_in(client)
    assert 'name="passkeys" value="yes"' in (await client.get(path)).text
    assert led_to(await send(client, f"{path}/sign-out", **fields)).endswith("signed_out")
    assert len(await passkeys_of(client.context, subject)) == 1
    assert led_to(await send(client, f"{path}/sign-out", passkeys="yes", **fields)).endswith("signed_out")
    assert await passkeys_of(client.context, subject) == []
    assert len(await passkeys_of(client.context, bystander)) == 1
    assert "passkey.remove" in (await client.get("/operator/audit?who=operator")).text


@pytest.mark.parametrize(("who", "may"), [("worker", True), ("customer", True), ("staff", False)])
async def test_support_does_it_for_those_whom_it_helps(client: Client, who: str, may: bool):
    subject, path, fields = await somebody(client, who)
    if who != "staff":
        assert await client.context.batcher.ask(add_staff, AddStaff(StaffMember(3, "Eve", "support"))) is None
    await client.post(await link(client.context, Subject("operator", 3, 0)), headers=OWN_PAGE)
    reply = await send(client, f"{path}/sign-out", passkeys="yes", **fields)
    assert (reply.status_code == 403) is not may
    assert (await passkeys_of(client.context, subject) == []) is may
