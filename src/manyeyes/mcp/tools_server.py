"""The MCP server of manyeyes: lists the tools, calls them, and serves the Tasks extension to clients that declare it.

Built of the `mcp` package's low-level server, over whichever transport it runs. It keeps nothing between two calls.
"""

from collections.abc import Callable
from typing import Any

import mcp_types as types
import msgspec
from mcp.server.context import HandlerResult, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from manyeyes import __version__
from manyeyes.mcp.installation import ENDED, Installation, Problem, ToldTask
from manyeyes.mcp.replies import Reply, reply_of, sentence_of
from manyeyes.mcp.task_handles import EXTENSION, handle_of, read_handle, state_of
from manyeyes.mcp.tool import Asking, Tool, input_schema, output_schema
from manyeyes.mcp.tools import TOOLS

ServedCall = ServerRequestContext[Any, Any]
INSTRUCTIONS = (
    "People look at pictures for you. `ask_people` puts a question about a picture to real people, for money; `wait`"
    " gives the answer when it takes longer, `check` looks at once, `cancel` takes a question back that nobody has"
    " begun to answer."
)
TASKS_SINCE = "2026-07-28"  # the first protocol revision that has extensions
_WANTED: dict[str, object] = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}


class TaskParams(types.RequestParams):
    """What `tasks/get`, `tasks/update` and `tasks/cancel` take; the members of an update are of no use here."""

    task_id: str


class ToolsServer:
    """Builds the server: ``installation_of`` gives whom a call speaks for; see `Asking` for the rest."""

    def __init__(
        self, installation_of: Callable[[ServedCall], Installation], *, longest_wait: float, may_read_files: bool
    ) -> None:
        self._installation_of, self._longest_wait, self._may_read_files = installation_of, longest_wait, may_read_files
        self._listed = [_listed(tool, may_read_files=may_read_files) for tool in TOOLS.values()]
        schemas = {tool.name: tool.input_schema for tool in self._listed}
        self.server: Server[Any] = Server(
            "manyeyes",
            version=__version__,
            title="manyeyes: people look at pictures",
            instructions=INSTRUCTIONS,
            get_tool_input_schema=schemas.get,
            on_list_tools=self._list_tools,
        )
        self.server.extensions[EXTENSION] = {}
        self.server.add_request_handler("tools/call", types.CallToolRequestParams, self._call_tool)
        self.server.add_request_handler("tasks/get", TaskParams, self._get_task)
        self.server.add_request_handler("tasks/update", TaskParams, self._update_task)
        self.server.add_request_handler("tasks/cancel", TaskParams, self._cancel_task)

    async def _list_tools(self, _: ServedCall, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=self._listed)

    async def _call_tool(self, call: ServedCall, params: types.CallToolRequestParams) -> HandlerResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(
                types.INVALID_PARAMS, f"there is no tool {params.name[:100]!r}; there are {', '.join(TOOLS)}"
            )
        asking = self._asking(call)
        try:
            asked = msgspec.convert(params.arguments or {}, tool.arguments)
            if tool.begin and _declares_tasks(call):
                return _begun(asking, await tool.begin(asking, asked))
            return _told(await tool.run(asking, asked))
        except msgspec.ValidationError as error:
            return _refused(f"unreadable: {error}")
        except Problem as problem:
            return _refused(str(problem))

    def _asking(self, call: ServedCall) -> Asking:
        return Asking(
            installation=self._installation_of(call),
            say=call.session.report_progress,
            longest_wait=self._longest_wait,
            may_read_files=self._may_read_files,
        )

    async def _get_task(self, call: ServedCall, params: TaskParams) -> HandlerResult:
        task = await self._named_task(call, params)
        state = state_of(task, params.task_id)
        if state["status"] == "completed":
            state["result"] = _told(reply_of(task)).model_dump(by_alias=True, mode="json", exclude_none=True)
        return state

    async def _update_task(self, call: ServedCall, params: TaskParams) -> HandlerResult:
        """Acknowledge: people never want anything of the client meanwhile, so whatever it sends is out of date."""
        await self._named_task(call, params)
        return {}

    async def _cancel_task(self, call: ServedCall, params: TaskParams) -> HandlerResult:
        """Acknowledge; what somebody is answering already goes on, as the extension allows."""
        task = await self._named_task(call, params)
        try:
            await self._installation_of(call).cancel(task.id)
        except Problem as problem:
            if problem.reason != "not_cancellable":
                raise MCPError(types.INTERNAL_ERROR, str(problem)) from problem
        return {}

    async def _named_task(self, call: ServedCall, params: TaskParams) -> ToldTask:
        """Return the task that a handle names. Raises `MCPError` for clients without the extension and for no task."""
        if call.protocol_version < TASKS_SINCE:
            raise MCPError(types.METHOD_NOT_FOUND, "Method not found", call.method)
        if not _declares_tasks(call):
            raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, f"declare the extension {EXTENSION}", _WANTED)
        installation = self._installation_of(call)
        task_id = read_handle(params.task_id, installation.secret)
        if task_id is None:
            raise MCPError(types.INVALID_PARAMS, "there is no such task under this client key")
        try:
            return await installation.task(task_id, 0)
        except Problem as problem:
            unknown = problem.reason == "unknown_task"
            raise MCPError(types.INVALID_PARAMS if unknown else types.INTERNAL_ERROR, str(problem)) from problem


def _listed(tool: Tool, *, may_read_files: bool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=input_schema(tool, may_read_files=may_read_files),
        output_schema=output_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.is_idle, destructive_hint=False, idempotent_hint=True, open_world_hint=True
        ),
    )


def _declares_tasks(call: ServedCall) -> bool:
    declared = call.session.client_capabilities
    return call.protocol_version >= TASKS_SINCE and EXTENSION in ((declared and declared.extensions) or {})


def _begun(asking: Asking, task: ToldTask) -> HandlerResult:
    """Return the handle of a task; the answer itself where it was given before."""
    if task.state in ENDED:
        return _told(reply_of(task))
    return {"resultType": "task", **state_of(task, handle_of(task.id, asking.installation.secret))}


def _told(reply: Reply) -> types.CallToolResult:
    text = types.TextContent(type="text", text=sentence_of(reply))
    return types.CallToolResult(content=[text], structured_content=msgspec.to_builtins(reply))


def _refused(words: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)
