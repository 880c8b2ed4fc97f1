"""Take a site back: from this commit on no task of it is created or answered; open ones end within a sweep."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteEvent, SiteState
from manyeyes.sites.store import Event
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class WithdrawSite(msgspec.Struct, frozen=True):
    cell: int
    event_id: int
    account_id: int
    domain: str
    actor: Actor = BY_ITSELF


async def withdraw_sites(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[WithdrawSite]
) -> list[Site | Refusal]:
    """Return each site as withdrawn, or that there is none. A site that is withdrawn already stays as it is."""
    cell = commands[0].cell
    known = await sites.lock(tx, cell, {(c.account_id, c.domain) for c in commands})
    done: list[Event] = []
    entries = []
    for command in commands:
        key = (command.account_id, command.domain)
        site = known.get(key)
        if site is None or site.state is SiteState.WITHDRAWN:
            continue
        why = "taken back by the operator"
        known[key] = msgspec.structs.replace(
            site, state=SiteState.WITHDRAWN, check_at=None, failures=0, why=why, swept=False
        )
        await sites.put(tx, cell, known[key])
        was, state = {"state": site.state.name.lower()}, {"state": SiteState.WITHDRAWN.name.lower()}
        entries.append(change_of(command.actor, Deed.SITE_WITHDRAW, f"site:{command.domain}", was, state))
        done.append(
            Event(
                cause_id=command.event_id,
                kind=SiteEvent.WITHDRAWN,
                account_id=command.account_id,
                domain=command.domain,
                detail=why,
            )
        )
    await sites.add_events(tx, now, cell, done)
    await trail.record(tx, now, cell, entries)
    return [known.get((c.account_id, c.domain), _UNKNOWN) for c in commands]


_UNKNOWN = Refusal(Reason.UNKNOWN_SITE, "the account has no such site")
