"""Somebody who answers: a worker's program that takes whatever comes over /v1 and says what it was told to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from support import factories
from support.served_site import Site


@asynccontextmanager
async def answering(site: Site, *texts: str) -> AsyncIterator[None]:
    """Let a new worker answer what comes, with these texts in turn and then no more, for as long as the block lasts."""
    hand = await factories.hand(site.context)
    async with answering_at(site.url, hand.token, *texts):
        yield


@asynccontextmanager
async def answering_at(url: str, token: str, *texts: str) -> AsyncIterator[None]:
    """Do the same for the worker with this token, at an installation's address."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
        await _post(http, "online")
        work = asyncio.create_task(_answer(http, texts))
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


async def _answer(http: httpx.AsyncClient, texts: tuple[str, ...]) -> None:
    for text in texts:
        leased = await http.get("/v1/worker/next", params={"wait": 30})
        while leased.status_code == 204:
            leased = await http.get("/v1/worker/next", params={"wait": 30})
        leased.raise_for_status()
        await _post(http, "answers", lease=leased.json()["lease"], answer={"text": text})


async def _post(http: httpx.AsyncClient, call: str, **body: object) -> None:
    reply = await http.post(f"/v1/worker/{call}", json=body)
    assert reply.is_success, reply.text
