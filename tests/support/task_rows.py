"""Pages of tasks as a customer's tests read them: which are listed, what stands in a row, where a link leads."""

import re
from typing import Any

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from support import factories


async def sent(context: Context, customer: factories.Customer, **given: Any) -> int:
    """Submit a task; return its serial."""
    submitted = await factories.submit(context, customer, **given)
    assert isinstance(submitted, Submitted), submitted
    return submitted.task_id


async def answer(context: Context, hand: factories.Hand, text: str) -> None:
    """Let the worker answer what they are given."""
    lease = await factories.taken(context, hand)
    answered = await WorkerDesk(context).answer(hand.worker, lease.lease, text)
    assert not isinstance(answered, Refusal), answered


def listed(page: str) -> list[int]:
    """Return the tasks of a list, in its order."""
    return [int(number) for number in re.findall(r'data-task="(\d+)"', page)]


def row(page: str, number: int) -> str:
    """Return what stands in a task's row, blanks made one."""
    inside = page.split(f'id="task-{number}"', 1)[1].split("</li>\n", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inside))


def address(page: str, words: str) -> str:
    """Return where the first link with these words leads."""
    found = re.search(rf'href="([^"]+)"[^>]*>[^<]*{words}', page)
    assert found, words
    return found[1].replace("&amp;", "&")
