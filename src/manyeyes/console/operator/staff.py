"""/operator/staff: who runs this installation: taking somebody on, their links, parting with them."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.accounts import NAME
from manyeyes.console.operator.house_page import ID_DIGITS, HousePages, OnceShown, done, with_passkeys
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import staff as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.login_links import login_url
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.staff.rules import FOUNDER
from manyeyes.staff.store import StaffMember
from manyeyes.values.actor import AUDITOR, OPERATOR, SUPPORT
from manyeyes.values.deeds import Deed
from manyeyes.values.integers import whole_number

PATH = "/operator/staff"
LEAD = mark(
    "Who runs this installation. An operator does everything, an auditor sees everything and changes nothing, support "
    "does all but money, prices and staff. Whoever you remove is signed out at once; the founding operator stays."
)
LINK = mark("One-time sign-in link, good for an hour")
ROLES = {
    OPERATOR: mark("Operator: everything"),
    SUPPORT: mark("Support: all but money, prices and staff"),
    AUDITOR: mark("Auditor: sees everything, changes nothing"),
}
ROLE = Field(name="role", label=mark("Part"), kind="choice", unfit=mark("Choose one of the roles."))
NOBODY = {"name": "", "role": SUPPORT}


class StaffPages(HousePages):
    """The operator's page of the staff."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/staff: who runs the installation, the founding operator first."""
        return await self._list(request)

    @for_deed(Deed.STAFF_ADD)
    async def add(self, request: Request) -> Response:
        """POST /operator/staff: `name`, `role`. Their one-time link is shown only this once."""
        fields = _fields(request)
        typed, fault = read_sheet(fields, await request.form()), None
        if not typed.faults:
            actor = await actor_of(self._context, request)
            new = await house.take_on(self._context, typed.values["name"], typed.values["role"], actor)
            if not isinstance(new, FieldFault):
                return await self._once(request, mark("They may sign in"), new.login_url)
            fault = new
        return await self._list(request, draw_sheet(request, fields, NOBODY, typed, fault), 422)

    @for_deed(Deed.STAFF_LINK)
    async def link(self, request: Request) -> Response:
        """POST /operator/staff/link: `staff`; make somebody's one-time link, which is shown only this once."""
        found = await self._found(request)
        if found is None:
            return done(PATH, "refused")
        url = await login_url(self._context, house.as_subject(found), await actor_of(self._context, request))
        return await self._once(request, mark("The link is made"), url)

    @for_deed(Deed.STAFF_LINK)
    async def sign_out(self, request: Request) -> Response:
        """POST /operator/staff/sign-out: `staff`, `passkeys`; end every session of somebody's."""
        found = await self._found(request)
        if found is None:
            return done(PATH, "refused")
        actor, is_lost = await actor_of(self._context, request), await with_passkeys(request)
        await end_sign_ins(self._context, house.as_subject(found), actor, with_passkeys=is_lost)
        return done(PATH, "signed_out")

    @for_deed(Deed.STAFF_REMOVE)
    async def remove(self, request: Request) -> Response:
        """POST /operator/staff/remove: `staff`; part with somebody who did not found it."""
        found, actor = await self._found(request), await actor_of(self._context, request)
        is_gone = found and await house.part_with(self._context, found.staff_id, actor) is not None
        return done(PATH, "staff_removed" if is_gone else "refused")

    async def _found(self, request: Request) -> StaffMember | None:
        number = whole_number(text_of(await request.form(), "staff"), ID_DIGITS)
        return next((each for each in await house.staff_here(self._context) if each.staff_id == number), None)

    async def _once(self, request: Request, title: str, url: str) -> Response:
        return await self.show_once(request, "staff", title, [OnceShown(LINK, url)], PATH)

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        say = catalogue(look_of(request).language).ugettext
        here = await house.staff_here(self._context)
        return await self.draw(
            request,
            "staff",
            here="staff",
            title=mark("Staff"),
            lead=LEAD,
            status=status,
            staff=[(each, say(ROLES[each.role]), each.staff_id == FOUNDER) for each in here],
            sheet=sheet or draw_sheet(request, _fields(request), NOBODY),
        )


def _fields(request: Request) -> tuple[Field, ...]:
    say = catalogue(look_of(request).language).ugettext
    return NAME, msgspec.structs.replace(ROLE, choices=tuple((role, say(words)) for role, words in ROLES.items()))
