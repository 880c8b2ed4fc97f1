"""/customer/notices: which notices go to which address by e-mail, and what became of the last one."""

from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.change_notice_addresses import AddressChange
from manyeyes.console.customer.account_wording import in_words, refused
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import LANGUAGES, mark
from manyeyes.console.shared.rendering import render
from manyeyes.notices.rules import CONFIRM_DAYS, NoticeKind, can_confirm
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.notices import ListedAddress, add_address, addresses_of, change_address, choose_notices
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import NoticeId

PATH = "/customer/notices"
KINDS = {
    NoticeKind.BALANCE_LOW: mark("The balance is low"),
    NoticeKind.JOB_FINISHED: mark("A job has finished"),
    NoticeKind.JOB_STUCK: mark("A job does not move"),
    NoticeKind.TOP_UP_DECIDED: mark("A top-up was approved or declined"),
    NoticeKind.COMPLAINT_DECIDED: mark("A complaint was decided"),
}
STATES = {
    "asked": mark("Waits to be confirmed"),
    "over": mark("Was not confirmed in time"),
    "confirmed": mark("Confirmed"),
    "unsubscribed": mark("Unsubscribed there"),
}
LOOKS = {"asked": "waiting", "over": "unsolvable", "confirmed": "solved", "unsubscribed": "unsolvable"}
MAILS = {0: mark("Waiting"), 1: mark("Delivered"), 2: mark("Given up")}


class NoticePages:
    """The page on which a customer says what is told where."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/notices: the addresses with their notices, and a form for another one."""
        return await self._page(request, place)

    @for_customers
    async def add(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/notices: `address`, `language`, and `notices` as often as there are."""
        form = await request.form()
        language = text_of(form, "language")
        kinds = [str(each) for each in form.getlist("notices")]
        typed = {"address": typed_in(form, "address"), "language": language, "notices": kinds}
        given = (typed_in(form, "address"), kinds, language if language in LANGUAGES else look_of(request).language)
        actor = await actor_of(self._context, request)
        found = await add_address(self._context, place, given, actor)
        if isinstance(found, Refusal):
            return await self._page(request, place, found, typed)
        return RedirectResponse(f"{PATH}?added=yes", status_code=303)

    @for_customers
    async def change(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/notices/change: `address_id` and its `notices`."""
        form, actor = await request.form(), await actor_of(self._context, request)
        kinds = [str(each) for each in form.getlist("notices")]
        found = await choose_notices(self._context, place, _serial_of(form), kinds, actor)
        return await self._page(request, place, found) if isinstance(found, Refusal) else self._back()

    @for_customers
    async def remove(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/notices/remove: `address_id`."""
        form, actor = await request.form(), await actor_of(self._context, request)
        notice = NoticeId(place.cell, place.account_id, _serial_of(form))
        found = await change_address(self._context, notice, AddressChange.REMOVE, actor)
        return await self._page(request, place, found) if isinstance(found, Refusal) else self._back()

    def _back(self) -> Response:
        return RedirectResponse(PATH, status_code=303)

    async def _page(
        self,
        request: Request,
        place: AccountPlace,
        refusal: Refusal | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        every = [str(kind) for kind in NoticeKind]
        blank = {"address": "", "language": look_of(request).language, "notices": every}
        listed = await addresses_of(self._context, place)
        return render(
            request,
            "customer/notices.html",
            status=422 if refusal else 200,
            person=place.name,
            is_on=self._context.mail_door.server is not None,
            is_added=request.query_params.get("added") == "yes",
            addresses=[_line(each, datetime.now(UTC)) for each in listed],
            kinds=in_words(request, {str(kind): words for kind, words in KINDS.items()}),
            states=in_words(request, STATES),
            looks=LOOKS,
            mails=in_words(request, {str(state): words for state, words in MAILS.items()}),
            languages=LANGUAGES,
            days=CONFIRM_DAYS,
            refused=refused(request, refusal) if refusal else None,
            typed=typed or blank,
        )


def _line(listed: ListedAddress, now: datetime) -> dict[str, Any]:
    """Return an address as the template draws it."""
    found, last = listed.found, listed.last
    state = "unsubscribed" if found.unsubscribed else "confirmed" if found.confirmed_at else "asked"
    if state == "asked" and not can_confirm(found, now):
        state = "over"
    return {
        "id": found.address_id,
        "address": found.address,
        "notices": found.notices,
        "language": LANGUAGES.get(found.language, found.language),
        "state": state,
        "is_live": found.ended_at is None,
        "mail": str(last.state) if last else "",
        "mailed_at": last.told_at if last else None,
        "fault": last.last_fault if last else "",
    }


def _serial_of(form: FormData) -> int:
    return whole_number(text_of(form, "address_id"), 18) or 0
