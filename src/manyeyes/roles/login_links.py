"""One-time addresses that sign somebody in at the screens, and signing them out of all."""

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.sign_out import SignOut, sign_out
from manyeyes.runtime.context import Context
from manyeyes.runtime.server_address import server_url
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject


async def login_url(context: Context, subject: Subject, actor: Actor = BY_ITSELF) -> str:
    """Return a fresh one-time address that signs a worker, or one of the staff, in within an hour; none is refused."""
    made = await make_link(context, subject, actor)
    assert isinstance(made, str), made
    return made


async def make_link(context: Context, subject: Subject, actor: Actor, *, by: int | None = None) -> str | Refusal:
    """Return a fresh one-time address, or why there is none; ``by``: as `AddCredential` has it."""
    secret = new_token()
    command = AddCredential(
        secret_hash=digest(secret), kind="link", subject=subject, seconds=LINK_SECONDS, by=by, actor=actor
    )
    return await context.batcher.ask(add_credentials, command) or address_of(context, secret)


def address_of(context: Context, secret: str) -> str:
    """Return the address at which a link's secret signs somebody in."""
    return f"{server_url(context.settings)}/login/{secret}"


async def sign_out_everywhere(context: Context, subject: Subject, actor: Actor = BY_ITSELF) -> int:
    """End somebody's sessions and unused links, in all servers at once; return how many sessions there were."""
    ended = await context.batcher.ask(sign_out, SignOut(subject, actor=actor))
    await context.notifier.tell_changed()
    return ended
