"""The browser's session: who a request's cookie signs in, and whether it came from a page of our own."""

from urllib.parse import urlsplit

from starlette.requests import Request

from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject

COOKIE = "manyeyes_session"


async def cookie_subject(context: Context, request: Request) -> Subject | None:
    """Return whom the console's session cookie signs in; None for nobody."""
    secret = request.cookies.get(COOKIE, "")
    return await context.lookups.subject(secret, "session") if secret else None


def is_from_own_page(context: Context, request: Request) -> bool:
    """Tell whether a browser says that an unsafe request came from a page of this site (beside SameSite=Lax).

    Browsers send Origin with every POST; without it, or with `null`, there is nothing to trust. Only host and port are
    compared: behind a proxy that ends TLS the scheme that arrives here is not the one in the address bar.
    """
    own = {request.headers.get("host", ""), urlsplit(context.settings.public_url).netloc} - {""}
    return urlsplit(request.headers.get("origin", "")).netloc in own


def is_secure(context: Context, request: Request) -> bool:
    """Tell whether people reach this installation over TLS, so that a cookie may insist on it."""
    return request.url.scheme == "https" or context.settings.public_url.startswith("https://")
