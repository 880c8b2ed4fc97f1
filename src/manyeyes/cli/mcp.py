"""manyeyes mcp: the tools with which an agent on this machine asks people, through any installation."""

import asyncio
import logging
import sys
from typing import Annotated, TypeVar
from urllib.parse import urlencode

import msgspec
from cyclopts import Parameter

from manyeyes.mcp.installation import Problem, ToldTask
from manyeyes.mcp.stdio import serve_stdio
from manyeyes.settings import from_environment
from manyeyes_client import AsyncClient, ManyeyesError, ProblemError
from manyeyes_client.requests import Request

PATIENCE_SECONDS = 8.0  # of pauses when the installation is away: the whole call has a minute
ReplyT = TypeVar("ReplyT")


def mcp(
    *, url: Annotated[str | None, Parameter(help="The installation (default: MANYEYES_URL, else this machine).")] = None
) -> None:
    """Serve an agent over stdin and stdout (Model Context Protocol); the client key is in MANYEYES_KEY."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        asyncio.run(_serve(url, from_environment().mcp_wait_seconds))
    except (ManyeyesError, ValueError) as error:
        print(f"manyeyes: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


async def _serve(url: str | None, longest_wait: float) -> None:
    async with AsyncClient(url, patience=min(PATIENCE_SECONDS, longest_wait)) as client:
        await serve_stdio(RemoteInstallation(client), longest_wait)


class ToldTasks(msgspec.Struct):
    """A page of tasks, as far as it is looked at."""

    items: list[ToldTask]


class RemoteInstallation:
    """An `Installation` (`manyeyes.mcp`) that is reached with the client package."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @property
    def secret(self) -> bytes:
        """Return the client key."""
        return self._client.caller.key.encode()

    async def make(self, body: bytes, key: str) -> ToldTask:
        """Make a task, once for each key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return await self._send(Request(method="POST", target="/v1/tasks", reply=ToldTask, body=body, headers=headers))

    async def newest(self, external_id: str) -> ToldTask | None:
        """Return the newest task with this `external_id`."""
        query = urlencode({"external_id": external_id, "order": "newest", "limit": 1})
        found = await self._send(Request(method="GET", target=f"/v1/tasks?{query}", reply=ToldTasks))
        return found.items[0] if found.items else None

    async def task(self, task_id: int, wait_seconds: float) -> ToldTask:
        """Return a task, having waited for its end."""
        wait = {"Prefer": f"wait={int(wait_seconds)}"} if wait_seconds >= 1 else {}
        return await self._send(
            Request(method="GET", target=f"/v1/tasks/{task_id}", reply=ToldTask, headers=wait, wait=wait_seconds)
        )

    async def cancel(self, task_id: int) -> None:
        """Cancel a task that waits."""
        await self._send(Request(method="DELETE", target=f"/v1/tasks/{task_id}", reply=object))

    async def _send(self, request: Request[ReplyT]) -> ReplyT:
        """Return the reply. Raises `Problem`, as the tools expect."""
        try:
            return await self._client.send(request)
        except ProblemError as error:
            raise problem_of(error) from error
        except ManyeyesError as error:
            raise Problem("not_reached", str(error)) from error


def problem_of(error: ProblemError) -> Problem:
    """Return what the installation refused, with what is wrong with which member."""
    wrong = [f"{fault.pointer}: {fault.detail}" if fault.pointer else fault.detail for fault in error.errors]
    return Problem(error.reason or "failed", "; ".join([str(error), *wrong]))
