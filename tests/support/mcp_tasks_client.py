"""A client's side of the Tasks extension (io.modelcontextprotocol/tasks), which the official client has none of."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import anyio
import mcp_types as types
from mcp import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp_types import CallToolResult, Result
from pydantic import ConfigDict

EXTENSION = "io.modelcontextprotocol/tasks"


class Handle(Result):
    """What `tools/call` gives in place of a result."""

    model_config = ConfigDict(extra="allow")
    result_type: Literal["task"]
    task_id: str
    status: str
    ttl_ms: int | None
    poll_interval_ms: int


class TaskState(Result):
    """What `tasks/get` gives."""

    model_config = ConfigDict(extra="allow")
    task_id: str
    status: str
    status_message: str = ""
    result: dict[str, Any] | None = None


class TaskRequestParams(types.RequestParams):
    task_id: str


class GetTask(types.Request[TaskRequestParams, Literal["tasks/get"]]):
    method: Literal["tasks/get"] = "tasks/get"
    params: TaskRequestParams
    name_param: ClassVar[str | None] = "taskId"


class CancelTask(types.Request[TaskRequestParams, Literal["tasks/cancel"]]):
    method: Literal["tasks/cancel"] = "tasks/cancel"
    params: TaskRequestParams
    name_param: ClassVar[str | None] = "taskId"


class UpdateTask(types.Request[TaskRequestParams, Literal["tasks/update"]]):
    method: Literal["tasks/update"] = "tasks/update"
    params: TaskRequestParams
    name_param: ClassVar[str | None] = "taskId"


class TasksExtension(ClientExtension):
    """Declares the extension, and finishes what the server answers with a handle, by polling."""

    identifier = EXTENSION

    def claims(self) -> Sequence[ResultClaim[Any]]:
        """Return the shape of a handle and what to do with one."""
        return (ResultClaim(result_type="task", model=Handle, resolve=_finished),)


async def _finished(handle: Handle, claim: ClaimContext) -> CallToolResult:
    while True:
        state = await claim.session.send_request(_get(handle.task_id), TaskState)
        if state.status != "working":
            assert state.result is not None, state
            return CallToolResult.model_validate(state.result)
        await anyio.sleep(0.1)


async def begin(client: Client, **arguments: Any) -> Handle:
    """Ask people and return the handle."""
    found = await client.session.call_tool("ask_people", arguments, allow_claimed=True)
    assert isinstance(found, Handle), found
    return found


async def state(client: Client, handle: str) -> TaskState:
    """Return what `tasks/get` tells."""
    return await client.session.send_request(_get(handle), TaskState)


async def cancel(client: Client, handle: str) -> None:
    """Send `tasks/cancel`."""
    await client.session.send_request(CancelTask(params=TaskRequestParams(task_id=handle)), Result)


async def update(client: Client, handle: str) -> None:
    """Send `tasks/update`."""
    await client.session.send_request(UpdateTask(params=TaskRequestParams(task_id=handle)), Result)


def _get(handle: str) -> GetTask:
    return GetTask(params=TaskRequestParams(task_id=handle))
