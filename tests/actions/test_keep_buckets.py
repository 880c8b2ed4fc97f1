"""keep_buckets: one row for a bucket's name, the last that was said of it, and not more than an account may have."""

import asyncio
from typing import Any

from manyeyes.actions.keep_buckets import KeepBucket, keep_buckets
from manyeyes.buckets import store as buckets
from manyeyes.buckets.rules import MOST_BUCKETS
from manyeyes.values.refusals import Reason
from support.action_stage import Stage


def keeping(stage: Stage, account_id: int, name: str, **changed: Any) -> KeepBucket:
    given = {"endpoint": "https://s3.example", "region": "eu-1", "access_key": "key", "secret": b"sealed"}
    return KeepBucket(cell=stage.cell, account_id=account_id, name=name, **given | changed)


async def test_the_last_word_about_a_name_stays_with_the_first_instant(stage: Stage):
    one, two = await stage.account(), await stage.account()
    await stage.act(keep_buckets, keeping(stage, one, "pictures"))
    before = stage.now
    stage.later(60)
    batch = [
        keeping(stage, one, "pictures", endpoint="https://b.example", secret=b"other"),
        keeping(stage, two, "pictures"),
        keeping(stage, one, "pictures", endpoint="https://c.example", secret=b"third"),
    ]
    first, other, last = await stage.act(keep_buckets, *batch)
    assert (first.endpoint, last.endpoint) == ("https://b.example", "https://c.example")
    assert (first.created_at, last.created_at, other.created_at) == (before, before, stage.now)
    assert await stage.read(buckets.buckets_of, stage.cell, one) == [last]
    assert await stage.read(buckets.buckets_of, stage.cell, two) == [other]


async def test_an_account_has_so_many_and_may_change_them(stage: Stage):
    account_id = await stage.account()
    most = [keeping(stage, account_id, f"bucket-{n}") for n in range(MOST_BUCKETS + 1)]
    *kept, refused = await stage.act(keep_buckets, *most)
    assert (len(kept), refused.reason) == (MOST_BUCKETS, Reason.UNREADABLE)
    again, still = await stage.act(
        keep_buckets, keeping(stage, account_id, "bucket-0", region="eu-2"), keeping(stage, account_id, "more")
    )
    assert (again.region, still.reason) == ("eu-2", Reason.UNREADABLE)
    assert len(await stage.read(buckets.buckets_of, stage.cell, account_id)) == MOST_BUCKETS


async def test_two_at_once_are_counted_together(stage: Stage):
    account_id = await stage.account()
    await stage.act(keep_buckets, *(keeping(stage, account_id, f"bucket-{n}") for n in range(MOST_BUCKETS - 1)))
    both = await asyncio.gather(*(stage.act(keep_buckets, keeping(stage, account_id, name)) for name in ("one", "two")))
    assert sorted(type(outcome).__name__ for (outcome,) in both) == ["Bucket", "Refusal"]
