"""Keep how to get at buckets of customers', each in the place of what was kept under its name."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.buckets import store as buckets
from manyeyes.buckets.rules import MOST_BUCKETS, Bucket
from manyeyes.trail import store as trail
from manyeyes.trail.rules import REDACTED, TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class KeepBucket(msgspec.Struct, frozen=True, kw_only=True):
    """What was read by `buckets.rules`; ``secret``: sealed for the row."""

    cell: int
    account_id: int
    name: str
    endpoint: str
    region: str
    access_key: str
    secret: bytes
    actor: Actor = BY_ITSELF


async def keep_buckets(tx: asyncpg.Connection, now: datetime, commands: Sequence[KeepBucket]) -> list[Bucket | Refusal]:
    """Return each bucket as it is now kept, or the refusal of one that is too many; of two alike the later stays."""
    # 1. Load: all buckets of the accounts.
    cell = commands[0].cell
    known = await buckets.lock_buckets_of(tx, cell, {c.account_id for c in commands})
    counts = Counter(account_id for account_id, _ in known)
    # 2. Decide, in the order in which the commands came.
    outcomes: list[Bucket | Refusal] = []
    changed: dict[buckets.BucketKey, Bucket] = {}
    entries = []
    for c in commands:
        key = (c.account_id, c.name)
        if key not in known and counts[c.account_id] >= MOST_BUCKETS:
            outcomes.append(Refusal(Reason.UNREADABLE, f"an account has at most {MOST_BUCKETS} buckets"))
            continue
        if key not in known:
            counts[c.account_id] += 1
        before = known.get(key)
        known[key] = changed[key] = Bucket(
            account_id=c.account_id,
            name=c.name,
            endpoint=c.endpoint,
            region=c.region,
            access_key=c.access_key,
            secret=c.secret,
            created_at=known[key].created_at if key in known else now,
        )
        outcomes.append(known[key])
        if before != known[key]:
            entries.append(_told(c, before))
    # 3. Save, in one order.
    await buckets.put_buckets(tx, cell, [changed[key] for key in sorted(changed)])
    await trail.record(tx, now, cell, entries)
    return outcomes


def _told(command: KeepBucket, before: Bucket | None) -> TrailEntry | None:
    """Return the entry of a bucket that is kept: its store, and that its key is another one."""
    old = {"endpoint": before.endpoint, "region": before.region} if before else None
    new = {"endpoint": command.endpoint, "region": command.region, "secret": REDACTED}
    return change_of(command.actor, Deed.BUCKET_KEEP, f"bucket:{command.account_id}/{command.name}", old, new)
