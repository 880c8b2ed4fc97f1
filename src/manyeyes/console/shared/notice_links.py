"""/notices: the links in mail, for whoever reads there: one confirms the address, the other ends its notices."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from manyeyes.actions.change_notice_addresses import AddressChange
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.notices import change_address
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import NoticeId

LARGEST_FORM = 1_024  # what a mail program sends with its one click (RFC 8058)


class NoticeLinkPages:
    """Nobody is signed in here: the link is the permission. Looking at it changes nothing, since mail is scanned."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show_confirm(self, request: Request) -> Response:
        """GET /notices/confirm/{signed}: the question whether notices are wanted."""
        return self._page(request, "confirm", self._opened(request, confirms=True) is not None)

    async def show_end(self, request: Request) -> Response:
        """GET /notices/end/{signed}: the question whether they are to end."""
        return self._page(request, "end", self._opened(request, confirms=False) is not None)

    async def confirm(self, request: Request) -> Response:
        """POST /notices/confirm/{signed}: from now on notices go there."""
        return await self._change(request, AddressChange.CONFIRM)

    async def end(self, request: Request) -> Response:
        """POST /notices/end/{signed}: nothing more goes there; also the one click of a mail program (RFC 8058)."""
        size = 0
        async for piece in request.stream():  # its one field says nothing that the address does not
            size += len(piece)
            if size > LARGEST_FORM:
                return PlainTextResponse(f"a form has at most {LARGEST_FORM} bytes", status_code=413)
        return await self._change(request, AddressChange.UNSUBSCRIBE)

    async def _change(self, request: Request, change: AddressChange) -> Response:
        is_confirming = change is AddressChange.CONFIRM
        notice = self._opened(request, confirms=is_confirming)
        if notice is None:
            return self._page(request, "confirm" if is_confirming else "end", False)
        found = await change_address(self._context, notice, change, await actor_of(self._context, request))
        is_done = not isinstance(found, Refusal)
        return self._page(request, ("confirmed" if is_confirming else "ended") if is_done else "confirm", is_done)

    def _opened(self, request: Request, *, confirms: bool) -> NoticeId | None:
        return self._context.notice_links.open(request.path_params["signed"], confirms=confirms)

    def _page(self, request: Request, step: str, is_good: bool) -> Response:
        return render(request, "shared/notice_link.html", status=200 if is_good else 404, step=step, is_good=is_good)
