"""Who calls /v1: a bearer token or client key, or the console's session cookie from a page of our own."""

from starlette.requests import Request

from manyeyes.accounts.rules import canonical_address
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.sign_in import cookie_subject, is_from_own_page
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.workers.store import Subject, Worker


async def signed_in_worker(context: Context, request: Request) -> Worker:
    """Return the worker. Raises `Refused`: no or unknown token, or a cookie that another origin's page sends along."""
    token = _bearer(request)
    if token:
        subject = await context.lookups.subject(token, "token")
    else:
        subject = await _cookie_subject(context, request)
    worker = await context.lookups.worker(subject.subject_id) if subject and subject.role == "worker" else None
    if worker is None:
        raise Refused(Refusal(Reason.UNKNOWN_TOKEN, "send the worker's token as Authorization: Bearer <token>"))
    return worker


async def signed_in_customer(context: Context, request: Request) -> KeyOwner:
    """Return the account of the client key sent as bearer token, or of the console's session.

    Raises `Refused`: no or unknown key, an address that the key or the operator shuts out, or a cookie that another
    origin's page sends along with a call that changes something.
    """
    key = _bearer(request)
    if not key:
        subject = await _cookie_subject(context, request)
        if subject and subject.role == "customer":
            return KeyOwner(subject.cell, subject.subject_id, ())
        raise Refused(Refusal(Reason.UNKNOWN_KEY, "send the client key as Authorization: Bearer <key>"))
    address = canonical_address(request.client.host) if request.client else ""
    owner = await context.lookups.owner(key, address)
    if isinstance(owner, Refusal):
        raise Refused(owner)
    return owner


async def _cookie_subject(context: Context, request: Request) -> Subject | None:
    """Return whom the cookie signs in. Raises `Refused` when another origin's page sends it along with a change."""
    subject = await cookie_subject(context, request)
    if subject and request.method not in ("GET", "HEAD") and not is_from_own_page(context, request):
        raise Refused(Refusal(Reason.FOREIGN_ORIGIN, "the call came from a page of another origin"))
    return subject


def _bearer(request: Request) -> str:
    """Return the bearer token; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
