"""Begin a site: an account, a domain, and the token whose publication will prove that the one may act for the other."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteEvent, SiteState, Way
from manyeyes.sites.store import Event
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class AddSite(msgspec.Struct, frozen=True, kw_only=True):
    """``domain`` as `sites.rules.read_domain` gives it; ``token`` is fresh and used when there is no site yet."""

    cell: int
    event_id: int
    account_id: int
    domain: str
    token: str
    actor: Actor = BY_ITSELF


async def add_sites(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddSite]) -> list[Site]:
    """Return each site: a new one, or the one that is there already with its token. A withdrawn one begins anew."""
    # 1. Load: the sites that there are, locked.
    cell = commands[0].cell
    known = await sites.lock(tx, cell, {(c.account_id, c.domain) for c in commands})
    # 2. Begin those that are new or were withdrawn.
    added: list[Event] = []
    entries = []
    for command in commands:
        key = (command.account_id, command.domain)
        before = known.get(key)
        if before is not None and before.state is not SiteState.WITHDRAWN:
            continue
        state = {"state": before.state.name.lower()} if before else None
        after = {"state": SiteState.PENDING.name.lower(), "account_id": command.account_id}
        entries.append(change_of(command.actor, Deed.SITE_ADD, f"site:{command.domain}", state, after))
        since, swept = (before.created_at, before.swept) if before else (now, True)
        known[key] = Site(
            account_id=command.account_id,
            domain=command.domain,
            token=command.token,
            state=SiteState.PENDING,
            proven_by=Way.NONE,
            created_at=since,
            swept=swept,
        )
        await sites.put(tx, cell, known[key])
        added.append(
            Event(
                cause_id=command.event_id,
                kind=SiteEvent.ADDED,
                account_id=command.account_id,
                domain=command.domain,
            )
        )
    # 3. Save: the site's own trail, and everybody's.
    await sites.add_events(tx, now, cell, added)
    await trail.record(tx, now, cell, entries)
    return [known[command.account_id, command.domain] for command in commands]
