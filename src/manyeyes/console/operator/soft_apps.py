"""/operator/soft-apps: applications of developers, who get a share of what is spent through them."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.accounts import NAME as NAME_FIELD
from manyeyes.console.operator.accounts import NO_NUMBER
from manyeyes.console.operator.house_page import HousePages, cut, done, list_page
from manyeyes.console.operator.readers import or_none, whole_in
from manyeyes.console.operator.sites import NO_ACCOUNT
from manyeyes.console.shared.forms import number_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import accounts as house_accounts
from manyeyes.roles.house import sites as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal

APPS_PATH = "/operator/soft-apps"
LEAD_APPS = mark(
    "A soft app is a developer's application: it sends its softId with each task, and its owner, an account, gets a "
    "share of what is spent through it. What is owed waits until you pay it out."
)
NEW_APP = (
    NAME_FIELD,
    Field(
        name="account",
        label=mark("Owner: an account's number"),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
        size=12,
    ),
    Field(
        name="soft_id",
        label="softId",
        hint=mark("What the application sends; many have theirs built in. Empty: a free one."),
        mode="numeric",
        reads=or_none(whole_in),
        unfit=NO_NUMBER,
        size=12,
    ),
)
NO_APP = {"name": "", "account": "", "soft_id": ""}


class SoftAppPages(HousePages):
    """The operator's page of soft apps."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/soft-apps?q=&after=: applications by softId, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.SOFT_APP_ADD)
    async def create(self, request: Request) -> Response:
        """POST /operator/soft-apps: `name`, `account`, `soft_id`."""
        typed, fault = read_sheet(NEW_APP, await request.form()), None
        if not typed.faults:
            given = typed.values
            account = await house_accounts.account_of(self._context, given["account"])
            if account is None:
                fault = FieldFault("account", NO_ACCOUNT, {"account": typed.texts["account"]})
            else:
                actor = await actor_of(self._context, request)
                name, soft_id = given["name"], given["soft_id"]
                new = await house.register_soft_app(self._context, name, account.place, soft_id, actor)
                if not isinstance(new, FieldFault):
                    return done(APPS_PATH, "changed")
                fault = new
        return await self._list(request, draw_sheet(request, NEW_APP, NO_APP, typed, fault), 422)

    @for_deed(Deed.SHARE_PAY_OUT)
    async def pay_out(self, request: Request) -> Response:
        """POST /operator/soft-apps/pay-out: `soft_id`. What is owed moves into what its owner may spend, once."""
        found = (await self._context.lookups.soft_apps()).get(number_of(await request.form(), "soft_id"))
        if found is None:
            return self.missing(request)
        paid = await house.pay_out_share(self._context, found, await actor_of(self._context, request))
        return done(APPS_PATH, "refused" if isinstance(paid, Refusal) else "paid_out" if paid else "nothing_owed")

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        words = asked.words.lower()
        found, is_more = cut(
            [
                each
                for each in sorted(await house.every_soft_app(self._context), key=lambda each: each.app.soft_id)
                if each.app.soft_id > asked.after
                and (words in each.app.name.lower() or words in (str(each.app.soft_id), str(each.app.account_id)))
            ]
        )
        return await self.draw(
            request,
            "soft_apps",
            here="soft_apps",
            title=mark("Soft apps"),
            lead=LEAD_APPS,
            status=status,
            asked=asked,
            apps=found,
            older=asked.address(APPS_PATH, found[-1].app.soft_id) if is_more else "",
            sheet=sheet or draw_sheet(request, NEW_APP, NO_APP),
        )
