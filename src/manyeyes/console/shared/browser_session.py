"""Beginning and ending a browser's session."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.roles.acting import actor_of, signing_in
from manyeyes.roles.sign_in import COOKIE, caller_address, cookie_hash, is_secure
from manyeyes.runtime.context import Context
from manyeyes.workers.rules import SESSION_SECONDS
from manyeyes.workers.store import Subject

HOMES = {"worker": "/worker", "customer": "/customer", "operator": "/operator"}


class Begun(msgspec.Struct, frozen=True):
    """What began a session: ``through``: hash of the key or token that it ends with, or the mark of the passkey or of
    the company's sign-in, which it ``needs`` to be there; a link leaves nothing.
    """

    through: bytes | None = None
    begun_by: str = ""
    factors: int = 1
    needs: bytes | tuple[str, str] | None = None
    seconds: float = SESSION_SECONDS

    @property
    def opened_with(self) -> bytes | None:
        """Return the hash of the key or token that began it; None for what has no secret."""
        return None if self.begun_by else self.through


BY_LINK = Begun()


async def begin_session(
    context: Context, request: Request, subject: Subject, begun: Begun = BY_LINK
) -> RedirectResponse:
    """Sign ``subject`` in on this browser and redirect to the page of its role; to the start where what it began with
    was removed meanwhile.

    The session that this browser had until now ends at once; those in other browsers go on
    (docs/decisions/0041-sealed-at-rest.md#sessions).
    """
    secret, before = new_token(), cookie_hash(request)
    command = AddCredential(
        secret_hash=digest(secret),
        kind="session",
        subject=subject,
        seconds=begun.seconds,
        through=begun.through,
        address=caller_address(request),
        ends=before or None,
        begun_by=begun.begun_by,
        factors=begun.factors,
        needs=begun.needs,
        actor=await signing_in(context, request, subject, begun.opened_with or digest(secret)),
    )
    if await context.batcher.ask(add_credentials, command):
        return RedirectResponse("/", status_code=303)
    if before:
        context.lookups.forget()
    response = RedirectResponse(HOMES[subject.role], status_code=303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(begun.seconds),
        httponly=True,
        samesite="lax",
        secure=is_secure(context, request),
    )
    return response


async def end_session(context: Context, request: Request) -> RedirectResponse:
    """Sign this browser out, in its cookie and in the database."""
    actor = await actor_of(context, request)
    await context.batcher.ask(end_sessions, EndSession(cookie_hash(request), actor=actor))
    context.lookups.forget()
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response
