"""Who calls /v1: a bearer token, or the console's session cookie from a page of our own."""

from starlette.requests import Request

from manyeyes.house import House
from manyeyes.refusals import Reason, Refusal
from manyeyes.sign_in import cookie_subject, is_from_own_page
from manyeyes.v1.wire import Refused
from manyeyes.workers.store import Worker


async def signed_in_worker(house: House, request: Request) -> Worker:
    """Return the worker. Raises `Refused`: no or unknown token, or a cookie that another origin's page sends along."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        subject = await house.directory.subject(token.strip(), "token")
    else:
        subject = await cookie_subject(house, request)
        if subject and request.method not in ("GET", "HEAD") and not is_from_own_page(house, request):
            raise Refused(Refusal(Reason.FOREIGN_ORIGIN, "the call came from a page of another origin"))
    worker = await house.directory.worker(subject.subject_id) if subject and subject.role == "worker" else None
    if worker is None:
        raise Refused(Refusal(Reason.UNKNOWN_TOKEN, "send the worker's token as Authorization: Bearer <token>"))
    return worker
