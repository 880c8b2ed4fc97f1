"""/sessions: where somebody is signed in, and signing out there; the same page for every role."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.actions.sign_out import SignOut, sign_out
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import HOMES
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.sign_in import cookie_hash, cookie_subject
from manyeyes.runtime.context import Context
from manyeyes.workers.browser_sessions import BrowserSession, browser_sessions

_HASH = re.compile(r"[0-9a-f]{64}")
BEGUN_BY = {
    "link": mark("a sign-in link"),
    "customer": mark("a client key"),
    "worker": mark("a token"),
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
            found = await browser_sessions(db, subject)
        here, translate = cookie_hash(request), catalogue(look_of(request).language).ugettext
        return render(
            request,
            "shared/sessions.html",
            person=subject.role,
            title=translate(TITLES[subject.role]),
            home=HOMES[subject.role],
            sessions=sorted((_row(each, here) for each in found), key=lambda row: not row["is_this"]),
            begun_by={name: translate(words) for name, words in BEGUN_BY.items()},
        )

    async def end(self, request: Request) -> Response:
        """POST /sessions/end: `session`, the one that ends; whoever ends this browser's is signed out."""
        subject = await cookie_subject(self._context, request)
        named = text_of(await request.form(), "session")
        if subject is None or not _HASH.fullmatch(named):
            return RedirectResponse("/sessions", status_code=303)
        actor = await actor_of(self._context, request)
        await self._context.batcher.ask(end_sessions, EndSession(bytes.fromhex(named), of=subject, actor=actor))
        await self._context.notifier.tell_changed()
        return RedirectResponse("/sessions", status_code=303)  # from where one who is signed out is led to the start

    async def end_others(self, request: Request) -> Response:
        """POST /sessions/end-others: all but this browser's end."""
        subject = await cookie_subject(self._context, request)
        if subject is not None:
            actor = await actor_of(self._context, request)
            actor = await actor_of(self._context, request)
            command = SignOut(subject, kept=cookie_hash(request), links=False, actor=actor)
            await self._context.batcher.ask(sign_out, command)
            await self._context.batcher.ask(sign_out, command)
            await self._context.notifier.tell_changed()
        return RedirectResponse("/sessions", status_code=303)


def _row(session: BrowserSession, here: bytes) -> dict[str, Any]:
    return {
        "id": session.secret_hash.hex(),
        "is_this": session.secret_hash == here,
        "begun_at": session.created_at,
        "begun_by": "link" if session.through is None else session.role,
        "seen_at": session.seen_at,
        "address": session.address,
    }
