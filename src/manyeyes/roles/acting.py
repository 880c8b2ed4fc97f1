"""Who a request comes from, as the audit trail keeps it: looked up only where something changes."""

from starlette.requests import Request

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest
from manyeyes.roles.sign_in import bearer_of, caller_address, cookie_hash, cookie_subject, earner
from manyeyes.runtime.context import Context
from manyeyes.values.actor import ANYBODY, CUSTOMER, SCREEN, WORKER, Actor, shown_hash
from manyeyes.workers.store import Subject, Worker

NOBODY = Actor(role=ANYBODY)


async def actor_of(context: Context, request: Request, via: str = SCREEN) -> Actor:
    """Return who changes something by this request: by its cookie, or by its bearer token or key where it has one.

    ``via``: the edge; on screens the cookie alone counts, as it does for what they may. Whether they may is for others
    to say; of nobody there is the address.
    """
    key = "" if via == SCREEN else bearer_of(request)
    address = caller_address(request)
    if key:
        return await actor_by_key(context, key, via, address)
    subject = await cookie_subject(context, request)
    shut_out = None if subject else await earner(context, request)  # who was disabled asks for what is theirs
    who = await named(context, subject) if subject else _as_earner(shut_out) if shut_out else NOBODY
    through = shown_hash(cookie_hash(request)) if subject or shut_out else ""
    return Actor(role=who.role, actor_id=who.actor_id, name=who.name, via=via, address=address, through=through)


async def signing_in(context: Context, request: Request, subject: Subject, secret_hash: bytes) -> Actor:
    """Return somebody who signs in by this request, by whose cookie they are not signed in yet."""
    who = await named(context, subject)
    at, through = caller_address(request), shown_hash(secret_hash)
    return Actor(role=who.role, actor_id=who.actor_id, name=who.name, via=SCREEN, address=at, through=through)


async def actor_by_key(context: Context, key: str, via: str, address: str) -> Actor:
    """Return who changes something by a client key or a worker's token, over an edge and from an address."""
    key_hash = digest(key)
    owner = await context.lookups.key(key_hash)
    subject = Subject(CUSTOMER, owner.account_id, owner.cell) if owner else await context.lookups.token(key_hash)
    who = await named(context, subject) if subject else NOBODY
    through = shown_hash(key_hash)
    return Actor(role=who.role, actor_id=who.actor_id, name=who.name, via=via, address=address, through=through)


def _as_earner(worker: Worker) -> Actor:
    return Actor(role=WORKER, actor_id=worker.worker_id, name=worker.name)


async def named(context: Context, subject: Subject) -> Actor:
    """Return somebody with the name that they have now, and their part: of the staff operator, auditor or support."""
    if subject.role == WORKER:
        worker = await context.lookups.worker(subject.subject_id)
        return Actor(role=WORKER, actor_id=subject.subject_id, name=worker.name if worker else "")
    if subject.role == CUSTOMER:
        async with context.cells.directory.acquire() as db:
            place = await accounts.place_of(db, subject.subject_id)
        names = [place.name] if place else []
        person = await context.lookups.colleague(subject.subject_id, subject.person_id)
        names = [person.name, *names] if person and person.name else names
        return Actor(role=CUSTOMER, actor_id=subject.subject_id, name=" · ".join(names))
    member = await context.lookups.staff(subject.subject_id)
    role, name = (member.role, member.name) if member else (subject.role, "")
    return Actor(role=role, actor_id=subject.subject_id, name=name)
