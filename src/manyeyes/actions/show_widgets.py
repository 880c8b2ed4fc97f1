"""Show a site's widget to the worker who holds its task: a use of the proof, so it stands in the trail."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.dispatch import store as dispatch
from manyeyes.sites import store as sites
from manyeyes.sites.rules import SiteEvent, is_live
from manyeyes.sites.store import Event
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.values.refusals import Reason, Refusal


class ShowWidget(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    lease: LeaseId


class WidgetShown(msgspec.Struct, frozen=True):
    kind: str
    options: TokenOptions


async def show_widgets(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ShowWidget]
) -> list[WidgetShown | Refusal]:
    """Return what to show; refused when the lease is over or somebody else's, or the proof has ended.

    A page that is loaded again on the same lease stands in the trail once.
    """
    # 1. Load: what the workers hold, and the proofs that it stands on.
    cell = commands[0].cell
    held = {
        LeaseId(cell, work.task_id, work.lease): work
        for work in await dispatch.desks(tx, cell, {c.worker_id for c in commands})
        if work.site
    }
    known = await sites.hold(tx, cell, {(work.account_id, work.site) for work in held.values()})
    # 2. Decide: show what is held under a proof that is good.
    outcomes: list[WidgetShown | Refusal] = []
    shown: list[Event] = []
    for command in commands:
        work = held.get(command.lease)
        if work is None or work.worker_id != command.worker_id:
            outcomes.append(_LOST)
            continue
        key = (work.account_id, work.site)
        if key not in known or not is_live(known[key], now):
            outcomes.append(_WITHDRAWN)
            continue
        outcomes.append(WidgetShown(work.kind, _options.decode(work.options)))
        shown.append(
            Event(
                cause_id=work.task_id,
                kind=SiteEvent.WIDGET_SHOWN,
                account_id=work.account_id,
                domain=work.site,
                n=work.lease,
                worker_id=work.worker_id,
            )
        )
    # 3. Save: each use of a proof.
    await sites.add_events(tx, now, cell, shown)
    return outcomes


_LOST = Refusal(Reason.LEASE_LOST, "the time for this task was over; go on with the next")
_WITHDRAWN = Refusal(Reason.SITE_WITHDRAWN, "the owner's proof for this site has ended; go on with the next")
_options = msgspec.json.Decoder(TokenOptions)
