"""One-time addresses that sign somebody in at the screens."""

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.runtime.context import Context
from manyeyes.runtime.server_address import server_url
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject


async def login_url(context: Context, subject: Subject) -> str:
    """Return a fresh one-time address that signs the subject in within an hour."""
    secret = new_token()
    command = AddCredential(secret_hash=digest(secret), kind="link", subject=subject, seconds=LINK_SECONDS)
    await context.batcher.ask(add_credentials, command)
    return address_of(context, secret)


def address_of(context: Context, secret: str) -> str:
    """Return the address at which a link's secret signs somebody in."""
    return f"{server_url(context.settings)}/login/{secret}"
