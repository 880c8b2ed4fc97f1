"""The pictures of a bucket whose names begin with a prefix, page by page (docs/decisions/0051)."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.buckets.rules import ObjectAddress, read_place, why_no_key
from manyeyes.outbound.bucket_reader import BucketReader
from manyeyes.outbound.bucket_replies import ListedPage
from manyeyes.outbound.picture_fetcher import Unfetched
from manyeyes.roles.customer.buckets import reader_of
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif")  # the usual ends of what tasks/pictures.py takes
MOST_SUFFIXES, LONGEST_SUFFIX = 20, 50
MOST_PAGES = 250  # of one list: a quarter of a million objects are looked at
MOST_PASSED_OVER = 100  # names that are told
TRIES = 3  # of a page, when what is wrong may pass
PAUSE_SECONDS = 1.0  # before the second try; twice as long before the third


class BucketQuery(msgspec.Struct, frozen=True):
    """Which objects of a bucket: names that begin with ``place.key`` and end with one of ``suffixes``, in any case."""

    place: ObjectAddress
    suffixes: tuple[str, ...] = PICTURE_SUFFIXES


class ListingFailed(Exception):
    """The list broke off; what was given of it until then stands."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def read_bucket_query(place: str, suffixes: Sequence[str] = ()) -> BucketQuery:
    """Return which objects are meant; no suffixes are the usual ones of pictures. Raises ValueError."""
    if len(suffixes) > MOST_SUFFIXES or not all(0 < len(suffix) <= LONGEST_SUFFIX for suffix in suffixes):
        raise ValueError(f"at most {MOST_SUFFIXES} suffixes of 1 to {LONGEST_SUFFIX} characters are taken")
    return BucketQuery(read_place(place), tuple(suffix.lower() for suffix in suffixes) or PICTURE_SUFFIXES)


class BucketListing:
    """One walk through a bucket's list. ``passed_over``: names of the first objects that are not meant."""

    def __init__(self, reader: BucketReader, query: BucketQuery) -> None:
        self._reader, self._query = reader, query
        self.passed_over: list[str] = []

    async def pages(self) -> AsyncIterator[list[ObjectAddress]]:
        """Yield the objects that are meant, in the order of their names, as the store's pages come.

        Raises `ListingFailed`.
        """
        after = ""
        for _ in range(MOST_PAGES):
            page = await self._page(after)
            meant = [each.key for each in page.objects if self._is_meant(each.key)]
            yield [ObjectAddress(self._query.place.bucket, key) for key in meant]
            after = page.after
            if not after:
                return
        raise ListingFailed(Refusal(Reason.NO_PICTURE, "too many objects begin so; give a longer prefix"))

    def _is_meant(self, key: str) -> bool:
        """Tell whether an object is meant; of others remember the name, but not of folders that some stores list."""
        if key.lower().endswith(self._query.suffixes) and not why_no_key(key):
            return True
        if not key.endswith("/") and len(self.passed_over) < MOST_PASSED_OVER:
            self.passed_over.append(key)
        return False

    async def _page(self, after: str) -> ListedPage:
        found = await self._reader.list_page(self._query.place.key, after)
        for number in range(1, TRIES):
            if not isinstance(found, Unfetched) or not found.is_passing:
                break
            await asyncio.sleep(PAUSE_SECONDS * number)
            found = await self._reader.list_page(self._query.place.key, after)
        if isinstance(found, ListedPage):
            return found
        reason = Reason.PICTURE_AWAY if found.is_passing else Reason.NO_PICTURE
        raise ListingFailed(Refusal(reason, f"the bucket could not be listed: {found.fault}"))


async def open_listing(context: Context, owner: Owner, query: BucketQuery) -> BucketListing | Refusal:
    """Return a walk through a bucket of the account's, or why it cannot begin (UNKNOWN_BUCKET)."""
    reader = await reader_of(context, owner.cell, owner.account_id, query.place.bucket)
    return reader if isinstance(reader, Refusal) else BucketListing(reader, query)
