"""Keep how to get at buckets of customers', each in the place of what was kept under its name."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.buckets import store as buckets
from manyeyes.buckets.rules import MOST_BUCKETS, Bucket
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


async def keep_buckets(tx: asyncpg.Connection, now: datetime, commands: Sequence[KeepBucket]) -> list[Bucket | Refusal]:
    """Return each bucket as it is now kept, or the refusal of one that is too many; of two alike the later stays."""
    # 1. Load: all buckets of the accounts.
    cell = commands[0].cell
    known = await buckets.lock_buckets_of(tx, cell, {c.account_id for c in commands})
    counts = Counter(account_id for account_id, _ in known)
    # 2. Decide, in the order in which the commands came.
    outcomes: list[Bucket | Refusal] = []
    changed: dict[buckets.BucketKey, Bucket] = {}
    for c in commands:
        key = (c.account_id, c.name)
        if key not in known and counts[c.account_id] >= MOST_BUCKETS:
            outcomes.append(Refusal(Reason.UNREADABLE, f"an account has at most {MOST_BUCKETS} buckets"))
            continue
        if key not in known:
            counts[c.account_id] += 1
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
    # 3. Save, in one order.
    await buckets.put_buckets(tx, cell, [changed[key] for key in sorted(changed)])
    return outcomes
