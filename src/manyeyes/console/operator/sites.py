"""/operator/sites: domains whose owners let an account have tasks for them; beginning, checking, withdrawing one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.accounts import NO_NUMBER
from manyeyes.console.operator.house_page import HousePages, cut, done, list_page
from manyeyes.console.operator.readers import whole_in
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import accounts as house_accounts
from manyeyes.roles.house import sites as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.sites import HouseSite
from manyeyes.roles.site_checks import check
from manyeyes.sites.rules import Site, SiteState, file_address, proof_text, read_domain, record_name
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal

PATH = "/operator/sites"
MOST_EVENTS = 100
LEAD = mark(
    "A site is a domain whose owner lets one account have tasks for its own widgets. The owner publishes a proof; it "
    "is looked for again every day. Without it no task of that domain is taken."
)
LEAD_ONE = mark("What its owner publishes, what was seen of it, and every use of the domain, the newest first.")
STATES = {
    SiteState.PENDING: mark("Not proven yet"),
    SiteState.LIVE: mark("Proven"),
    SiteState.LOST: mark("No longer proven"),
    SiteState.WITHDRAWN: mark("Withdrawn"),
}
LOOKS = {SiteState.PENDING: "waiting", SiteState.LIVE: "solved", SiteState.LOST: "unsolvable"}  # reading_pages.css
NO_ACCOUNT = mark("There is no account %(account)s.")
NEW = (
    Field(
        name="domain",
        label=mark("Domain"),
        hint=mark("Such as shop.example; hosts below it are covered by a DNS proof."),
        reads=read_domain,
        unfit=mark("Write a domain like shop.example."),
    ),
    Field(
        name="account",
        label=mark("Account that the owner names, by number"),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
        size=12,
    ),
)
BLANK = {"domain": "", "account": ""}


class SitePages(HousePages):
    """The operator's pages of sites."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/sites?q=&after=: sites by domain; ``q``: a part of the domain, or an account's number."""
        return await self._list(request)

    @for_deed(Deed.SITE_ADD)
    async def create(self, request: Request) -> Response:
        """POST /operator/sites: `domain`, `account`. A site that is there already is shown."""
        typed, fault = read_sheet(NEW, await request.form()), None
        if not typed.faults:
            account = await house_accounts.account_of(self._context, typed.values["account"])
            if account is not None:
                actor = await actor_of(self._context, request)
                site = await house.begin_site(self._context, account.place, typed.values["domain"], actor)
                return done(_path(site), "changed")
            fault = FieldFault("account", NO_ACCOUNT, {"account": typed.texts["account"]})
        return await self._list(request, draw_sheet(request, NEW, BLANK, typed, fault), 422)

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/sites/{account_id}/{domain}: one site with its events; 404 of none."""
        found = await self._found(request)
        if found is None:
            return self.missing(request)
        account = await house_accounts.account_of(self._context, found.site.account_id)
        events = await house.site_events(self._context, found.site.domain, None, MOST_EVENTS)
        return await self.draw(
            request,
            "site",
            here="site",
            name=found.site.domain,
            lead=LEAD_ONE,
            site=found.site,
            path=_path(found.site),
            account=account,
            state=_state(request, found),
            look="unsolvable" if found.is_stale else LOOKS.get(found.site.state, ""),
            record=record_name(found.site.domain),
            proof=proof_text(found.site.token),
            file=file_address(found.site.domain),
            events=[each for each in events if each.event.account_id == found.site.account_id],
        )

    @for_deed(Deed.SITE_ADD)
    async def check(self, request: Request) -> Response:
        """POST /operator/sites/{account_id}/{domain}/check: look for the proof now."""
        found = await self._found(request)
        if found is None:
            return self.missing(request)
        outcome = await check(self._context, found.cell, found.site)
        if isinstance(outcome, Refusal):
            return done(_path(found.site), "refused")
        is_proven = outcome.state is SiteState.LIVE and not outcome.failures
        return done(_path(found.site), "proven" if is_proven else "not_proven")

    @for_deed(Deed.SITE_WITHDRAW)
    async def withdraw(self, request: Request) -> Response:
        """POST /operator/sites/{account_id}/{domain}/withdraw: take a site back at once."""
        found = await self._found(request)
        account = await house_accounts.account_of(self._context, found.site.account_id) if found else None
        if found is None or account is None:
            return self.missing(request)
        actor = await actor_of(self._context, request)
        outcome = await house.withdraw_site(self._context, account.place, found.site.domain, actor)
        return done(_path(found.site), "refused" if isinstance(outcome, Refusal) else "withdrawn")

    async def _found(self, request: Request) -> HouseSite | None:
        wanted = (request.path_params["account_id"], request.path_params["domain"])
        every = await house.every_site(self._context)
        return next((each for each in every if (str(each.site.account_id), each.site.domain) == wanted), None)

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        words = asked.words.lower()
        every = sorted(await house.every_site(self._context), key=lambda each: (each.site.domain, each.site.account_id))
        fitting = [each for each in every if words in each.site.domain or words == str(each.site.account_id)]
        found, is_more = cut(fitting[asked.after :])
        return await self.draw(
            request,
            "sites",
            here="sites",
            title=mark("Sites"),
            lead=LEAD,
            status=status,
            asked=asked,
            sites=[_line(request, each) for each in found],
            older=asked.address(PATH, asked.after + len(found)) if is_more else "",
            sheet=sheet or draw_sheet(request, NEW, BLANK),
        )


def _path(site: Site) -> str:
    return f"{PATH}/{site.account_id}/{site.domain}"


def _state(request: Request, found: HouseSite) -> str:
    state = SiteState.LOST if found.is_stale else found.site.state
    return str(catalogue(look_of(request).language).ugettext(STATES[state]))


def _line(request: Request, found: HouseSite) -> dict[str, Any]:
    look = "unsolvable" if found.is_stale else LOOKS.get(found.site.state, "")
    return {"site": found.site, "href": _path(found.site), "state": _state(request, found), "look": look}
