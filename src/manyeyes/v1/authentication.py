"""Who calls /v1: a bearer token or client key, or the console's session cookie from a page of our own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from starlette.requests import Request

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.rules import digest
from manyeyes.accounts.store import KeyOwner
from manyeyes.roles.presences import WORKER_DISABLED
from manyeyes.roles.sign_in import (
    bearer_of,
    caller_address,
    cookie_hash,
    earner,
    earner_of,
    is_from_own_page,
    person_of,
    signed_in,
)
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookout import Right
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from manyeyes.v1.json_messages import while_there
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.workers.store import Subject, Worker

LOOK_SECONDS = 1.0  # how often it is looked at whether somebody who waits may still call
Answer = TypeVar("Answer")


async def signed_in_worker(context: Context, request: Request) -> Worker:
    """Return the worker.

    Raises `Refused`: no or unknown token, a worker or an address that the operator shuts out, or a cookie that another
    origin's page sends along with a call that changes something.
    """
    token = bearer_of(request)
    if token:
        blocked = await context.lookups.blocked(caller_address(request))
        if blocked:
            raise Refused(blocked)
        subject = await context.lookups.subject(token)
    else:
        subject = await _cookie_subject(context, request)
    worker = await context.lookups.worker(subject.subject_id) if subject and subject.role == "worker" else None
    if worker is None and subject and subject.role == "worker":
        raise Refused(WORKER_DISABLED)
    if worker is None:
        raise Refused(Refusal(Reason.UNKNOWN_TOKEN, "send the worker's token as Authorization: Bearer <token>"))
    return worker


async def signed_in_earner(context: Context, request: Request) -> Worker:
    """Return the worker, one who was disabled too: what they earned is theirs. Raises `Refused` as for others."""
    try:
        return await signed_in_worker(context, request)
    except Refused as refused:
        if refused.refusal.reason is not Reason.WORKER_DISABLED:
            raise
    token = bearer_of(request)
    if not token and request.method not in ("GET", "HEAD") and not is_from_own_page(context, request):
        raise Refused(Refusal(Reason.FOREIGN_ORIGIN, "the call came from a page of another origin"))
    subject = await context.lookups.subject(token) if token else None
    found = await (earner_of(context, subject.subject_id) if subject else earner(context, request))
    if found is None:
        raise Refused(WORKER_DISABLED)
    return found


async def signed_in_customer(context: Context, request: Request) -> KeyOwner:
    """Return the account of the client key sent as bearer token, or of the console's session.

    Raises `Refused`: no or unknown key, an address that the key or the operator shuts out, or a cookie that another
    origin's page sends along with a call that changes something.
    """
    key = bearer_of(request)
    if not key:
        person = await _account_person(context, request)
        if person is not None:
            return person
        raise Refused(Refusal(Reason.UNKNOWN_KEY, "send the client key as Authorization: Bearer <key>"))
    owner = await context.lookups.owner(key, caller_address(request))
    if isinstance(owner, Refusal):
        raise Refused(owner)
    return owner


async def signed_in_person(context: Context, request: Request) -> AccountPerson:
    """Return who of an account's people the console's session signs in: what people alone do no key opens.

    Raises `Refused`: a key, nobody, an address that is shut out, or a cookie that another origin's page sends along.
    """
    if bearer_of(request):
        raise Refused(Refusal(Reason.SCOPE_MISSING, "no client key opens this; sign in at the account's pages"))
    person = await _account_person(context, request)
    if person is None:
        raise Refused(Refusal(Reason.UNKNOWN_KEY, "sign in at the account's pages; no client key opens this"))
    return person


async def is_allowed(
    context: Context, request: Request, caller: Callable[[Context, Request], Awaitable[object]] = signed_in_worker
) -> bool:
    """Tell whether whoever made a request that is still under way may go on; ``caller`` finds who that is."""
    try:
        return bool(await caller(context, request))
    except Refused:
        return False


async def while_allowed(
    context: Context,
    request: Request,
    waiting: Coroutine[Any, Any, Answer],
    caller: Callable[[Context, Request], Awaitable[object]] = signed_in_worker,
) -> Answer | None:
    """Return what ``waiting`` gives ``caller``; None when they hang up first. Raises `Refused` when they may not call.

    Whoever is shut out while they wait is handed nothing: it is looked at every second.
    """
    return await while_there(request, waiting, partial(caller, context, request), seconds=LOOK_SECONDS)


async def right_of(context: Context, request: Request, worker: Worker) -> Right:
    """Return by what a worker who is signed in waits, so that it can be seen when that ends."""
    token = bearer_of(request)
    if token:
        return Right((digest(token),), worker.worker_id)
    session = await context.lookups.session(cookie_hash(request))
    secrets = (session.secret_hash, *filter(None, (session.opened_with,))) if session else ()
    return Right(secrets, worker.worker_id)


async def while_right_holds(
    context: Context, request: Request, right: Right, waiting: Coroutine[Any, Any, Answer]
) -> Answer | None:
    """Return what ``waiting`` gives a worker, as `while_allowed`; but it is looked at for all who wait together.

    And once more before anything is handed out, when what is known of them may have become old.
    """
    news, began = asyncio.Event(), time.monotonic()
    with context.lookout.holding(right, news):
        found = await while_there(request, waiting, partial(signed_in_worker, context, request), news)
    if time.monotonic() - began >= FRESH_SECONDS:
        await signed_in_worker(context, request)
    return found


async def _cookie_subject(context: Context, request: Request) -> Subject | None:
    """Return whom the cookie signs in.

    Raises `Refused` for an address that is shut out, and when another origin's page sends it along with a change.
    """
    subject = await signed_in(context, request)
    if isinstance(subject, Refusal):
        raise Refused(subject)
    if subject and request.method not in ("GET", "HEAD") and not is_from_own_page(context, request):
        raise Refused(Refusal(Reason.FOREIGN_ORIGIN, "the call came from a page of another origin"))
    return subject


async def _account_person(context: Context, request: Request) -> AccountPerson | None:
    return await person_of(context, request) if await _cookie_subject(context, request) else None
