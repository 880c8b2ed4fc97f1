"""/operator: what is left to do first, whether this installation is well, and how queues are doing. Read-only."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.health import Check, backup_check, books_check, disk_check, snapshot_check, waiting_check
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.rendering import render
from manyeyes.db.migrate import SQL
from manyeyes.db.queries import one_row
from manyeyes.dispatch import open_work
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.roles.house.first_steps import backed_up_at, first_steps
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.books_proof import prove_cell
from manyeyes.runtime.context import Context
from manyeyes.runtime.last_audit import note_audit
from manyeyes.workers import store as workers

BOOKS_FRESH_SECONDS = 60.0  # the check reads every transfer: not at each view
WAITING_COUNTED = 100_000


class OperatorPages:
    """The operator's page of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._difference: tuple[float, int] | None = None
        self._proving = asyncio.Lock()

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator: first steps, checks and queues."""
        language = look_of(request).language
        queues = await self._queues()
        return render(
            request,
            "operator/overview.html",
            person="operator",
            checks=await self._checks(queues, language),
            queues=queues,
            steps=await first_steps(self._context),
            open_appeals=len(await open_appeals(self._context)),
        )

    async def _checks(self, queues: list[dict[str, Any]], language: str) -> list[Check]:
        waiting = await self._oldest_waiting_seconds()
        async with self._context.cells.directory.acquire() as db:
            snapshot = (await one_row(db, SQL.oldest_snapshot))["seconds"]
        return [
            waiting_check(waiting, queues, language),
            snapshot_check(snapshot, language),
            books_check(await self.books_difference(), language),
            disk_check(self._context.disk_room, language),
            backup_check(_age(await backed_up_at(self._context.settings)), language),
        ]

    async def _oldest_waiting_seconds(self) -> float | None:
        since = []
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                since.append(await open_work.oldest_waiting(db, cell))
        first = min((instant for instant in since if instant is not None), default=None)
        return (datetime.now(UTC) - first).total_seconds() if first else None

    async def books_difference(self) -> int:
        """Return the unexplained micro-units of all cells, proven at most once a minute and by one view at a time.

        While the books are being checked the other views show the result before.
        """
        if self._difference is not None and self._proving.locked():
            return self._difference[1]
        async with self._proving:
            if self._difference is None or time.monotonic() - self._difference[0] > BOOKS_FRESH_SECONDS:
                total = 0
                for cell in self._context.cells.numbers:
                    total += (await prove_cell(self._context, cell)).difference_micros
                self._difference = (time.monotonic(), total)
                await asyncio.to_thread(note_audit, self._context.settings, total)
            return self._difference[1]

    async def _queues(self) -> list[dict[str, Any]]:
        """Return waiting tasks, tasks being answered and present workers of each queue, over all cells."""
        queues = sorted((await self._context.lookups.queues()).items())
        waiting, answering, online = Counter[int](), Counter[int](), Counter[int]()
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                answering.update(await open_work.answering(db, cell))
                for queue_id, _ in queues:
                    waiting[queue_id] += await queue_depths.count_waiting(db, cell, queue_id, WAITING_COUNTED)
                    online[queue_id] += (await workers.presence(db, cell, queue_id))[0]
        return [
            {
                "terms": queue,
                "waiting": waiting[queue_id],
                "answering": answering[queue_id],
                "online": online[queue_id],
            }
            for queue_id, queue in queues
        ]


def _age(at: datetime | None) -> float | None:
    return None if at is None else (datetime.now(UTC) - at).total_seconds()
