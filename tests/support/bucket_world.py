"""Accounts with buckets: one that has one, and one that has all it may."""

from typing import Any

from manyeyes.actions.keep_buckets import KeepBucket, keep_buckets
from manyeyes.buckets.rules import MOST_BUCKETS
from support.action_stage import Stage


async def make_buckets(stage: Stage, rich: int, other: int) -> None:
    """Keep a bucket of one account, and all that another one may have."""
    given: dict[str, Any] = {
        "endpoint": "https://s3.example",
        "region": "us-east-1",
        "access_key": "key",
        "secret": b"sealed",
    }
    names = [(rich, "pictures"), *((other, f"full-{n}") for n in range(MOST_BUCKETS))]
    await stage.act(keep_buckets, *(KeepBucket(cell=stage.cell, account_id=a, name=n, **given) for a, n in names))
