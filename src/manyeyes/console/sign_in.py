"""/login, /logout and the start page: one-time links, keys, and who has to go where."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.rules import digest
from manyeyes.console.access import HOMES, begin_session, end_session
from manyeyes.console.pages import render
from manyeyes.house import House
from manyeyes.refusals import Refusal
from manyeyes.sign_in import cookie_subject
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject


class SignInPages:
    """Signing in and out in one process."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def start(self, request: Request) -> Response:
        """GET /: what this installation is, and where to go on."""
        subject = await cookie_subject(self._house, request)
        return render(request, "start.html", home=HOMES[subject.role] if subject else "")

    async def show_link(self, request: Request) -> Response:
        """GET /login/{secret}: previews and scanners open links too, so looking at one does not spend it."""
        async with self._house.cells.directory.acquire() as db:
            subject = await workers.credential(db, digest(request.path_params["secret"]), ["link"])
        return render(request, "sign_in.html", status=200 if subject else 410, usable=subject is not None)

    async def use_link(self, request: Request) -> Response:
        """POST /login/{secret}: spends the link and signs in."""
        async with self._house.cells.directory.acquire() as db:
            subject = await workers.use_link(db, digest(request.path_params["secret"]))
        if subject is None:
            return render(request, "sign_in.html", status=410, usable=False)
        return await begin_session(self._house, request, subject)

    async def use_key(self, request: Request) -> Response:
        """POST /login: signs in with a customer's client key or a worker's token."""
        form = await request.form()
        key = str(form.get("key", "")).strip()
        subject = await self._key_subject(request, key)
        if subject is None:
            return render(request, "start.html", status=403, home="", is_refused=True)
        return await begin_session(self._house, request, subject, key)

    async def sign_out(self, request: Request) -> Response:
        """POST /logout."""
        return await end_session(self._house, request)

    async def _key_subject(self, request: Request, key: str) -> Subject | None:
        worker = await self._house.directory.subject(key, "token")
        if worker is not None:
            return worker
        owner = await self._house.directory.owner(key, request.client.host if request.client else "")
        return None if isinstance(owner, Refusal) else Subject("customer", owner.account_id, owner.cell)


def not_signed_in(request: Request) -> Response:
    """The answer to somebody who opened a page that is not his: to the start page, which says how to sign in."""
    return RedirectResponse("/", status_code=303)
