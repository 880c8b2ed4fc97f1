"""/company: the company's own sign-in, and connecting it with whoever is signed in."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import Begun, begin_session
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.company_sign_in import (
    STATE_SECONDS,
    CompanyProof,
    CompanySignIn,
    CompanyTrouble,
    admit_identity,
    company_name,
    connect_identity,
    disconnect_identity,
)
from manyeyes.roles.sign_in import caller_address, cookie_hash, cookie_subject, is_by_key, is_secure, told_whence
from manyeyes.runtime.context import Context
from manyeyes.staff.rules import COMPANYS_WORD_SECONDS
from manyeyes.values.actor import COMPANY, SCREEN, Actor
from manyeyes.workers.identities.rules import session_mark
from manyeyes.workers.sign_outs.store import NONE

COOKIE = "manyeyes_company"
TROUBLE: Mapping[CompanyTrouble, str] = {
    CompanyTrouble.UNREACHABLE: mark(
        "The company's sign-in cannot be reached now. Try again later, or sign in another way."
    ),
    CompanyTrouble.DECLINED: mark("The company's sign-in said no, or it was broken off."),
    CompanyTrouble.TOO_LATE: mark("That took too long, or began in another browser. Try once more."),
    CompanyTrouble.UNPROVEN: mark("What the company's sign-in sent back does not hold. Try once more."),
    CompanyTrouble.NOT_ADMITTED: mark(
        "Your company knows you, but nothing here says what you may do. Ask the operator."
    ),
    CompanyTrouble.TAKEN: mark("This sign-in of the company signs somebody else in here."),
}


class CompanyPages:
    """The company's sign-in in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._company = CompanySignIn(context)

    async def sign_in(self, request: Request) -> Response:
        """GET /company/sign-in: go to the company's sign-in."""
        return await self._depart(request)

    async def connect(self, request: Request) -> Response:
        """GET /company/connect: go there to connect it with who is signed in here, from a page of our own alone.

        A page of somebody else's could have its reader connect the account that it signed them in with at the provider.
        It is no form, since browsers hold a form's redirect to `form-action`. Whom a browser does not help to tell, is
        told so at /sessions.
        """
        if company_name(self._context) and told_whence(request) != "same-origin":
            return RedirectResponse("/sessions", status_code=303)
        subject = await cookie_subject(self._context, request)
        if subject is None or is_by_key(subject):
            return RedirectResponse("/", status_code=303)
        return await self._depart(request, connects=cookie_hash(request))

    async def back(self, request: Request) -> Response:
        """GET /company/back: who comes back is signed in, or connected."""
        if not company_name(self._context):
            return RedirectResponse("/", status_code=303)
        if await self._context.lookups.blocked(caller_address(request)) is not None:
            return render(request, "shared/start.html", status=403, home="", is_blocked=True)
        waiting = self._company.kept(request.cookies.get(COOKIE, ""))
        if waiting is None:
            return _without_cookie(self._trouble(request, CompanyTrouble.TOO_LATE))
        proof = await self._company.come_back(waiting, dict(request.query_params))
        if isinstance(proof, CompanyTrouble):
            return _without_cookie(self._trouble(request, proof))
        if not waiting.connects:
            return _without_cookie(await self._admitted(request, proof))
        return _without_cookie(await self._connected(request, proof, waiting.connects))

    async def disconnect(self, request: Request) -> Response:
        """POST /company/disconnect: `issuer` and `sub` of what is parted from who is signed in."""
        subject = await cookie_subject(self._context, request)
        form = await request.form()
        if subject is not None:
            named = (text_of(form, "issuer"), text_of(form, "sub"))
            await disconnect_identity(self._context, await actor_of(self._context, request), subject, *named)
        return RedirectResponse("/sessions", status_code=303)

    async def _depart(self, request: Request, *, connects: bytes = NONE) -> Response:
        if not company_name(self._context):
            return RedirectResponse("/", status_code=303)
        there = await self._company.depart(connects=connects)
        if isinstance(there, CompanyTrouble):
            return self._trouble(request, there)
        response = RedirectResponse(there.url, status_code=303)
        secure = is_secure(self._context, request)
        response.set_cookie(
            COOKIE, there.kept, max_age=STATE_SECONDS, path="/company", httponly=True, samesite="lax", secure=secure
        )
        return response

    async def _admitted(self, request: Request, proof: CompanyProof) -> Response:
        who = Actor(role=COMPANY, name=proof.identity.name, via=SCREEN, address=caller_address(request))
        subject = await admit_identity(self._context, who, proof)
        if isinstance(subject, CompanyTrouble):
            return self._trouble(request, subject)
        needs = (proof.identity.issuer, proof.identity.sub)
        begun = Begun(
            through=session_mark(*needs),
            begun_by="company",
            factors=proof.factors,
            needs=needs,
            seconds=COMPANYS_WORD_SECONDS,
        )
        return await begin_session(self._context, request, subject, begun)

    async def _connected(self, request: Request, proof: CompanyProof, asked: bytes) -> Response:
        """Connect whoever asked for it, by their session's hash: who is signed in by another one now did not."""
        subject = await cookie_subject(self._context, request)
        if subject is None or cookie_hash(request) != asked:
            return self._trouble(request, CompanyTrouble.TOO_LATE)
        trouble = await connect_identity(self._context, await actor_of(self._context, request), subject, proof)
        return self._trouble(request, trouble) if trouble else RedirectResponse("/sessions", status_code=303)

    def _trouble(self, request: Request, trouble: CompanyTrouble) -> Response:
        said = catalogue(look_of(request).language).ugettext(TROUBLE[trouble])
        status = 503 if trouble is CompanyTrouble.UNREACHABLE else 403
        contact = self._context.settings.contact
        return render(request, "shared/company_trouble.html", status=status, said=said, contact=contact)


def _without_cookie(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/company", httponly=True, samesite="lax")
    return response
