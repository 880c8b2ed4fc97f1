"""For how long what lies on desks stays there while its people work at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import SQL, Work
from manyeyes.values.lease_time import latest_end, renewed_until


def renewable_until(work: Work) -> datetime | None:
    """Return until when its lease may be renewed; None while nobody looks at it."""
    if work.state is not WorkState.LEASED or work.desk_since is None:
        return None
    return latest_end(work.desk_since, work.lease_seconds)


def shown(work: Work, now: datetime) -> Work:
    """Return a queued task as its worker looks at it from now on, for a whole lease.

    What they looked at before, and lay behind what they took back, counts as looked at for as long, and is theirs for
    three leases in all.
    """
    since = now - timedelta(milliseconds=work.aside_ms)
    until = min(now + timedelta(seconds=work.lease_seconds), latest_end(since, work.lease_seconds))
    return msgspec.structs.replace(work, state=WorkState.LEASED, lease_until=until, desk_since=since, aside_ms=0)


def looked_ms(work: Work, now: datetime) -> int:
    """Return for how long they looked at it; at least a millisecond, which is also for what was answered unseen."""
    if work.state is not WorkState.LEASED or work.desk_since is None:
        return max(1, work.aside_ms)
    return max(1, (now - work.desk_since) // timedelta(milliseconds=1))


def desk_order(work: Work) -> tuple[WorkState, bool, int]:
    """Return what sorts a desk: what is looked at, what was before something was taken back, then what is unseen."""
    return work.state, work.aside_ms == 0, work.task_id


def told(held: Sequence[Work]) -> list[Work]:
    """Return what of a desk, in its order, its worker is told: the first, and the next unless it is to be warned of.

    The picture of what comes next may be fetched in advance.
    """
    return [work for n, work in enumerate(held[:2]) if n == 0 or not work.marks]


def renewed(work: Work, now: datetime) -> Work:
    """Return a task on a live lease with that renewed; what nobody has been shown yet stays as it is."""
    if renewable_until(work) is None or work.lease_until is None or work.desk_since is None:
        return work
    until = renewed_until(now, work.lease_until, work.desk_since, work.lease_seconds)
    return msgspec.structs.replace(work, lease_until=until)


async def renew(tx: asyncpg.Connection, cell: int, leases: Mapping[int, datetime]) -> None:
    """Let tasks on locked desks lie there until the given instants, by task; when they were shown stays."""
    if leases:
        await tx.execute(SQL.renew, cell, *zip(*sorted(leases.items()), strict=True))
