"""remove_buckets: the account's own bucket goes, and who comes second is told that there is none."""

from actions.test_keep_buckets import keeping
from manyeyes.actions.keep_buckets import keep_buckets
from manyeyes.actions.remove_buckets import RemoveBucket, remove_buckets
from manyeyes.buckets import store as buckets
from manyeyes.values.refusals import Reason
from support.action_stage import Stage


async def test_a_bucket_goes_once_and_nobody_else_s(stage: Stage):
    one, two = await stage.account(), await stage.account()
    await stage.act(keep_buckets, *(keeping(stage, a, n) for a in (one, two) for n in ("pictures", "other")))
    gone, twice, unknown = await stage.act(
        remove_buckets, *(RemoveBucket(stage.cell, one, name) for name in ("pictures", "pictures", "never"))
    )
    assert gone is None
    assert [(r.reason, r.detail) for r in (twice, unknown)] == [
        (Reason.UNKNOWN_BUCKET, "there is no bucket pictures"),
        (Reason.UNKNOWN_BUCKET, "there is no bucket never"),
    ]
    assert [b.name for b in await stage.read(buckets.buckets_of, stage.cell, one)] == ["other"]
    assert [b.name for b in await stage.read(buckets.buckets_of, stage.cell, two)] == ["other", "pictures"]
