"""Fetches pictures from their addresses, through the one door out (docs/decisions/0014), every redirect judged anew.

All edges fetch by this one rule; how large a picture may be is the edge's (docs/decisions/0051).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urljoin

import msgspec

from manyeyes.outbound.door import Door
from manyeyes.outbound.exchange import HttpReply
from manyeyes.outbound.rules import DoorRefused

LONGEST_SECONDS = 10.0  # of one picture, redirects included: clients wait 15 s at least (docs/contracts/tupu.md#trust)
MOST_REDIRECTS = 3
FETCHES_AT_ONCE = 64  # of a process: each may hold as much as a picture may have
FETCHES_OF_ONE = 20  # of them: an app or account whose servers are slow must not hold up the others'
REDIRECTS = (301, 302, 303, 307, 308)
Got = TypeVar("Got")
_PASSING = (408, 425, 429)  # beside 5xx, what a server says that may be asked again (RFC 9110, 8470 and 6585)


class Unfetched(msgspec.Struct, frozen=True):
    """A picture could not be had; ``fault`` says why, in a sentence for the customer.

    ``is_passing``: the same address may give it later, without anybody's doing.
    """

    fault: str
    is_passing: bool = False


class PictureFetcher:
    """Fetches through a door; of all that one process is asked for so many at a time, for one customer fewer."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._shares: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(FETCHES_OF_ONE))

    async def fetch(
        self, door: Door, customer: str, url: str, *, largest_bytes: int, referer: str = ""
    ) -> bytes | Unfetched:
        """Return what lies at an http or https address, or why it could not be had.

        ``customer``: a name for whom it is fetched, the same for all of their pictures.
        """
        headers = {"referer": referer} if referer else {}
        return await self.attempt(customer, lambda: _followed(door, url, headers, largest_bytes))

    async def attempt(self, customer: str, ask: Callable[[], Awaitable[Got | Unfetched]]) -> Got | Unfetched:
        """Return what ``ask`` gets through the door in a place among all who fetch, or why it could not be had."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self._shares[customer], self._places:
                return await ask()
        except TimeoutError:
            return Unfetched(f"it took more than {LONGEST_SECONDS:g} s", is_passing=True)
        except DoorRefused as refused:
            return Unfetched(refused.detail, is_passing=not refused.is_lasting)


async def _followed(door: Door, url: str, headers: dict[str, str], largest_bytes: int) -> bytes | Unfetched:
    for _ in range(MOST_REDIRECTS + 1):
        reply = await door.fetch("GET", url, headers=headers, largest_bytes=largest_bytes)
        if reply.status not in REDIRECTS or "location" not in reply.headers:
            return body_of(reply, largest_bytes)
        try:
            url = urljoin(url, reply.headers["location"])
        except ValueError:
            return Unfetched("it was sent on to what is no address")
    return Unfetched(f"it was sent on more than {MOST_REDIRECTS} times")


def body_of(reply: HttpReply, largest_bytes: int) -> bytes | Unfetched:
    """Return the body of a reply that is a whole file, or why it is none."""
    if reply.status != 200:
        return Unfetched(f"its server answered {reply.status}", is_passing=may_pass(reply.status))
    if not reply.is_whole:
        return Unfetched(f"it has more than {largest_bytes} bytes")
    return reply.body


def may_pass(status: int) -> bool:
    """Tell whether a server that answered so may give the same address later."""
    return status >= 500 or status in _PASSING
