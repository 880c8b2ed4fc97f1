"""/customer/colleagues: who signs in for an account, invited, changed and removed by its owners."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.roles import FOUNDER, PersonRole
from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.account_wording import in_words, refused
from manyeyes.console.shared.forms import choice_of, text_of, typed_in
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.person_roles import ABOUT_ROLES, ROLES
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import people
from manyeyes.roles.customer.people import Invited, people_of
from manyeyes.roles.sign_in import person_of
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import LONGEST_NAME

PATH = "/customer/colleagues"
_NOBODY = Refusal(Reason.ROLE_FORBIDS, "")


class ColleaguePages:
    """The page of an account's people."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/colleagues: the people with their roles, and a form that invites another one."""
        return await self._page(request, place)

    @for_customers
    async def invite(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/colleagues: `name`, `role`; their one-time address is shown this once."""
        form, person = await request.form(), await person_of(self._context, request)
        name, role = typed_in(form, "name"), text_of(form, "role")
        actor = await actor_of(self._context, request)
        found = await people.invite_person(self._context, place, name, role, actor, by=person) if person else _NOBODY
        return await self._page(request, place, found, (name, role) if isinstance(found, Refusal) else ("", ""))

    @for_customers
    async def change(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/colleagues/change: `person`, `name`, `role`."""
        form, person = await request.form(), await person_of(self._context, request)
        number, given = choice_of(form, "person"), (typed_in(form, "name"), text_of(form, "role"))
        actor = await actor_of(self._context, request)
        refusal = await people.change_person(self._context, person, number, given, actor) if person else _NOBODY
        return await self._changed(request, place, refusal)

    @for_customers
    async def remove(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/colleagues/remove: `person`; they are signed out everywhere."""
        form, person = await request.form(), await person_of(self._context, request)
        number, actor = choice_of(form, "person"), await actor_of(self._context, request)
        refusal = await people.remove_person(self._context, person, number, actor) if person else _NOBODY
        return await self._changed(request, place, refusal)

    @for_customers
    async def link(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/colleagues/link: `person`; another one-time address, shown this once."""
        form, person = await request.form(), await person_of(self._context, request)
        number, actor = choice_of(form, "person"), await actor_of(self._context, request)
        found = await people.fresh_link(self._context, place, number, actor, by=person) if person else _NOBODY
        return await self._page(request, place, found)

    async def _changed(self, request: Request, place: AccountPlace, refusal: Refusal | None) -> Response:
        if refusal is None:
            return RedirectResponse(PATH, status_code=303)
        return await self._page(request, place, refusal)

    async def _page(
        self,
        request: Request,
        place: AccountPlace,
        found: Invited | Refusal | None = None,
        typed: tuple[str, str] = ("", ""),
    ) -> Response:
        here = await person_of(self._context, request)
        return render(
            request,
            "customer/colleagues.html",
            status=422 if isinstance(found, Refusal) else 200,
            person=place.name,
            people=await people_of(self._context, place),
            me=here.person_id if here else None,
            founder=FOUNDER,
            invited=found if isinstance(found, Invited) else None,
            refused=refused(request, found) if isinstance(found, Refusal) else None,
            typed_name=typed[0],
            typed_role=typed[1] or PersonRole.MEMBER,
            roles=in_words(request, {str(role): words for role, words in ROLES.items()}),
            about=in_words(request, {str(role): words for role, words in ABOUT_ROLES.items()}),
            longest_name=LONGEST_NAME,
        )
