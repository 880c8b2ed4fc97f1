"""The tool `check`: how a question stands, at once."""

from typing import Annotated

import msgspec

from manyeyes.mcp.replies import Reply, reply_of
from manyeyes.mcp.tool import Asking, Tool

TaskNumber = Annotated[int, msgspec.Meta(ge=0, description="the `id` that ask_people gave")]


class CheckArguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `check` takes."""

    id: TaskNumber


async def check(asking: Asking, asked: CheckArguments) -> Reply:
    """Return how the task stands. Raises `Problem`."""
    return reply_of(await asking.installation.task(asked.id, 0))


CHECK = Tool(
    name="check",
    title="Look whether people have answered",
    description="Tells at once how a question stands that was asked with ask_people: its state and, when there is one,"
    " the answer. Costs nothing. To wait for the answer, call `wait` instead of calling this again and again.",
    arguments=CheckArguments,
    run=check,
    is_idle=True,
)
