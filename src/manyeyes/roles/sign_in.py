"""The browser's session: who a request's cookie signs in, and whether it came from a page of our own."""

from starlette.requests import Request

from manyeyes.runtime.context import Context
from manyeyes.values.web_address import place_of, read_origin
from manyeyes.workers.store import Subject

COOKIE = "manyeyes_session"


async def cookie_subject(context: Context, request: Request) -> Subject | None:
    """Return whom the console's session cookie signs in; None for nobody."""
    secret = request.cookies.get(COOKIE, "")
    return await context.lookups.subject(secret, "session") if secret else None


def is_from_own_page(context: Context, request: Request) -> bool:
    """Tell whether a browser says that an unsafe request came from a page of this site (beside SameSite=Lax).

    Browsers send Origin with every POST; without it, or with `null`, there is nothing to trust, and neither is there
    where several come. Only host and port are compared: behind a proxy that ends TLS the scheme that arrives here is
    not the one in the address bar.
    """
    sent, hosts = request.headers.getlist("origin"), request.headers.getlist("host")
    try:
        (origin,) = map(read_origin, sent)
    except ValueError:
        return False
    own = [f"{origin.scheme}://{host}" for host in hosts] if len(hosts) == 1 else []
    return (origin.host, origin.port) in {place_of(address) for address in (*own, context.settings.public_url)}


def is_secure(context: Context, request: Request) -> bool:
    """Tell whether people reach this installation over TLS, so that a cookie may insist on it."""
    return request.url.scheme == "https" or context.settings.public_url.startswith("https://")
