"""Sites, soft apps and networks as the operator sees and changes them, alike for the command line and the pages."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import new_token
from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.add_sites import AddSite, add_sites
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from manyeyes.actions.register_soft_apps import RegisterSoftApp, register_soft_apps
from manyeyes.actions.unblock_networks import UnblockNetwork, unblock_networks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.site_checks import end_barred
from manyeyes.runtime.context import Context
from manyeyes.sites import store
from manyeyes.sites.rules import Site, SiteState, is_live
from manyeyes.sites.store import RecordedEvent
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal

LARGEST_SOFT_ID = 2_147_483_647  # an int32 on the wire and in the table


class HouseSite(msgspec.Struct, frozen=True):
    """A site where it is; ``is_stale``: it was proven, and its proof is too old."""

    cell: int
    site: Site
    is_stale: bool


class OwedApp(msgspec.Struct, frozen=True):
    """A soft app with what its owner is owed, in micro-units."""

    app: SoftApp
    owed_micros: int


async def every_site(context: Context, account_id: int | None = None) -> list[HouseSite]:
    """Return all sites, or an account's, withdrawn ones too."""
    found: list[HouseSite] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            now = await db.fetchval("SELECT now()")
            every = await store.every_site(db, cell, account_id)
        found += [HouseSite(cell, site, _is_stale(site, now)) for site in every]
    return found


async def site_of(context: Context, place: AccountPlace, domain: str) -> Site | None:
    """Return an account's site; None when it has none of this domain, which is as `read_domain` gives it."""
    async with context.cells.pool(place.cell).acquire() as db:
        return await store.site_of(db, place.cell, place.account_id, domain)


async def begin_site(context: Context, place: AccountPlace, domain: str, actor: Actor) -> Site:
    """Begin a site, or return the one that is there already; the domain is as `read_domain` gives it."""
    event_id = await context.id_blocks.take(place.cell)
    command = AddSite(
        cell=place.cell,
        event_id=event_id,
        account_id=place.account_id,
        domain=domain,
        token=new_token(),
        actor=actor,
    )
    return await context.batcher.ask(add_sites, command)


async def withdraw_site(context: Context, place: AccountPlace, domain: str, actor: Actor) -> Site | Refusal:
    """Take a site back at once: its open tasks end without charge, and no new one is taken."""
    event_id = await context.id_blocks.take(place.cell)
    command = WithdrawSite(place.cell, event_id, place.account_id, domain, actor)
    outcome = await context.batcher.ask(withdraw_sites, command)
    if not isinstance(outcome, Refusal):
        await end_barred(context, place.cell)
    return outcome


async def site_events(context: Context, domain: str, place: AccountPlace | None, limit: int) -> list[RecordedEvent]:
    """Return the newest checks and uses of a domain, of all accounts or of one."""
    found: list[RecordedEvent] = []
    for cell in context.cells.numbers if place is None else [place.cell]:
        async with context.cells.pool(cell).acquire() as db:
            found += await store.events(db, cell, domain, place.account_id if place else None, limit)
    return sorted(found, key=lambda seen: seen.at, reverse=True)[:limit]


async def every_soft_app(context: Context) -> list[OwedApp]:
    """Return all soft apps with what their owners are owed."""
    apps = await context.lookups.soft_apps()
    owed = await _owed(context, apps, context.cells.numbers)
    return [OwedApp(each, owed[each.soft_id]) for each in apps.values()]


async def register_soft_app(
    context: Context, name: str, owner: AccountPlace, soft_id: int | None, actor: Actor
) -> SoftApp | FieldFault:
    """Register an application; its number is ``soft_id``, or a free one."""
    if soft_id is not None and not 0 < soft_id <= LARGEST_SOFT_ID:
        return FieldFault("soft_id", "a softId is from 1 to %(most)s", {"most": LARGEST_SOFT_ID})
    taken = await context.lookups.soft_apps()
    number = soft_id or await context.id_blocks.take_number("soft_app")
    while soft_id is None and number in taken:
        number = await context.id_blocks.take_number("soft_app")
    new = SoftApp(number, name, owner.cell, owner.account_id)
    if not await context.batcher.ask(register_soft_apps, RegisterSoftApp(new, actor=actor)):
        return FieldFault("soft_id", "the softId %(soft_id)s is taken", {"soft_id": number})
    await context.notifier.tell_changed()
    return new


async def pay_out_share(context: Context, app: SoftApp, actor: Actor) -> int | Refusal:
    """Move all that an app's owner is owed into what they may spend; return how many micros that was."""
    others = [cell for cell in context.cells.numbers if cell != app.cell]
    elsewhere = (await _owed(context, [app.soft_id], others))[app.soft_id]
    pay_out_id = await context.id_blocks.take(app.cell)
    command = PayOutShares(
        cell=app.cell,
        pay_out_id=pay_out_id,
        soft_id=app.soft_id,
        account_id=app.account_id,
        elsewhere_micros=elsewhere,
        actor=actor,
    )
    return await context.batcher.ask(pay_out_shares, command)


async def blocked_networks(context: Context) -> list[str]:
    """Return the networks that are shut out."""
    async with context.cells.directory.acquire() as db:
        return await accounts.blocked_networks(db)


async def block_network(context: Context, network: str, actor: Actor) -> None:
    """Shut a network out, which is as `canonical_network` writes it."""
    await context.batcher.ask(block_networks, BlockNetwork(network, actor=actor))
    await context.notifier.tell_changed()


async def unblock_network(context: Context, network: str, actor: Actor) -> bool:
    """Let a network in again; return whether it was shut out."""
    is_done = await context.batcher.ask(unblock_networks, UnblockNetwork(network, actor=actor))
    await context.notifier.tell_changed()
    return is_done


def _is_stale(site: Site, now: datetime) -> bool:
    return site.state is SiteState.LIVE and not is_live(site, now)


async def _owed(context: Context, soft_ids: Iterable[int], cells: Iterable[int]) -> Counter[int]:
    """Return what owners of apps are owed in these cells together; a cell may have less than nothing."""
    total: Counter[int] = Counter()
    for cell in cells:
        async with context.cells.pool(cell).acquire() as db:
            total.update(await soft_apps.owed_of(db, cell, soft_ids))
    return total
