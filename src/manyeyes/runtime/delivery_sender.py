"""Brings results and verdicts to customers' addresses: claims what is due, tries it, notes what came of it.

At least once: a try that was not noted, because this process died or lost the database, is made again by whoever
claims it next, with the same ``webhook-id``. Any number of processes share the work.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from prometheus_client import Counter

from manyeyes.actions.claim_deliveries import ClaimDeliveries, Claimed, claim_deliveries
from manyeyes.actions.note_deliveries import NoteDelivery, note_deliveries
from manyeyes.notices.rules import MAILTO
from manyeyes.outbound.door import Door
from manyeyes.outbound.mail_door import MailOutcome
from manyeyes.outbound.rules import DoorReason, DoorRefused
from manyeyes.runtime.batching import Action, Command, Outcome
from manyeyes.webhooks.rules import (
    AT_ONCE,
    TryResponse,
    headers,
    is_spelt_as_address,
    message_id,
    secret,
)

LARGEST_REPLY = 4_096  # nobody reads it; a receiver that sends more is not waited for
LOOK_SECONDS = 1.0
TRIES = Counter("manyeyes_delivery_tries_total", "Tries to deliver results to callback addresses", ["outcome"])
BodyOf = Callable[[int, Claimed], Awaitable[bytes]]
Post = Callable[[int, Claimed], Awaitable[MailOutcome | None]]
log = structlog.get_logger()


class Ask(Protocol):
    """Runs an action for one command, as `Batcher.ask` does."""

    async def __call__(self, action: Action[Command, Outcome], command: Command) -> Outcome: ...


class DeliverySender:
    """One per process. ``ask`` runs an action, ``body_of`` (cell, claimed) renders what is sent.

    ``post`` (cell, claimed) hands in what is mail; None: nobody there wants it any more, or it is over.
    """

    def __init__(
        self,
        ask: Ask,
        door: Door,
        key: bytes,
        body_of: BodyOf,
        chance: Callable[[], float] = random.random,
        post: Post | None = None,
    ) -> None:
        self._ask, self._door, self._key, self._body_of, self._chance = ask, door, key, body_of, chance
        self._post = post
        self._flying: dict[asyncio.Task[None], tuple[int, int, str]] = {}

    async def deliver(self, cell: int) -> None:
        """Try all that is due in a cell; return when there is nothing more to begin, be it only for now.

        While tries are under way it looks again as soon as one has ended, and every second, so that receivers that
        hang hold up nobody but themselves.
        """
        while await self._begin(cell):
            await asyncio.wait(self._flying, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    async def settle(self) -> None:
        """Wait until every try that is under way has been noted."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def stop(self) -> None:
        """Break off what is under way; it is due again when its claim is over."""
        tasks = list(self._flying)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, cell: int) -> int:
        room = AT_ONCE - len(self._flying)
        if room <= 0:
            return 1  # look again when one of them has ended
        flying = tuple((account, receiver) for where, account, receiver in self._flying.values() if where == cell)
        claimed = await self._ask(claim_deliveries, ClaimDeliveries(cell, room, flying))
        for each in claimed:
            task = asyncio.create_task(self._try(cell, each))
            self._flying[task] = (cell, each.claim.account_id, each.claim.receiver)
            task.add_done_callback(lambda done: self._flying.pop(done, None))
        return len(claimed)

    async def _try(self, cell: int, claimed: Claimed) -> None:
        claim, began = claimed.claim, time.monotonic()
        try:
            answer = await self._send(cell, claimed)
        except Exception:
            log.exception("delivery_failed", cell=cell, task_id=claim.task_id)
            answer = TryResponse(fault="a fault of ours; it is in the log")
        milliseconds = round((time.monotonic() - began) * 1000)
        command = NoteDelivery(
            cell=cell,
            task_id=claim.task_id,
            claim=claim.number,
            answer=answer,
            milliseconds=milliseconds,
            chance=self._chance(),
        )
        try:
            state = await self._ask(note_deliveries, command)
        except Exception as error:
            log.warning("delivery_not_noted", cell=cell, task_id=claim.task_id, error=repr(error))
            return
        TRIES.labels("superseded" if state is None else state.name.lower()).inc()

    async def _send(self, cell: int, claimed: Claimed) -> TryResponse:
        claim = claimed.claim
        if claim.url.startswith(MAILTO):
            return await self._mail(cell, claimed)
        body = await self._body_of(cell, claimed)
        secrets = [secret(self._key, cell, claim.account_id, generation) for generation in claimed.generations]
        signed = headers(message_id(cell, claim.task_id), body, claimed.at, secrets)
        try:
            reply = await self._door.fetch("POST", claim.url, headers=signed, content=body, largest_bytes=LARGEST_REPLY)
        except DoorRefused as refused:
            lasting = refused.reason is DoorReason.FORBIDDEN and is_spelt_as_address(claim.url)
            is_final = refused.reason is DoorReason.BAD_ADDRESS or lasting
            return TryResponse(fault=refused.detail or str(refused.reason), is_final=is_final)
        return TryResponse(reply.status, reply.headers.get("retry-after", ""))

    async def _mail(self, cell: int, claimed: Claimed) -> TryResponse:
        assert self._post is not None
        sent = await self._post(cell, claimed)
        if sent is None:
            return TryResponse(fault="it is not wanted there any more, or what it was about is over", is_final=True)
        return TryResponse(sent.status, fault=sent.fault, is_final=sent.is_final)
