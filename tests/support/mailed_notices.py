"""An account's addresses for notices, the mail that comes there, and sending what is due."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.shared.notice_mails import News, mail_news
from manyeyes.console.customer.notice_mails import mail_of
from manyeyes.notices.rules import NoticeKind
from manyeyes.outbound.mail_door import MailDoor, MailOutcome
from manyeyes.roles.customer.top_ups import set_low_balance
from manyeyes.runtime.context import Context
from manyeyes.runtime.delivery_sender import DeliverySender
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.mail_server import read_mail_server
from support import factories
from support.in_process_client import Client
from support.mail_server import SENDER, PostOffice
from support.signed_roles import OWN, signed_in_as

PATH, ADDRESS = "/customer/notices", "ann@shop.example"
EVERY = [str(kind) for kind in NoticeKind]
ROOT = "https://house.example"


def use(context: Context, office: PostOffice) -> None:
    """Set an installation to a mail server, and to the address that its links begin with."""
    context.settings = msgspec.structs.replace(context.settings, public_url=ROOT)
    context.mail_door = MailDoor(read_mail_server(f"smtp-plain://localhost:{office.port}", SENDER), str, seconds=60)


async def deliver(context: Context) -> None:
    """Send what is due now."""

    async def post(cell: int, claimed: Any) -> MailOutcome | None:
        mail = await mail_of(context, cell, claimed.claim)
        return None if mail is None else await context.mail_door.send(mail)

    async def nothing(cell: int, claimed: Any) -> bytes:
        raise AssertionError("there is no call-back here")

    sender = DeliverySender(context.batcher.ask, context.door, b"key", nothing, post=post)
    await sender.deliver(1)
    await sender.settle()


async def later(context: Context, span: timedelta) -> None:
    """Let waiting deliveries be due, as if so much time had passed."""
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE delivery SET next_at = next_at - $1::interval WHERE state = 0", span)


def links_in(mail: EmailMessage) -> list[str]:
    """Return the paths in a notice, in their order."""
    return re.findall(re.escape(ROOT) + r"(/\S+)", mail.get_content())


async def add(
    client: Client, headers: dict[str, str], address: str = ADDRESS, language: str = "en", **form: Any
) -> Any:
    """Send the form that adds an address."""
    data = {"address": address, "language": language, "notices": EVERY} | form
    return await client.post(PATH, data=data, headers=headers)


async def run_low(context: Context, customer: factories.Customer) -> None:
    """Name an amount that a customer does not have."""
    owner = KeyOwner(customer.cell, customer.account_id, ())
    await set_low_balance(context, owner, "1000000", "", BY_ITSELF)


async def confirmed(
    client: Client, office: PostOffice, language: str = "en"
) -> tuple[factories.Customer, dict[str, str]]:
    """Return a customer whose balance is low and whose address was confirmed, and their owner's headers."""
    customer = await factories.customer(client.context)
    await run_low(client.context, customer)
    headers = await signed_in_as(client, customer, "owner")
    assert (await add(client, headers, language=language)).status_code == 303
    await deliver(client.context)
    (path,) = [each for each in links_in(office.taken.pop()) if each.startswith("/notices/confirm/")]
    assert (await client.post(path, headers=OWN)).status_code == 200
    return customer, headers


async def news(context: Context, customer: factories.Customer, kind: str, subject: int = 0) -> None:
    """Tell an account something, as an action would."""
    async with context.cells.pool(1).acquire() as db, db.transaction():
        now = await db.fetchval("SELECT now()")
        await mail_news(db, now, customer.cell, [News(customer.account_id, kind, subject)])
