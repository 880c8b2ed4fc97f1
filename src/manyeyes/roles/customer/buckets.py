"""A customer's buckets: kept with their credentials, listed without them, removed, read (docs/decisions/0051)."""

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.actions.keep_buckets import KeepBucket, keep_buckets
from manyeyes.actions.remove_buckets import RemoveBucket, remove_buckets
from manyeyes.buckets import rules
from manyeyes.buckets import store as buckets
from manyeyes.buckets.rules import Bucket
from manyeyes.outbound.bucket_reader import BucketReader
from manyeyes.outbound.bucket_requests import BucketAccess
from manyeyes.outbound.given_address import read_given_address
from manyeyes.runtime.context import Context
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.text.rules import without_outer_blanks

LONGEST_ENDPOINT = 300  # characters


class GivenBucket(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer says of a bucket; ``endpoint`` may be empty for Amazon's own store of the region."""

    name: str
    endpoint: str
    region: str
    access_key: str
    secret: str

    def __repr__(self) -> str:
        return f"GivenBucket({self.name!r})"  # a log may show it


async def keep_bucket(context: Context, owner: Owner, given: GivenBucket, actor: Actor = BY_ITSELF) -> Bucket | Refusal:
    """Keep how to get at a bucket, in the place of what was kept under its name; return it, its secret sealed.

    The refusal of what cannot be taken names the members and does not quote the secret.
    """
    readers = {
        "name": rules.read_bucket_name,
        "endpoint": lambda text: _read_endpoint(context, text),
        "region": rules.read_region,
        "access_key": rules.read_access_key,
        "secret": rules.read_secret,
    }
    read, faults = {}, []
    for member, reader in readers.items():
        try:
            read[member] = reader(getattr(given, member))
        except ValueError as error:
            faults.append(MemberFault(str(error), f"/{member}"))
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    name, region = read["name"], read["region"]
    sealed = context.bucket_sealer.seal(rules.sealed_as(owner.cell, owner.account_id, name), read["secret"].encode())
    command = KeepBucket(
        cell=owner.cell,
        account_id=owner.account_id,
        name=name,
        endpoint=read["endpoint"] or rules.usual_endpoint(region),
        region=region,
        access_key=read["access_key"],
        secret=sealed,
        actor=actor,
    )
    return await context.batcher.ask(keep_buckets, command)


async def buckets_of(context: Context, owner: Owner) -> list[Bucket]:
    """Return an account's buckets by their names, their secrets sealed."""
    async with context.cells.pool(owner.cell).acquire() as db:
        return await buckets.buckets_of(db, owner.cell, owner.account_id)


async def remove_bucket(context: Context, owner: Owner, name: str, actor: Actor = BY_ITSELF) -> Refusal | None:
    """Forget how to get at a bucket; the refusal where there is none."""
    try:
        rules.read_bucket_name(name)
    except ValueError as error:
        return Refusal(Reason.UNKNOWN_BUCKET, str(error))
    return await context.batcher.ask(remove_buckets, RemoveBucket(owner.cell, owner.account_id, name, actor=actor))


async def reader_of(context: Context, cell: int, account_id: int, name: str) -> BucketReader | Refusal:
    """Return what reads an account's bucket, or why it cannot be read: unknown, or its secret was given up."""
    bucket = await context.batcher.read(buckets.buckets, cell, (account_id, name))
    if bucket is None:
        return Refusal(Reason.UNKNOWN_BUCKET, f"there is no bucket {name}; give its endpoint and credentials first")
    try:
        secret = context.bucket_sealer.open(rules.sealed_as(cell, account_id, name), bucket.secret).decode()
    except ValueError:
        why = f"the secret of bucket {name} cannot be read any more; give its credentials again"
        return Refusal(Reason.UNKNOWN_BUCKET, why)
    access = BucketAccess(
        bucket=name,
        endpoint=bucket.endpoint,
        region=bucket.region,
        access_key=bucket.access_key,
        secret=secret,
    )
    return BucketReader(context.fetcher, context.door, customer_name(cell, account_id), access)


def customer_name(cell: int, account_id: int) -> str:
    """Return the name under which a process counts what it fetches for an account."""
    return f"account {cell} {account_id}"


def has_secret(bucket: Bucket) -> bool:
    """Tell whether the bucket's secret is still kept; `manyeyes db reset-secrets` gives all of them up."""
    return bool(bucket.secret)


def _read_endpoint(context: Context, text: str) -> str:
    if len(text) > LONGEST_ENDPOINT:
        raise ValueError(f"an endpoint has at most {LONGEST_ENDPOINT} characters")
    try:
        found = read_given_address(without_outer_blanks(text), context.settings.private_networks())
    except ValueError as error:
        raise ValueError(f"the endpoint cannot be used: {error}") from error
    if set("?#") & set(found):
        raise ValueError("an endpoint has no query")
    return found
