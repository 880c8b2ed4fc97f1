"""What /metrics tells beside what processes count: how the house is now, asked of the database and of this machine.

Two statements for each cell and one for the database, at most once in `OLDEST_SECONDS`, whoever asks how often; none
reads what has ended (docs/reference/metrics.md).
"""

import asyncio
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg

from manyeyes.db.migrate import SQL
from manyeyes.db.pool import LOST_CONNECTION
from manyeyes.db.queries import one_row
from manyeyes.roles.house.first_steps import backed_up_at
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.runtime.exposition import Figure, Values, exposition
from manyeyes.runtime.last_audit import last_audit
from manyeyes.statistics.gauges.store import CellGauges, QueueGauges, cell_gauges, queue_gauges

OLDEST_SECONDS = 10.0
PATIENT_SECONDS = 3.0  # for a database that does not answer
QUEUE, CELL = ("cell", "queue"), ("cell",)
OF_QUEUES = {
    "waiting": Figure("manyeyes_queue_waiting_tasks", "Tasks that wait", QUEUE),
    "people": Figure("manyeyes_queue_present_workers", "Workers who are there for the queue", QUEUE),
    "ended": Figure("manyeyes_queue_ended_tasks", "Tasks answered in the last whole minute", QUEUE),
}
OF_CELLS = {
    "oldest_seconds": Figure("manyeyes_oldest_waiting_seconds", "How long the oldest waiting task waits", CELL),
    "leased": Figure("manyeyes_leased_tasks", "Tasks on people's desks", CELL),
    "people": Figure("manyeyes_present_workers", "Workers who are there", CELL),
    "held_micros": Figure("manyeyes_held_micros", "Held for open tasks, of at most 100,000", CELL),
    "pay_micros": Figure("manyeyes_pending_pay_micros", "Pay whose complaint window is open, of at most 100,000", CELL),
    "payouts": Figure("manyeyes_open_payouts", "Payouts that wait for the operator", CELL),
    "complaints": Figure("manyeyes_open_complaints", "Complaints that are with reviewers", CELL),
    "deliveries": Figure("manyeyes_waiting_deliveries", "Call-backs and mails that wait to be delivered", CELL),
    "given_up": Figure("manyeyes_given_up_deliveries", "Call-backs and mails that were given up, in a month", CELL),
}
OF_DATABASE = {
    "snapshot_seconds": Figure("manyeyes_oldest_snapshot_seconds", "Age of the database's oldest snapshot"),
    "standbys": Figure("manyeyes_standbys", "Standbys that follow"),
    "standby_lag_seconds": Figure("manyeyes_standby_lag_seconds", "How far the last standby is behind"),
}
UP = Figure("manyeyes_database_up", "1 while the database answers, else 0")
FREE = Figure("manyeyes_disk_free_bytes", "Free on the data directory's disk")
SIZE = Figure("manyeyes_disk_bytes", "Size of the data directory's disk")
BACKUP = Figure("manyeyes_backup_age_seconds", "Since the last backup; absent: none is known")
DIFFERENCE = Figure("manyeyes_audit_difference_micros", "What the last proof of the books found; absent: none yet")
AUDIT_AGE = Figure("manyeyes_audit_age_seconds", "Since that proof")
FIGURES = [
    *OF_QUEUES.values(),
    *OF_CELLS.values(),
    *OF_DATABASE.values(),
    UP,
    FREE,
    SIZE,
    BACKUP,
    DIFFERENCE,
    AUDIT_AGE,
]
FiguresFound = Iterator[tuple[Figure, Values]]


class HouseMetrics:
    """How the house is, at most `OLDEST_SECONDS` old; one look at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._text, self._at = b"", 0.0
        self._looking = asyncio.Lock()

    async def text(self) -> bytes:
        """Return it in Prometheus' text format; what the database knows is left out while that is away."""
        async with self._looking:
            if not self._text or time.monotonic() - self._at > OLDEST_SECONDS:
                self._text, self._at = exposition(await self._look()), time.monotonic()
            return self._text

    async def _look(self) -> list[tuple[Figure, Values]]:
        try:
            async with asyncio.timeout(PATIENT_SECONDS):
                found = await self._of_database()
        except (Unavailable, *LOST_CONNECTION):  # a time-out is an OSError too
            found = [(UP, {(): 0.0})]
        backup = await backed_up_at(self._context.settings)
        return [*found, *await asyncio.to_thread(self._of_machine, backup)]

    async def _of_database(self) -> list[tuple[Figure, Values]]:
        cells: dict[int, CellGauges] = {}
        queues: dict[int, list[QueueGauges]] = {}
        minute = int(time.time()) // 60 - 1
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                queues[cell], cells[cell] = await queue_gauges(db, cell, minute), await cell_gauges(db, cell)
        async with self._context.cells.directory.acquire() as db:
            row = await one_row(db, SQL.database_gauges)
        return [(UP, {(): 1.0}), *_of_queues(queues), *_of_cells(cells), *_of_row(row)]

    def _of_machine(self, backup: datetime | None) -> list[tuple[Figure, Values]]:
        disk, audit = shutil.disk_usage(self._context.settings.data), last_audit(self._context.settings.data)
        found: list[tuple[Figure, Values]] = [(FREE, {(): disk.free}), (SIZE, {(): disk.total})]
        if backup is not None:
            found.append((BACKUP, {(): (datetime.now(UTC) - backup).total_seconds()}))
        if audit is not None:
            found += [(DIFFERENCE, {(): audit.difference_micros}), (AUDIT_AGE, {(): time.time() - audit.at})]
        return found


def _of_queues(queues: dict[int, list[QueueGauges]]) -> FiguresFound:
    for name, figure in OF_QUEUES.items():
        yield (
            figure,
            {(str(cell), str(q.queue_id)): getattr(q, name) for cell, found in queues.items() for q in found},
        )


def _of_cells(cells: dict[int, CellGauges]) -> FiguresFound:
    for name, figure in OF_CELLS.items():
        yield figure, {(str(cell),): getattr(found, name) or 0 for cell, found in cells.items()}


def _of_row(row: asyncpg.Record) -> FiguresFound:
    for name, figure in OF_DATABASE.items():
        yield figure, {(): row[name]}
