"""What a tool is: one row, which the list of tools and the calls are both made from."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from manyeyes.mcp.installation import Installation, ToldTask
from manyeyes.mcp.replies import Reply

SayProgress = Callable[[float, float, str], Awaitable[None]]


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a tool: on whose behalf, and how to say that it goes on.

    ``say`` takes the seconds waited, those there are, and a sentence; ``longest_wait``: seconds that one call may
    wait; ``may_read_files``: the caller sits at this machine, so that a path on it is theirs to name.
    """

    installation: Installation
    say: SayProgress
    longest_wait: float
    may_read_files: bool


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool: ``run`` takes the `Asking` and the ``arguments``, and raises `Problem`. ``is_idle``: it changes nothing.

    ``begin`` does what ``run`` does without waiting, for clients with the Tasks extension: they are given a handle of
    the task (`task_handles`). ``only_with_files``: arguments that only callers at this machine have.
    """

    name: str
    title: str
    description: str
    arguments: type[msgspec.Struct]
    run: Callable[[Asking, Any], Awaitable[Reply]]
    is_idle: bool = False
    begin: Callable[[Asking, Any], Awaitable[ToldTask]] | None = None
    only_with_files: frozenset[str] = frozenset()


def input_schema(tool: Tool, *, may_read_files: bool) -> dict[str, Any]:
    """Return the JSON schema of a tool's arguments: an object, as MCP wants it, with the rest under ``$defs``."""
    schema = _object_schema(tool.arguments)
    if not may_read_files:
        schema["properties"] = {n: told for n, told in schema["properties"].items() if n not in tool.only_with_files}
    return schema


def output_schema() -> dict[str, Any]:
    """Return the JSON schema of what every tool answers."""
    return _object_schema(Reply)


def _object_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    (_,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    own = parts.pop(kind.__name__)
    return {**own, "$defs": parts} if parts else own
