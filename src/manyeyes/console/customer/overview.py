"""/customer: what an account has, what it spent, what it sent last, and how to connect a client."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.connect import examples
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.dispatch import open_work
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.dispatch.rules import WorkState
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.runtime.context import Context
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import DAY_SECONDS, spending_windows
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import Ending, wire_id
from manyeyes.tasks.store import EndedTask

RECENT_TASKS = 25
STATUSES = {
    "solved": mark("Solved"),
    "unsolvable": mark("Unsolvable"),
    "unanswered": mark("Not answered"),
    "untried": mark("Nobody tried it"),
    "barred": mark("Ended: site not proven"),
    "cancelled": mark("Cancelled"),
    "no_picture": mark("Its picture could not be had"),
    "waiting": mark("Waiting"),
    "answering": mark("Being answered"),
}


class RecentTask(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list; ``seconds`` and ``charged_micros`` are None until it has ended."""

    wire_id: int
    sent_at: datetime
    queue: str
    status: str
    charged_micros: int | None
    seconds: int | None


class CustomerPages:
    """A customer's own page."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer: balance, spending, latest tasks, and how to connect a client."""
        async with self._context.cells.pool(place.cell).acquire() as db:
            account = await _figures(db, place)
            recent = await self._recent(db, place)
        translate = catalogue(look_of(request).language).ugettext
        return render(
            request,
            "customer/overview.html",
            person=place.name,
            account=account,
            recent=recent,
            statuses={status: translate(message) for status, message in STATUSES.items()},
            **examples(request),
        )

    async def _recent(self, db: asyncpg.Connection, place: AccountPlace) -> list[RecentTask]:
        held = await ledger.recent_holds(db, place.cell, place.account_id, RECENT_TASKS)
        ids = [task_id for task_id, _, _ in held]
        open_tasks = await open_work.states(db, place.cell, ids)
        ended = await tasks.endings(db, place.cell, ids)
        queues = await self._context.lookups.queues()
        lines = []
        for task_id, sent_at, _ in held:
            if task_id in ended:
                end = ended[task_id]
                seconds = round((end.ended_at - end.created_at).total_seconds())
                status, cost = _status(end), end.charged_micros
                lines.append(
                    RecentTask(
                        wire_id=wire_id(task_id),
                        sent_at=sent_at,
                        queue=queues[end.queue_id].name,
                        status=status,
                        charged_micros=cost,
                        seconds=seconds,
                    )
                )
            elif task_id in open_tasks:
                queue_id, state = open_tasks[task_id]
                status = "waiting" if state is WorkState.WAITING else "answering"
                lines.append(
                    RecentTask(
                        wire_id=wire_id(task_id),
                        sent_at=sent_at,
                        queue=queues[queue_id].name,
                        status=status,
                        charged_micros=None,
                        seconds=None,
                    )
                )
        return lines


async def _figures(db: asyncpg.Connection, place: AccountPlace) -> dict[str, Any]:
    """Return the numbers at the head of the page; money in micro-units."""
    cell, account_id = place.cell, place.account_id
    day = await statistics.spending(db, cell, account_id, spending_windows(int(time.time()) + 1 - DAY_SECONDS))
    waiting, answering = await queue_depths.account_waiting(db, cell, account_id)
    return {
        "name": place.name,
        "account_id": account_id,
        "available_micros": (await ledger.balances(db, cell, [account_id])).get(account_id, 0),
        "held_micros": await queue_depths.held(db, cell, account_id),
        "spent_micros": sum(hour.charged_micros for hour in day) + await _recognised(db, place),
        "tasks": sum(hour.tasks for hour in day),
        "waiting": waiting,
        "answering": answering,
    }


async def _recognised(db: asyncpg.Connection, place: AccountPlace) -> int:
    """Return what recognisers' work cost in the last 24 hours, in micro-units."""
    now = datetime.now(UTC)
    start, end = now - timedelta(seconds=DAY_SECONDS), now + timedelta(minutes=1)
    sums = await ledger.movement_sums(db, place.cell, place.account_id, start, end)
    return -sum(each.available_change for each in sums if each.kind is TransferKind.RECOGNITION)


def _status(end: EndedTask) -> str:
    """Return how a task ended, a task that nobody tried told from one that some did."""
    return "untried" if end.ending is Ending.UNANSWERED and not end.solve_count else _ENDINGS[end.ending]


_ENDINGS = {
    Ending.SOLVED: "solved",
    Ending.UNSOLVABLE: "unsolvable",
    Ending.UNANSWERED: "unanswered",
    Ending.BARRED: "barred",
    Ending.CANCELLED: "cancelled",
    Ending.NO_PICTURE: "no_picture",
}
