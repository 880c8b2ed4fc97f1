"""/v1/buckets: the S3-compatible buckets that a customer's tasks may name pictures in."""

from datetime import datetime
from typing import Annotated

import msgspec

from manyeyes.accounts.rules import TASKS_WRITE
from manyeyes.accounts.store import KeyOwner
from manyeyes.buckets.rules import Bucket
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.buckets import GivenBucket, buckets_of, has_secret, keep_bucket, remove_bucket
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.operations import Call, Operation
from manyeyes.values.actor import V1
from manyeyes.values.refusals import Refusal

WriteOnly = Annotated[str, msgspec.Meta(extra_json_schema={"writeOnly": True})]


class BucketBody(msgspec.Struct, frozen=True):
    """``endpoint`` empty: Amazon's own store of the region. ``secret``: the access key's; it is never given back."""

    access_key: str
    secret: WriteOnly
    region: str = "us-east-1"
    endpoint: str = ""

    def __repr__(self) -> str:
        return f"BucketBody({self.access_key!r})"  # a log may show it


class BucketView(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket without its secret. ``readable``: false when that was given up with the installation's keys."""

    name: str
    endpoint: str
    region: str
    access_key: str
    created_at: datetime
    readable: bool


class BucketsView(msgspec.Struct, frozen=True):
    """All of an account's buckets; ``next`` is always null: there are a hundred at most."""

    items: list[BucketView]
    next: None = None


class BucketsApi:
    """A customer's own buckets."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def buckets(self, call: Call[KeyOwner, None]) -> BucketsView:
        """Return the account's buckets by their names."""
        return BucketsView([_view(each) for each in await buckets_of(self._context, call.person)])

    async def keep(self, call: Call[KeyOwner, BucketBody]) -> BucketView | Refusal:
        """Keep how to get at a bucket, in the place of what was kept under its name."""
        given = GivenBucket(
            name=call.part(3),
            endpoint=call.body.endpoint,
            region=call.body.region,
            access_key=call.body.access_key,
            secret=call.body.secret,
        )
        kept = await keep_bucket(self._context, call.person, given, await actor_of(self._context, call.request, V1))
        return kept if isinstance(kept, Refusal) else _view(kept)

    async def remove(self, call: Call[KeyOwner, None]) -> Refusal | None:
        """Forget how to get at a bucket; 404 where there is none."""
        return await remove_bucket(
            self._context, call.person, call.part(3), await actor_of(self._context, call.request, V1)
        )


def _view(bucket: Bucket) -> BucketView:
    return BucketView(
        name=bucket.name,
        endpoint=bucket.endpoint,
        region=bucket.region,
        access_key=bucket.access_key,
        created_at=bucket.created_at,
        readable=has_secret(bucket),
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/buckets",
        handler=BucketsApi.buckets,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        reply=BucketsView,
        statuses=(401, 403),
    ),
    Operation(
        method="PUT",
        path="/v1/buckets/{bucket}",
        handler=BucketsApi.keep,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        body=BucketBody,
        reply=BucketView,
        statuses=(400, 401, 403, 404),
    ),
    Operation(
        method="DELETE",
        path="/v1/buckets/{bucket}",
        handler=BucketsApi.remove,
        caller=signed_in_customer,
        scope=TASKS_WRITE,
        statuses=(401, 403, 404),
    ),
]
