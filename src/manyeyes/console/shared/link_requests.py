"""/link: whoever cannot sign in asks the operator for a new link. Nothing here tells whether somebody is known."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.forms import typed_in
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house.link_requests import ask_for_link
from manyeyes.roles.sign_in import caller_address
from manyeyes.runtime.context import Context
from manyeyes.workers.link_requests.rules import KEPT, LONGEST_NAME, LONGEST_REACH, read_asker, read_reach

READS = {"name": read_asker, "reach": read_reach}
LONGEST = {"name": LONGEST_NAME, "reach": LONGEST_REACH}


class LinkRequestPages:
    """Asking for a link in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, request: Request) -> Response:
        """GET /link: the form, or, behind it, that the request lies before the operator."""
        return self._page(request, is_asked=request.query_params.get("asked") == "yes")

    async def ask(self, request: Request) -> Response:
        """POST /link: `name`, `reach`. 422: it cannot be read, 429: too many wait, 403: from where nobody may."""
        if await self._context.lookups.blocked(caller_address(request)) is not None:
            return render(request, "shared/start.html", status=403, home="", is_blocked=True)
        form = await request.form()
        typed = {field: typed_in(form, field) for field in READS}
        found, unfit = {}, set()
        for field, reads in READS.items():
            try:
                found[field] = reads(typed[field])
            except ValueError:
                unfit.add(field)
        if unfit:
            return self._page(request, status=422, typed=typed, unfit=unfit)
        actor = await actor_of(self._context, request)
        if not await ask_for_link(self._context, found["name"], found["reach"], actor):
            return self._page(request, status=429, typed=typed, is_full=True)
        return RedirectResponse("/link?asked=yes", status_code=303)

    def _page(
        self,
        request: Request,
        *,
        status: int = 200,
        typed: dict[str, str] | None = None,
        unfit: set[str] | None = None,
        is_asked: bool = False,
        is_full: bool = False,
    ) -> Response:
        return render(
            request,
            "shared/link_request.html",
            status=status,
            contact=self._context.settings.contact,
            typed={field: text[: LONGEST[field] * 2] for field, text in (typed or dict.fromkeys(READS, "")).items()},
            unfit=unfit or set(),
            longest=LONGEST,
            kept_days=KEPT.days,
            is_asked=is_asked,
            is_full=is_full,
        )
