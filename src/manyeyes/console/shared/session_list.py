"""/sessions: where somebody is signed in, and signing out there; the same page for every role."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.colleagues import colleagues
from manyeyes.accounts.rules import MANAGE
from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.actions.sign_out import SignOut, sign_out
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import HOMES
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.company_sign_in import company_name, identities_of
from manyeyes.roles.passkeys import passkeys_of
from manyeyes.roles.sign_in import cookie_hash, cookie_subject, is_by_key, person_of, told_whence
from manyeyes.runtime.context import Context
from manyeyes.workers.browser_sessions import BrowserSession, browser_sessions
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.store import Subject

_HASH = re.compile(r"[0-9a-f]{64}")
BEGUN_BY = {
    "link": mark("a sign-in link"),
    "customer": mark("a client key"),
    "worker": mark("a token"),
    "passkey": mark("a passkey"),
    "company": mark("the company's sign-in"),
}
TITLES = {
    "worker": mark("Your sign-ins"),
    "customer": mark("Sign-ins to this account"),
    "operator": mark("Your sign-ins"),
}


class SessionPages:
    """The sign-ins of whoever asks: a worker (reviewers too), an account, or the operator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, request: Request) -> Response:
        """GET /sessions: every browser that is signed in as this person, this one first."""
        subject = await cookie_subject(self._context, request)
        if subject is None:
            return RedirectResponse("/", status_code=303)
        async with self._context.cells.directory.acquire() as db:
            found = await browser_sessions(db, await self._whose(request, subject))
        names = await self._names(subject)
        here, translate = cookie_hash(request), catalogue(look_of(request).language).ugettext
        return render(
            request,
            "shared/sessions.html",
            person=subject.role,
            title=translate(TITLES[subject.role]),
            home=HOMES[subject.role],
            sessions=sorted((_row(each, here, names) for each in found), key=lambda row: not row["is_this"]),
            passkeys=await passkeys_of(self._context, subject),
            identities=await identities_of(self._context, subject),
            company=company_name(self._context),
            by_key=is_by_key(subject),
            told_whence=told_whence(request) is not None,
            begun_by={name: translate(words) for name, words in BEGUN_BY.items()},
        )

    async def end(self, request: Request) -> Response:
        """POST /sessions/end: `session`, the one that ends; whoever ends this browser's is signed out."""
        subject = await cookie_subject(self._context, request)
        named = text_of(await request.form(), "session")
        if subject is None or not _HASH.fullmatch(named):
            return RedirectResponse("/sessions", status_code=303)
        actor, whose = await actor_of(self._context, request), await self._whose(request, subject)
        await self._context.batcher.ask(end_sessions, EndSession(bytes.fromhex(named), of=whose, actor=actor))
        await self._context.notifier.tell_changed()
        return RedirectResponse("/sessions", status_code=303)  # from where one who is signed out is led to the start

    async def end_others(self, request: Request) -> Response:
        """POST /sessions/end-others: all but this browser's end."""
        subject = await cookie_subject(self._context, request)
        if subject is not None:
            actor, whose = await actor_of(self._context, request), await self._whose(request, subject)
            command = SignOut(whose, kept=cookie_hash(request), links=False, actor=actor)
            await self._context.batcher.ask(sign_out, command)
            await self._context.notifier.tell_changed()
        return RedirectResponse("/sessions", status_code=303)

    async def _whose(self, request: Request, subject: Subject) -> Subject:
        """Return whose sessions somebody sees and ends: their own; an owner all that the account's people have."""
        person = await person_of(self._context, request)
        is_owner = person is not None and MANAGE in person.scopes
        return msgspec.structs.replace(subject, person_id=EVERY_PERSON) if is_owner else subject

    async def _names(self, subject: Subject) -> dict[int, str]:
        """Return what an account's people are called, by their numbers; nobody for other roles."""
        if subject.role != "customer":
            return {}
        async with self._context.cells.directory.acquire() as db:
            return {each.person_id: each.name for each in await colleagues(db, subject.subject_id)}


def _row(session: BrowserSession, here: bytes, names: dict[int, str]) -> dict[str, Any]:
    return {
        "who": names.get(session.person_id, "") if session.opened_with is None else "",
        "id": session.secret_hash.hex(),
        "is_this": session.secret_hash == here,
        "begun_at": session.created_at,
        "begun_by": session.begun_by or ("link" if session.opened_with is None else session.role),
        "seen_at": session.seen_at,
        "address": session.address,
    }
