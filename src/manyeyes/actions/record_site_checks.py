"""What a check of a site's proof saw, and what becomes of the site."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.sites import store as sites
from manyeyes.sites.rules import ProofFinding, Site, SiteState, after_check
from manyeyes.sites.store import Event
from manyeyes.values.refusals import Reason, Refusal


class RecordSiteCheck(msgspec.Struct, frozen=True, kw_only=True):
    """``token``: the one that was looked for; ``jitter`` from 0 to 1, drawn by whoever asks."""

    cell: int
    event_id: int
    account_id: int
    domain: str
    token: str
    finding: ProofFinding
    jitter: float


async def record_site_checks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RecordSiteCheck]
) -> list[Site | Refusal]:
    """Return each site as the check leaves it; a site that was withdrawn or begun anew meanwhile is left alone."""
    # 1. Load: the sites, locked.
    cell = commands[0].cell
    known = await sites.lock(tx, cell, {(c.account_id, c.domain) for c in commands})
    # 2. Decide what each check means for its site, and store that.
    events: list[Event] = []
    outcomes: list[Site | Refusal] = []
    for command in commands:
        key = (command.account_id, command.domain)
        site = known.get(key)
        if site is None or site.state is SiteState.WITHDRAWN or site.token != command.token:
            outcomes.append(_GONE)
            continue
        known[key], kind = after_check(site, command.finding, now, command.jitter)
        await sites.put(tx, cell, known[key])
        events.append(
            Event(
                cause_id=command.event_id,
                kind=kind,
                account_id=command.account_id,
                domain=command.domain,
                detail=command.finding.detail,
            )
        )
        outcomes.append(known[key])
    # 3. Save: the trail.
    await sites.add_events(tx, now, cell, events)
    return outcomes


_GONE = Refusal(Reason.UNKNOWN_SITE, "the account has no such site, or it was withdrawn; `manyeyes site add` begins it")
