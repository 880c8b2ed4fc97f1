"""A delivery sender whose clock only the test moves, and receivers on loopback that answer as they are told."""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import msgspec

from manyeyes.actions.claim_deliveries import Claimed
from manyeyes.actions.note_deliveries import note_deliveries
from manyeyes.outbound.door import Door
from manyeyes.outbound.resolver import Resolver
from manyeyes.runtime.delivery_sender import DeliverySender
from manyeyes.server.application import delivery_body
from manyeyes.values.response_signing import ResponseSigner, new_private_key
from manyeyes.values.signed_links import PictureLinks
from support.action_stage import Stage
from support.loopback_servers import Handler, Heard, Names, http, listening

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
KEY = b"k" * 32
LINKS = PictureLinks(b"p" * 32, 24)
SIGNER = ResponseSigner(new_private_key(1024))
CONTEXT: Any = SimpleNamespace(pictures=LINKS, signer=SIGNER)  # what bodies are made with


class Post:
    """Deliveries of a stage's cell. ``names``: what a test's resolver says, all are loopback when none is given."""

    def __init__(
        self,
        stage: Stage,
        names: Resolver | None = None,
        *,
        allowed: tuple[Any, ...] = LOOPBACK,
        seconds: float = 5.0,
        key: bytes = KEY,
    ) -> None:
        self.stage = stage
        self.forgets = False  # dies whenever a reply has come, before it is noted
        door = Door(allowed, resolver=names or Names({"receiver.example": [["127.0.0.1"]]}), seconds=seconds)
        self.sender = DeliverySender(self.ask, door, key, self._body, lambda: 0.0)

    async def ask(self, action: Any, command: Any) -> Any:
        """Run an action with one command and return its outcome."""
        if self.forgets and action is note_deliveries:
            raise ConnectionError("killed")
        (outcome,) = await self.stage.act(action, command)
        return outcome

    async def _body(self, cell: int, claimed: Claimed) -> bytes:
        return await delivery_body(CONTEXT, cell, claimed)

    async def go(self) -> None:
        """Try all that is due at the stage's instant."""
        await self.sender.deliver(self.stage.cell)
        await self.sender.settle()

    async def pass_time_until_closed(self, longest_tries: int = 20) -> int:
        """Try again and again, each time when due, until the delivery is closed; return how many tries that took."""
        for count in range(longest_tries):
            (row,) = await self.deliveries()
            if row["state"]:
                return count
            self.stage.now = max(self.stage.now, row["next_at"])
            await self.go()
        raise AssertionError("never closed")

    async def deliveries(self) -> list[dict[str, Any]]:
        """Return the rows of deliveries."""
        return await self.stage.rows("delivery")

    async def tries(self) -> list[dict[str, Any]]:
        """Return the rows of tries, by task and number."""
        return sorted(await self.stage.rows("delivery_try"), key=lambda row: (row["task_id"], row["n"]))


async def only(post: Post) -> dict[str, Any]:
    """Return the one delivery that there is."""
    (row,) = await post.deliveries()
    return row


async def ended(stage: Stage, url: str, **given: Any) -> int:
    """Let a task end whose result is to be sent to ``url``; return its id."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id, callback_url=url, base_url="http://here.test", **given)
    await stage.go(worker_id)
    return task_id


@asynccontextmanager
async def receiver(*replies: bytes | Handler, port: int = 0) -> AsyncIterator[Heard]:
    """Answer requests with these one after the other, the last one again and again; 200 when there are none."""
    left = list(replies) or [http()]

    async def answer(reader: Any, writer: Any) -> None:
        reply = left.pop(0) if len(left) > 1 else left[0]
        if callable(reply):
            await reply(reader, writer)
        else:
            writer.write(reply)
            await writer.drain()

    async with listening(answer, port=port) as heard:
        yield heard


def address(heard: Heard, path: str = "/callback") -> str:
    """Return the URL of a receiver."""
    return f"http://receiver.example:{heard.port}{path}"


def headers_of(request: bytes) -> dict[str, str]:
    """Return a request's headers by lower-case name."""
    lines = request.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}


def body_of(request: bytes) -> bytes:
    """Return a request's body."""
    return request.split(b"\r\n\r\n", 1)[1]


def json_of(request: bytes) -> dict[str, Any]:
    """Return the JSON object in a request's body."""
    return msgspec.json.decode(body_of(request), type=dict)


def ids(heard: Heard) -> list[str]:
    """Return the delivery ids of the requests that came, in order."""
    return [headers_of(request)["webhook-id"] for request in heard.requests]
