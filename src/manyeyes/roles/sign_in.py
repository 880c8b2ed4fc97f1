"""The browser's session: who a request's cookie signs in, and whether it came from a page of our own."""

from datetime import UTC, datetime

from starlette.requests import Request

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import BY_KEY, OPENS
from manyeyes.accounts.rules import canonical_address, digest
from manyeyes.actions.note_sessions import NoteSession, note_sessions
from manyeyes.logs.request_note import note_caller
from manyeyes.roles.presences import WORKER_DISABLED
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookup_cache import not_from
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.web_address import place_of, read_origin
from manyeyes.workers.browser_sessions import BrowserSession
from manyeyes.workers.register import store as register
from manyeyes.workers.rules import NOTED_SECONDS
from manyeyes.workers.sign_outs.store import NONE
from manyeyes.workers.store import Subject, Worker

COOKIE = "manyeyes_session"


async def cookie_subject(context: Context, request: Request) -> Subject | None:
    """Return whom the console's session cookie signs in; None for nobody, and from where nobody may call."""
    found = await signed_in(context, request)
    return found if isinstance(found, Subject) else None


async def signed_in(context: Context, request: Request) -> Subject | Refusal | None:
    """Return whom the cookie signs in, None for nobody; or the refusal of the address, or of a worker who is disabled.

    All that the right depends on is looked up at every use (docs/decisions/0041-sealed-at-rest.md#sessions). A session
    that lacks the second proof which the operator asks of operators opens nothing (docs/decisions/0082).
    """
    session = await _session(context, request)
    return await _holder(context, session, request) if session and not _lacks_proof(context, session) else None


async def half_signed_in(context: Context, request: Request) -> Subject | None:
    """Return who has signed in with one proof where two are asked for; None for everybody else."""
    session = await _session(context, request)
    found = await _holder(context, session, request) if session and _lacks_proof(context, session) else None
    return found if isinstance(found, Subject) else None


async def _session(context: Context, request: Request) -> BrowserSession | None:
    session_hash = cookie_hash(request)
    return await context.lookups.session(session_hash) if session_hash else None


def _lacks_proof(context: Context, session: BrowserSession) -> bool:
    return session.role == "operator" and session.factors < context.settings.operator_factors


async def _holder(context: Context, session: BrowserSession, request: Request) -> Subject | Refusal | None:
    address = caller_address(request)
    refusal = await context.lookups.blocked(address)
    if refusal is None:
        valid = await _may_go_on(context, session, address)
        if not isinstance(valid, Refusal):
            return await _noted(context, session, address) if valid else None
        refusal = valid
    return refusal


async def earner(context: Context, request: Request) -> Worker | None:
    """Return the worker whom the cookie signs in, one who was disabled too: what they earned is theirs."""
    found = await signed_in(context, request)
    session = await context.lookups.session(cookie_hash(request)) if cookie_hash(request) else None
    if session is None or session.role != "worker" or not may_earn(found):
        return None
    return await earner_of(context, session.subject_id)


async def earner_of(context: Context, worker_id: int) -> Worker | None:
    """Return a worker by their number, disabled or not."""
    async with context.cells.directory.acquire() as db:
        return await register.known_worker(db, worker_id)


def may_earn(found: Subject | Refusal | None) -> bool:
    """Tell whether somebody whom a session signs in may see what they earned: a worker, shut out or not."""
    if isinstance(found, Refusal):
        return found.reason is Reason.WORKER_DISABLED
    return found is not None and found.role == "worker"


async def _may_go_on(context: Context, session: BrowserSession, address: str) -> bool | Refusal:
    """Tell whether what began the session still holds, or return why it opens nothing for them, or from there."""
    if session.role == "worker":
        token = session.opened_with  # of a passkey there is none: its sessions end when it is removed
        if token is not None and await context.lookups.token(token) is None:
            return False
        return await context.lookups.worker(session.subject_id) is not None or WORKER_DISABLED
    if session.role == "customer":
        person = await _person(context, session)
        return False if person is None else not_from(person, address) or True
    if session.role == "operator":
        return await context.lookups.staff(session.subject_id) is not None
    return True


async def person_of(context: Context, request: Request) -> AccountPerson | None:
    """Return who of an account's people the cookie signs in; None for nobody and for other roles."""
    subject = await cookie_subject(context, request)
    session = await context.lookups.session(cookie_hash(request)) if subject else None
    return await _person(context, session) if session and session.role == "customer" else None


async def _person(context: Context, session: BrowserSession) -> AccountPerson | None:
    """Return whom a customer's session signs in, with what it opens now; None when it opens nothing any more."""
    cell, account_id = session.cell, session.subject_id
    if session.opened_with is not None:
        owner = await context.lookups.key(session.opened_with)
        if owner is None:
            return None
        return AccountPerson(cell, account_id, owner.allowed_addresses, owner.scopes, person_id=BY_KEY, name="")
    found = await context.lookups.colleague(account_id, session.person_id)
    if found is None:
        return None
    return AccountPerson(cell, account_id, (), OPENS[found.role], person_id=found.person_id, name=found.name)


async def _noted(context: Context, session: BrowserSession, address: str) -> Subject:
    """Return who is signed in, having noted that they are, once an hour."""
    is_late = session.seen_at is None or (datetime.now(UTC) - session.seen_at).total_seconds() > NOTED_SECONDS
    if is_late:
        await context.batcher.ask(note_sessions, NoteSession(session.secret_hash, address))
    note_caller(session.subject)
    return session.subject


def is_by_key(subject: Subject) -> bool:
    """Tell whether somebody came by a client key: programs have those too, so that is nobody's way in for good."""
    return subject.role == "customer" and subject.person_id == BY_KEY


def cookie_hash(request: Request) -> bytes:
    """Return the hash of the session that the cookie names; empty without one."""
    secret = request.cookies.get(COOKIE, "")
    return digest(secret) if secret else NONE


def caller_address(request: Request) -> str:
    """Return the address that a request came from, in its one spelling."""
    return canonical_address(request.client.host) if request.client else ""


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


def told_whence(request: Request) -> str | None:
    """Return from whose page the browser says that it was sent here (Fetch Metadata, section 2.4).

    None where it says nothing: browsers do so over https, and on their own machine, alone.
    """
    sent = request.headers.getlist("sec-fetch-site")
    return sent[0] if len(sent) == 1 else None


def is_secure(context: Context, request: Request) -> bool:
    """Tell whether people reach this installation over TLS, so that a cookie may insist on it."""
    return request.url.scheme == "https" or context.settings.public_url.startswith("https://")


def bearer_of(request: Request) -> str:
    """Return the bearer token; empty when there is none."""
    for name, value in request.scope["headers"]:  # as they came: each call of each worker asks for this one
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return str(token.strip()) if scheme.lower() == "bearer" else ""
    return ""
