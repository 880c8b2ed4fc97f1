"""Reads buckets of S3-compatible stores through the one door out: an object, a page of a list.

A store that sends on elsewhere is not followed: what was signed is for the endpoint that its customer gave, and for no
other host (docs/decisions/0051).
"""

import asyncio
from collections.abc import Callable

from manyeyes.outbound.bucket_replies import ListedPage, error_code, read_list
from manyeyes.outbound.bucket_requests import BucketAccess, SignedRequest, request_for_list, request_for_object
from manyeyes.outbound.door import Door
from manyeyes.outbound.picture_fetcher import REDIRECTS, PictureFetcher, Unfetched, body_of, may_pass

OBJECTS_OF_A_PAGE = 1000  # the most that ListObjectsV2 gives
LARGEST_PAGE = 5_000_000  # bytes: a thousand names of 1,024 bytes, each of them encoded, and what is said beside
# Codes of answers 4xx that end by themselves; the second: the clocks are apart, which is no customer's doing.
_PASSING = ("RequestTimeout", "RequestTimeTooSkewed", "SlowDown")


class BucketReader:
    """Reads one bucket for a customer, in their places among all that is fetched."""

    def __init__(self, fetcher: PictureFetcher, door: Door, customer: str, access: BucketAccess) -> None:
        self._fetcher, self._door, self._customer, self._access = fetcher, door, customer, access

    async def read_object(self, key: str, *, largest_bytes: int) -> bytes | Unfetched:
        """Return an object's bytes, or why it could not be had, in a sentence for the customer."""
        return await self._ask(lambda: request_for_object(self._access, key), largest_bytes)

    async def list_page(self, prefix: str, after: str) -> ListedPage | Unfetched:
        """Return the objects whose names begin with a prefix, `OBJECTS_OF_A_PAGE` at most, or why nobody knows.

        ``after``: what the page before told, empty for the first one.
        """
        found = await self._ask(lambda: request_for_list(self._access, prefix, after, OBJECTS_OF_A_PAGE), LARGEST_PAGE)
        if isinstance(found, Unfetched):
            return found
        try:
            return await asyncio.to_thread(read_list, found)  # up to five megabytes of XML
        except ValueError as error:
            return Unfetched(f"the store is not understood: {error}")

    async def _ask(self, request: Callable[[], SignedRequest], largest_bytes: int) -> bytes | Unfetched:
        async def send() -> bytes | Unfetched:
            signed = request()  # here, where a place is free: a signature does not keep
            reply = await self._door.fetch(
                "GET", signed.url, headers=signed.headers, largest_bytes=largest_bytes, target=signed.target
            )
            if reply.status in REDIRECTS:
                return Unfetched(
                    f"the store answered {reply.status}: the bucket is elsewhere; give its own endpoint and region"
                )
            if reply.status == 200:
                return body_of(reply, largest_bytes)
            code = error_code(reply.body)
            is_passing = may_pass(reply.status) or code in _PASSING
            return Unfetched(f"the store answered {reply.status}{f' {code}' if code else ''}", is_passing=is_passing)

        return await self._fetcher.attempt(self._customer, send)
