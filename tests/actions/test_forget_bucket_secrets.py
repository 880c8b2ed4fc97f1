"""forget_bucket_secrets: every secret of a cell goes, all else that is kept of buckets stays."""

from actions.test_keep_buckets import keeping
from manyeyes.actions.forget_bucket_secrets import ForgetBucketSecrets, forget_bucket_secrets
from manyeyes.actions.keep_buckets import keep_buckets
from manyeyes.buckets import store as buckets
from support.action_stage import Stage


async def test_secrets_go_and_names_stay(stage: Stage):
    account_id = await stage.account()
    await stage.act(keep_buckets, *(keeping(stage, account_id, name) for name in ("one", "two")))
    assert await stage.act(forget_bucket_secrets, *[ForgetBucketSecrets(stage.cell)] * 2) == [2, 0]
    found = await stage.read(buckets.buckets_of, stage.cell, account_id)
    assert [(b.name, b.endpoint, b.secret) for b in found] == [(n, "https://s3.example", b"") for n in ("one", "two")]
    await stage.act(keep_buckets, keeping(stage, account_id, "one"))
    assert await stage.act(forget_bucket_secrets, ForgetBucketSecrets(stage.cell)) == [1]
