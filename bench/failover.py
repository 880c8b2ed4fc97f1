"""How long nobody's task is taken when the database's machine is lost: killed, or silent with its connections open.

A primary and its synchronous standby (`postgres_pair`), the product with both in its address, customers who send a task
every some ten milliseconds. `PROMOTED_AFTER_SECONDS` after the fault somebody promotes the standby, as Patroni would.
"""

import asyncio
import base64
import time
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

import httpx

from bench.people import invite
from bench.postgres_pair import Pair, pair
from bench.product import serving, temporary_folder
from bench.row import Row
from bench.wire import picture

ROUNDS, SMALL_ROUNDS = 3, 1
CUSTOMERS = 4
PROMOTED_AFTER_SECONDS = 3.0
FAULTS = ("killed", "frozen")
LONGEST_SECONDS = 120.0
PAUSE_SECONDS, LOOK_SECONDS = 0.03, 0.02


class Gap(NamedTuple):
    """Seconds from the last task taken to the first one after the promotion, and from the promotion to it; how many
    calls were refused meanwhile."""

    seconds: float
    after_promotion: float
    refused: int


def measure(small: bool = False) -> list[Row]:
    """Return the longest gap of each fault."""
    rows = []
    for fault in FAULTS:
        gaps = [measured(fault) for _ in range(SMALL_ROUNDS if small else ROUNDS)]
        details = {
            "all": " ".join(f"{gap.seconds:.1f}" for gap in gaps),
            "after the promotion": " ".join(f"{gap.after_promotion:.1f}" for gap in gaps),
            "refused": " ".join(str(gap.refused) for gap in gaps),
        }
        longest = max(gap.seconds for gap in gaps)
        rows.append(Row(f"no task taken, primary {fault}", longest, "s", "<= 15 s after the promotion", details))
    return rows


def measured(fault: str) -> Gap:
    """Return the gap of one fault on servers of its own."""
    with temporary_folder() as folder, pair(folder) as servers:
        folder.chmod(0o755)
        with serving(servers.address) as product:
            people = asyncio.run(invite(servers.address, CUSTOMERS, 0))
            gap = asyncio.run(_lost(servers, fault, product.url, people.keys))
            print(f"primary {fault}: {gap}", flush=True)
            return gap


async def _lost(servers: Pair, fault: str, url: str, keys: list[str]) -> Gap:
    taken: list[float] = []
    refused: list[str] = []
    customers = [asyncio.create_task(_send(url, key, taken, refused)) for key in keys]
    await _taken_since(time.monotonic() + 2, taken)
    await asyncio.to_thread(servers.first.kill if fault == "killed" else servers.first.freeze)
    await asyncio.sleep(PROMOTED_AFTER_SECONDS)
    promoting = time.monotonic()
    await asyncio.to_thread(servers.promote)
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_SECONDS):
            await _taken_since(time.monotonic(), taken)
    for customer in customers:
        customer.cancel()
    await asyncio.gather(*customers, return_exceptions=True)
    seconds, end = max((later - sooner, later) for sooner, later in pairwise(taken))
    return Gap(seconds, end - promoting, len(refused))


async def _taken_since(moment: float, taken: list[float]) -> None:
    """Wait until a task was taken after a moment."""
    noticed = asyncio.Event()
    while not taken or taken[-1] < moment:
        with suppress(TimeoutError):
            await asyncio.wait_for(noticed.wait(), LOOK_SECONDS)


async def _send(url: str, key: str, taken: list[float], refused: list[str]) -> None:
    task = {"type": "ImageToTextTask", "body": base64.b64encode(picture()).decode()}
    async with httpx.AsyncClient(base_url=url, timeout=LONGEST_SECONDS) as client:
        while True:
            reply = await client.post("/createTask", json={"clientKey": key, "task": task})
            if reply.json()["errorId"]:
                refused.append(reply.text)
            else:
                taken.append(time.monotonic())
            await asyncio.sleep(PAUSE_SECONDS)
