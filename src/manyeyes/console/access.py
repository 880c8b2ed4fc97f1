"""Who is behind a request: the console session's cookie, and whether a form was sent from a page of this site."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse

from manyeyes.accounts.rules import digest, new_token
from manyeyes.house import House
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SESSION_SECONDS
from manyeyes.workers.store import Subject

COOKIE = "manyeyes_session"
HOMES = {"worker": "/work", "customer": "/customer", "operator": "/operator"}


async def subject_of(house: House, request: Request) -> Subject | None:
    """Whom the request's session cookie signs in; None for nobody."""
    secret = request.cookies.get(COOKIE)
    return await house.directory.subject(secret, "session") if secret else None


async def begin_session(house: House, request: Request, subject: Subject) -> RedirectResponse:
    """Signs ``subject`` in on this browser and sends it to the page of its role."""
    secret = new_token()
    async with house.cells.directory.acquire() as db:
        await workers.insert_credential(db, digest(secret), "session", subject, SESSION_SECONDS)
    response = RedirectResponse(HOMES[subject.role], status_code=303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_SECONDS),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


async def end_session(house: House, request: Request) -> RedirectResponse:
    """Signs this browser out, here and in the database."""
    async with house.cells.directory.acquire() as db:
        await workers.end_credential(db, digest(request.cookies.get(COOKIE, "")))
    house.directory.forget()
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def is_own_form(house: House, request: Request) -> bool:
    """True when a browser says that the form came from a page of this site.

    Browsers send Origin with every POST; without it there is nothing to trust. Only host and port are compared: behind
    a proxy that ends TLS the scheme that arrives here is not the one in the address bar.
    """
    own = {request.headers.get("host", ""), urlsplit(house.settings.public_url).netloc} - {""}
    return urlsplit(request.headers.get("origin", "")).netloc in own
