"""Fetches pictures from their addresses, through the one door out (docs/decisions/0014), every redirect judged anew."""

import asyncio
from collections import defaultdict
from urllib.parse import urljoin

from manyeyes.outbound.door import Door
from manyeyes.outbound.exchange import HttpReply
from manyeyes.outbound.rules import DoorRefused
from manyeyes.recognisers.interface import Failure

LARGEST_FETCHED = 10_000_000  # bytes of one picture (docs/contracts/tupu.md#limits)
LONGEST_SECONDS = 10.0  # of one picture, redirects included: clients wait 15 s at least (docs/contracts/tupu.md#trust)
MOST_REDIRECTS = 3
FETCHES_AT_ONCE = 64  # of a process: each may hold as much as a picture may have
FETCHES_OF_AN_APP = 20  # of them: one app whose servers are slow must not hold up the others'
_REDIRECTS = (301, 302, 303, 307, 308)


class Fetcher:
    """Fetches through a door; of all that one process is asked for so many at a time, of one app fewer."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._shares: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(FETCHES_OF_AN_APP))

    async def fetch(self, door: Door, secret_id: str, url: str, referer: str = "") -> bytes | Failure:
        """Return what lies at an http or https address, or why it could not be had, in a sentence for the customer."""
        headers = {"referer": referer} if referer else {}
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self._shares[secret_id], self._places:
                return await _followed(door, url, headers)
        except TimeoutError:
            return Failure(f"it took more than {LONGEST_SECONDS:g} s")
        except DoorRefused as refused:
            return Failure(refused.detail)


async def _followed(door: Door, url: str, headers: dict[str, str]) -> bytes | Failure:
    for _ in range(MOST_REDIRECTS + 1):
        reply = await door.fetch("GET", url, headers=headers, largest_bytes=LARGEST_FETCHED)
        if reply.status not in _REDIRECTS or "location" not in reply.headers:
            return _body(reply)
        try:
            url = urljoin(url, reply.headers["location"])
        except ValueError:
            return Failure("it was sent on to what is no address")
    return Failure(f"it was sent on more than {MOST_REDIRECTS} times")


def _body(reply: HttpReply) -> bytes | Failure:
    if reply.status != 200:
        return Failure(f"its server answered {reply.status}")
    if not reply.is_whole:
        return Failure(f"it has more than {LARGEST_FETCHED} bytes")
    return reply.body
