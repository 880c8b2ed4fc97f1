"""/login, /logout and the start page: one-time links, keys, and who has to go where."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.roles import BY_KEY
from manyeyes.accounts.rules import EVERY_SCOPE, digest
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import HOMES, Begun, begin_session, end_session
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.task_wording import SHUT_OUT
from manyeyes.roles.company_sign_in import company_name
from manyeyes.roles.passkeys import passkeys_of
from manyeyes.roles.sign_in import caller_address, cookie_subject, half_signed_in, signed_in
from manyeyes.runtime.context import Context
from manyeyes.values.actor import LINK, SCREEN, Actor, shown_hash
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.browser_sessions import spent_link
from manyeyes.workers.store import Subject


class SignInPages:
    """Signing in and out in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def start(self, request: Request) -> Response:
        """GET /: what this installation is, and where to go on."""
        found = await signed_in(self._context, request)
        home = HOMES[found.role] if isinstance(found, Subject) else ""
        is_shut_out = isinstance(found, Refusal) and found.reason is Reason.WORKER_DISABLED
        said = shut_out_words(request) if is_shut_out else ""
        half = None if home else await half_signed_in(self._context, request)
        return render(
            request,
            "shared/start.html",
            home=home,
            is_blocked=await self._is_blocked(request),
            shut_out=said,
            contact=self._context.settings.contact,
            second_proof=await self._second_proof(half),
            company=company_name(self._context),
        )

    async def show_link(self, request: Request) -> Response:
        """GET /login/{secret}: a button; previews and scanners open links too, and must not use them up."""
        async with self._context.cells.directory.acquire() as db:
            subject = await workers.credential(db, digest(request.path_params["secret"]), ["link"])
        return render(request, "shared/sign_in.html", usable=True) if subject else await self._spent(request)

    async def use_link(self, request: Request) -> Response:
        """POST /login/{secret}: use the link up and sign in. From where nobody may call it stays unused."""
        if await self._is_blocked(request):
            return render(request, "shared/start.html", status=403, home="", is_blocked=True)
        secret_hash = digest(request.path_params["secret"])
        who = Actor(role=LINK, via=SCREEN, address=caller_address(request), through=shown_hash(secret_hash))
        command = UseLink(secret_hash, actor=who)
        subject = await self._context.batcher.ask(use_links, command)
        if subject is None:
            return await self._spent(request)
        return await begin_session(self._context, request, subject)

    async def use_key(self, request: Request) -> Response:
        """POST /login: sign in with a customer's client key or a worker's token."""
        if await self._is_blocked(request):
            return render(request, "shared/start.html", status=403, home="", is_blocked=True)
        form = await request.form()
        key = str(form.get("key", "")).strip()
        subject = await self._key_subject(request, key)
        if subject is None:
            return render(request, "shared/start.html", status=403, home="", is_refused=True)
        return await begin_session(self._context, request, subject, Begun(through=digest(key)))

    async def sign_out(self, request: Request) -> Response:
        """POST /logout: end this browser's session."""
        return await end_session(self._context, request)

    async def _second_proof(self, half: Subject | None) -> str:
        """Return what whoever is half signed in has to do: `use` a passkey, or `make` their first; empty for others."""
        if half is None:
            return ""
        return "use" if await passkeys_of(self._context, half) else "make"

    async def _spent(self, request: Request) -> Response:
        """Return the response for a used link: the person's page in the browser that it signed in, else a refusal."""
        async with self._context.cells.directory.acquire() as db:
            signed_in = await spent_link(db, digest(request.path_params["secret"]))
        if signed_in and signed_in == await cookie_subject(self._context, request):
            return RedirectResponse(HOMES[signed_in.role], status_code=303)
        return render(request, "shared/sign_in.html", status=410, usable=False, contact=self._context.settings.contact)

    async def _is_blocked(self, request: Request) -> bool:
        return await self._context.lookups.blocked(caller_address(request)) is not None

    async def _key_subject(self, request: Request, key: str) -> Subject | None:
        worker = await self._context.lookups.subject(key)
        if worker is not None:  # of one who is disabled a session would begin that opens nothing
            return worker if await self._context.lookups.worker(worker.subject_id) else None
        owner = await self._context.lookups.owner(key, caller_address(request))
        if isinstance(owner, Refusal) or set(owner.scopes) != set(EVERY_SCOPE):  # the pages show and do everything
            return None
        return Subject("customer", owner.account_id, owner.cell, BY_KEY)


def shut_out_words(request: Request) -> str:
    """Return what a worker is told whom the operator has disabled, as their screen says it."""
    return catalogue(look_of(request).language).ugettext(SHUT_OUT)
