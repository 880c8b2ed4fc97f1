"""Whose page it is: a decorator for each role, which hands a page the person who is signed in and sends others away."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import HOMES
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.house.link_requests import count_link_requests
from manyeyes.roles.sign_in import cookie_subject, earner
from manyeyes.runtime.context import Context
from manyeyes.staff.rules import may
from manyeyes.staff.store import StaffMember
from manyeyes.values.deeds import Deed
from manyeyes.workers.store import Worker

SIGNED_IN_AS = {
    "worker": mark("You are signed in here as a worker"),
    "customer": mark("You are signed in here as a customer"),
    "operator": mark("You are signed in here as the operator"),
}


READING = ("GET", "HEAD")  # what changes nothing, by RFC 9110


class _Pages(Protocol):
    @property
    def _context(self) -> Context: ...


PagesT = TypeVar("PagesT", bound=_Pages)
PersonT = TypeVar("PersonT")
PageHandler = Callable[[PagesT, Request], Awaitable[Response]]
PersonalPage = Callable[[PagesT, Request, PersonT], Awaitable[Response]]


def for_workers(page: PersonalPage[PagesT, Worker]) -> PageHandler[PagesT]:
    """Give ``page`` the worker who is signed in; tell others whose page it is."""
    return _guarded(page, worker_of)


def for_earners(page: PersonalPage[PagesT, Worker]) -> PageHandler[PagesT]:
    """Give ``page`` the worker who is signed in, one who was disabled too; tell others whose page it is."""
    return _guarded(page, earner)


def for_customers(page: PersonalPage[PagesT, AccountPlace]) -> PageHandler[PagesT]:
    """Give ``page`` the account that is signed in; tell others whose page it is."""
    return _guarded(page, customer_of)


def for_operators(page: PageHandler[PagesT]) -> PageHandler[PagesT]:
    """Let the staff see ``page``; tell others whose it is. A form that names no deed (`for_deed`) is an operator's."""
    return _for_staff(page, None)


def for_deed(deed: Deed) -> Callable[[PageHandler[PagesT]], PageHandler[PagesT]]:
    """Let those of the staff send a form whose role may do this (staff/rules.py); tell others why they may not."""
    return lambda page: _for_staff(page, deed)


def _for_staff(page: PageHandler[PagesT], deed: Deed | None) -> PageHandler[PagesT]:
    @wraps(page)
    async def guarded(pages: PagesT, request: Request) -> Response:
        member = await staff_of(pages._context, request)
        if member is None:
            return await not_yours(pages._context, request)
        request.state.who = "operator"
        request.state.staff_role = member.role  # by which `render` offers forms
        if request.method not in READING and not may(member.role, deed):
            return render(request, "shared/not_allowed.html", status=403, person="operator", role=member.role)
        request.state.links_asked = await count_link_requests(pages._context)
        return await page(pages, request)

    return guarded


async def staff_of(context: Context, request: Request) -> StaffMember | None:
    """Return who of the staff is signed in; None for nobody, for other roles, and for somebody who was removed."""
    subject = await cookie_subject(context, request)
    return await context.lookups.staff(subject.subject_id) if subject and subject.role == "operator" else None


def _guarded(
    page: PersonalPage[PagesT, PersonT], person_of: Callable[[Context, Request], Awaitable[PersonT | None]]
) -> PageHandler[PagesT]:
    @wraps(page)
    async def guarded(pages: PagesT, request: Request) -> Response:
        person = await person_of(pages._context, request)
        if person is not None:  # the page's script forgets what waited for another worker
            request.state.who = f"worker-{person.worker_id}" if isinstance(person, Worker) else "customer"
        return await (not_yours(pages._context, request) if person is None else page(pages, request, person))

    return guarded


async def worker_of(context: Context, request: Request) -> Worker | None:
    """Return the worker who is signed in; None for nobody, for other roles, and for one who was disabled."""
    subject = await cookie_subject(context, request)
    return await context.lookups.worker(subject.subject_id) if subject and subject.role == "worker" else None


async def customer_of(context: Context, request: Request) -> AccountPlace | None:
    """Return the account that is signed in; None for nobody and for other roles."""
    subject = await cookie_subject(context, request)
    if subject is None or subject.role != "customer":
        return None
    async with context.cells.directory.acquire() as db:
        return await accounts.place_of(db, subject.subject_id)


async def not_yours(context: Context, request: Request) -> Response:
    """Return the answer to somebody who opened a page that is not theirs.

    Nobody is sent to the start page, which says how to sign in; another role is told who is signed in here.
    """
    subject = await cookie_subject(context, request)
    if subject is None or request.url.path.startswith(HOMES[subject.role]):
        return RedirectResponse("/", status_code=303)
    said = catalogue(look_of(request).language).ugettext(SIGNED_IN_AS[subject.role])
    home = HOMES[subject.role]
    return render(request, "shared/other_role.html", status=403, person=subject.role, signed_in_as=said, home=home)
