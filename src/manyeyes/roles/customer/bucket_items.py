"""A job's items from a bucket: its list becomes lines of a file that is taken like any other (docs/decisions/0051)."""

from collections.abc import AsyncIterator

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.roles.customer.bucket_listing import BucketListing, BucketQuery, ListingFailed, open_listing
from manyeyes.roles.customer.item_bodies import JSONL, SentFile
from manyeyes.roles.customer.items import CustomerItems, UploadTaken
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal


async def take_bucket(
    context: Context, owner: Owner, job_id: int, query: BucketQuery, *, upload_key: str, ip: str
) -> UploadTaken | Refusal:
    """Take the pictures of a bucket as items: ``picture_url`` is where each lies, ``external_id`` its name there.

    Refusals: those of `CustomerItems.take`; UNKNOWN_BUCKET; of a list that broke off PICTURE_AWAY, where asking again
    may help and goes on with what is there, or NO_PICTURE.
    """
    listing = await open_listing(context, owner, query)
    if isinstance(listing, Refusal):
        return listing
    sent = SentFile(
        body=_lines(listing),
        form=JSONL,
        content_type="",
        upload_key=upload_key,
        from_line=1,
        size=None,
        ip=ip,
    )
    try:
        taken = await CustomerItems(context).take(owner, job_id, sent)
    except ListingFailed as failed:
        return failed.refusal
    return taken if isinstance(taken, Refusal) else msgspec.structs.replace(taken, skipped=listing.passed_over)


async def _lines(listing: BucketListing) -> AsyncIterator[bytes]:
    async for page in listing.pages():
        lines = [msgspec.json.encode({"external_id": each.key, "picture_url": str(each)}) for each in page]
        yield b"".join(line + b"\n" for line in lines)
