"""/operator/addresses: networks that are shut out."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.rules import canonical_network
from manyeyes.console.operator.house_page import HousePages, cut, done, list_page
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import sites as house
from manyeyes.values.deeds import Deed

ADDRESSES_PATH = "/operator/addresses"
LEAD_ADDRESSES = mark(
    "Networks from which nobody may call, with whatever key, and nobody may use a page. Mind your own address: whoever "
    "shuts it out is out, and lets it in again on the command line."
)
NETWORK = (
    Field(
        name="network",
        label=mark("Network"),
        hint=mark("Such as 203.0.113.7 or 203.0.113.0/24."),
        reads=canonical_network,
        unfit=mark("Write a network like 203.0.113.7 or 203.0.113.0/24."),
    ),
)
NO_NETWORK = {"network": ""}


class AddressPages(HousePages):
    """The operator's page of networks that are shut out."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/addresses?q=&after=: the networks that are shut out, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.NETWORK_BLOCK)
    async def block(self, request: Request) -> Response:
        """POST /operator/addresses: shut `network` out."""
        typed = read_sheet(NETWORK, await request.form())
        if typed.faults:
            return await self._list(request, draw_sheet(request, NETWORK, NO_NETWORK, typed), 422)
        await house.block_network(self._context, typed.values["network"], await actor_of(self._context, request))
        return done(ADDRESSES_PATH, "blocked")

    @for_deed(Deed.NETWORK_UNBLOCK)
    async def unblock(self, request: Request) -> Response:
        """POST /operator/addresses/unblock: let `network` in again."""
        network = text_of(await request.form(), "network")
        is_there = network in await house.blocked_networks(self._context)
        actor = await actor_of(self._context, request)
        is_done = is_there and await house.unblock_network(self._context, network, actor)
        return done(ADDRESSES_PATH, "unblocked" if is_done else "refused")

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        fitting = [each for each in await house.blocked_networks(self._context) if asked.words in each]
        found, is_more = cut(fitting[asked.after :])
        return await self.draw(
            request,
            "addresses",
            here="addresses",
            title=mark("Addresses that are shut out"),
            lead=LEAD_ADDRESSES,
            status=status,
            asked=asked,
            networks=found,
            older=asked.address(ADDRESSES_PATH, asked.after + len(found)) if is_more else "",
            sheet=sheet or draw_sheet(request, NETWORK, NO_NETWORK),
        )
