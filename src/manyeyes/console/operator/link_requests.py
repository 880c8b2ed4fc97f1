"""/operator/links: who asks for a new sign-in link, and whom it may be."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.house_page import HousePages, OnceShown, done
from manyeyes.console.shared.forms import number_of, text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import link_requests as house
from manyeyes.values.deeds import Deed
from manyeyes.workers.link_requests.rules import KEPT

PATH = "/operator/links"
LEAD = mark(
    "Who cannot sign in asks here for a new link. Anybody can write such a request under any name: make sure who it is"
    ", and send the link only to where you know it reaches them. Under each stand those who have this name or number; "
    "where none does, look among workers and accounts."
)


class LinkRequestsPages(HousePages):
    """The operator's page of requests for links."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/links: who asks, the oldest first, those of one name together."""
        return await self.draw(
            request,
            "links",
            here="links",
            title=mark("Asked for a link"),
            lead=LEAD,
            requests=await house.open_link_requests(self._context),
            kept_days=KEPT.days,
        )

    @for_deed(Deed.LINK_MAKE)
    async def make(self, request: Request) -> Response:
        """POST /operator/links/make: `request`, `person` (one of those whom it may be); the link is shown once."""
        form = await request.form()
        actor, number = await actor_of(self._context, request), number_of(form, "request")
        url = await house.make_asked_link(self._context, number, text_of(form, "person"), actor)
        if url is None:
            return done(PATH, "refused")
        shown = [OnceShown(mark("One-time sign-in link, good for an hour"), url)]
        return await self.show_once(request, "links", mark("The link is made"), shown, PATH, LEAD)

    @for_deed(Deed.LINK_CLOSE)
    async def dismiss(self, request: Request) -> Response:
        """POST /operator/links/dismiss: `request`, which is taken away without a link."""
        number = number_of(await request.form(), "request")
        is_done = await house.dismiss_link_request(self._context, number, await actor_of(self._context, request))
        return done(PATH, "link_dismissed" if is_done else "refused")
