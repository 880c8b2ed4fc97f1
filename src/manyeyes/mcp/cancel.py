"""The tool `cancel`: a question is taken back, and its money with it."""

import msgspec

from manyeyes.mcp.check import TaskNumber
from manyeyes.mcp.replies import Reply, reply_of
from manyeyes.mcp.tool import Asking, Tool


class CancelArguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `cancel` takes."""

    id: TaskNumber


async def cancel(asking: Asking, asked: CancelArguments) -> Reply:
    """Return how the task stands after it was cancelled.

    Raises `Problem`: such as when somebody is answering it.
    """
    await asking.installation.cancel(asked.id)
    return reply_of(await asking.installation.task(asked.id, 0))


CANCEL = Tool(
    name="cancel",
    title="Take a question back",
    description="Takes back a question that nobody has begun to answer; what was set aside for it comes back whole."
    " Refused with not_cancellable while somebody is answering it and after it ended.",
    arguments=CancelArguments,
    run=cancel,
)
