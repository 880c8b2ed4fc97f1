"""The tool `wait`: the answer when it comes, or "still waiting"."""

from typing import Annotated

import msgspec

from manyeyes.mcp.check import TaskNumber
from manyeyes.mcp.replies import Reply, reply_of
from manyeyes.mcp.tool import Asking, Tool
from manyeyes.mcp.waiting import LONGEST_SECONDS, waited

Seconds = Annotated[
    float, msgspec.Meta(ge=0, description="how many seconds to wait for the answer; more than 50 counts as 50")
]


class WaitArguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `wait` takes."""

    id: TaskNumber
    seconds: Seconds = LONGEST_SECONDS


async def wait(asking: Asking, asked: WaitArguments) -> Reply:
    """Return how the task stands when it has ended or the time is over. Raises `Problem`."""
    task = await asking.installation.task(asked.id, 0)
    return reply_of(await waited(asking, task, asked.seconds))


WAIT = Tool(
    name="wait",
    title="Wait for people's answer",
    description="Waits for the answer to a question that was asked with ask_people, at most 50 seconds, and tells how"
    " it stands then. Costs nothing. When `ended` is false nobody has answered yet: do something else, or call this"
    " again; the question stays where it is.",
    arguments=WaitArguments,
    run=wait,
    is_idle=True,
)
