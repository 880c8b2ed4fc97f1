"""Waiting for people: in steps, so that the caller hears that it goes on; the task lives on when the wait ends."""

import time

from manyeyes.mcp.installation import ENDED, Problem, ToldTask
from manyeyes.mcp.tool import Asking

STEP_SECONDS = 5.0  # between two signs of life
LONGEST_SECONDS = 50.0  # of one call: agents' frameworks give up after a minute (docs/decisions/0053)


async def waited(asking: Asking, task: ToldTask, seconds: float) -> ToldTask:
    """Return the task when it has ended or the seconds, at most ``asking.longest_wait``, are over.

    Whoever stops listening ends the wait and nothing else. A look that is refused, as when too many calls wait already,
    or that waits for nothing, ends it too: the caller knows the task then, and is told to wait once more.
    """
    seconds = max(0.0, min(seconds, asking.longest_wait))
    began = time.monotonic()
    while task.state not in ENDED:
        gone = time.monotonic() - began
        if seconds - gone < 1:  # /v1 waits for whole seconds
            break
        await asking.say(gone, seconds, sentence(task))
        step = min(STEP_SECONDS, seconds - gone)
        try:
            task = await asking.installation.task(task.id, step)
        except Problem:
            break
        if time.monotonic() - began - gone < step / 2:  # an installation that ends lets nobody wait
            break
    return task


def sentence(task: ToldTask) -> str:
    """Return what a waiting caller is told of a task."""
    return f"task {task.id}: " + ("somebody is answering" if task.state == "answering" else "waiting for somebody")
