"""Who calls /v1: a bearer token, or the console's session cookie from a page of our own."""

from urllib.parse import urlsplit

from starlette.requests import Request

from manyeyes.house import House
from manyeyes.refusals import Reason, Refusal
from manyeyes.v1.wire import Refused
from manyeyes.workers.store import Subject, Worker

COOKIE = "manyeyes_session"


async def signed_in_worker(house: House, request: Request) -> Worker:
    """Return the worker. Raises `Refused`: no or unknown token, or a cookie that another origin's page sends along."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        subject = await house.directory.subject(token.strip(), "token")
    else:
        refuse_foreign_origin(house, request)
        subject = await cookie_subject(house, request)
    worker = await house.directory.worker(subject.subject_id) if subject and subject.role == "worker" else None
    if worker is None:
        raise Refused(Refusal(Reason.UNKNOWN_TOKEN, "send the worker's token as Authorization: Bearer <token>"))
    return worker


async def cookie_subject(house: House, request: Request) -> Subject | None:
    """Return whom the console's session cookie signs in."""
    secret = request.cookies.get(COOKIE, "")
    return await house.directory.subject(secret, "session") if secret else None


def refuse_foreign_origin(house: House, request: Request) -> None:
    """Raise `Refused` when an unsafe call with a cookie does not come from a page of our own (beside SameSite=Lax)."""
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(house.settings.public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in own:
        raise Refused(Refusal(Reason.FOREIGN_ORIGIN, "the call came from a page of another origin"))
