"""/customer/buckets: the stores' buckets that an account's tasks may name pictures in, kept, listed and forgotten."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.buckets import (
    BUCKET_NOTICES,
    FORGOTTEN,
    KEPT,
    blank_bucket,
    forget_named_bucket,
    keep_typed_bucket,
    listed_buckets,
)
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.sheets import DrawnSheet
from manyeyes.runtime.context import Context

PATH = "/customer/buckets"
NOTICES = BUCKET_NOTICES | {"refused": (mark("It is not there any more."), "warn")}


class BucketPages:
    """A customer's page about their buckets."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/buckets: the account's buckets without their secrets, and a form for another one."""
        return await self._page(request, place, blank_bucket(request))

    @for_customers
    async def keep(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/buckets: `name`, `endpoint`, `region`, `access_key`, `secret`; that name is replaced."""
        faulty = await keep_typed_bucket(self._context, request, place)
        return await self._page(request, place, faulty, 422) if faulty else _done(KEPT)

    @for_customers
    async def forget(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/buckets/remove: `bucket`, the name of one of them."""
        refused = await forget_named_bucket(self._context, request, place)
        return _done("refused" if refused else FORGOTTEN)

    async def _page(self, request: Request, place: AccountPlace, sheet: DrawnSheet, status: int = 200) -> Response:
        return render(
            request,
            "customer/buckets.html",
            status=status,
            person=place.name,
            notice=said_notice(request, NOTICES, catalogue(look_of(request).language).ugettext),
            buckets=await listed_buckets(self._context, place),
            sheet=sheet,
        )


def _done(notice: str) -> Response:
    return RedirectResponse(f"{PATH}?notice={notice}", status_code=303)
