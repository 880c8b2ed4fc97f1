"""A customer's books over a window: where they stood, what moved, where they stand, and whether that adds up."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.statement_period import PAGE_ENTRIES, StatementQuery, filters
from manyeyes.dispatch import store as dispatch
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.store import Movement, MovementSum
from manyeyes.statistics import store as statistics
from manyeyes.statistics.rules import spending_windows
from manyeyes.statistics.store import Spending
from manyeyes.tasks.rules import QueueTerms, wire_id

BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
NO_TASK = (TransferKind.TOP_UP, TransferKind.SHARE_PAY_OUT, TransferKind.RECOGNITION)  # what no task caused
FOREVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


class Funds(msgspec.Struct, frozen=True):
    """What may be spent and what is held, in micro-units."""

    available_micros: int
    held_micros: int

    def plus(self, sums: Iterable[MovementSum | Movement]) -> "Funds":
        """Return the funds after these movements."""
        moved = list(sums)
        return Funds(
            self.available_micros + sum(each.available_change for each in moved),
            self.held_micros + sum(each.held_change for each in moved),
        )


class StatementLine(msgspec.Struct, frozen=True):
    """One transfer with the funds after it; ``task`` is the wire's number, 0 when no task caused it."""

    at: datetime
    kind: TransferKind
    task: int
    amount_micros: int
    after: Funds

    @property
    def is_refund(self) -> bool:
        """Tell whether the line is a refund of a complaint; that complaint has a page."""
        return self.kind is TransferKind.REFUND


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a statement shows.

    ``opening`` is summed forward from the first transfer, ``closing`` is what the account has now less what moved
    since: they agree only if nothing was lost or counted twice.
    """

    opening: Funds
    sums: list[MovementSum]
    closing: Funds
    hours: list[Spending]
    charged_micros: int
    refunded_micros: int  # of the tasks that ended in the window, whenever that was: the hours have it taken off
    lines: list[StatementLine]

    @property
    def entries(self) -> int:
        """Return how many entries the window has, on all pages."""
        return sum(each.entries for each in self.sums)

    @property
    def unexplained_micros(self) -> int:
        """Return the largest difference between figures that should be equal; 0 when the statement adds up."""
        reached = self.opening.plus(self.sums)
        settled = -sum(each.held_change for each in self.sums if each.kind is TransferKind.SETTLE)
        differences = (
            reached.available_micros - self.closing.available_micros,
            reached.held_micros - self.closing.held_micros,
            settled - self.refunded_micros - self.charged_micros,
        )
        return max(differences, key=abs)


async def read_books(
    db: asyncpg.Connection, place: AccountPlace, asked: StatementQuery, queues: dict[int, QueueTerms]
) -> Statement:
    """Read the statement in one snapshot, so that a task which ends meanwhile cannot make the figures disagree."""
    cell, account_id = place.cell, place.account_id
    async with db.transaction(isolation="repeatable_read", readonly=True):
        opening = Funds(0, 0).plus(await ledger.movement_sums(db, cell, account_id, BEGINNING, asked.start))
        sums = await ledger.movement_sums(db, cell, account_id, asked.start, asked.end)
        since = await ledger.movement_sums(db, cell, account_id, asked.end, FOREVER)
        available = (await ledger.balances(db, cell, [account_id])).get(account_id, 0)
        held = await dispatch.held(db, cell, account_id)
        moved = Funds(0, 0).plus(since)
        closing = Funds(available - moved.available_micros, held - moved.held_micros)
        windows = spending_windows(int(asked.start.timestamp()))
        hours = await statistics.spending(db, cell, account_id, windows, **filters(asked, queues))
        every = await statistics.spending(db, cell, account_id, windows) if asked.is_filtered else hours
        refunded = await statistics.refunded_between(db, cell, account_id, asked.start, asked.end)
        page = await ledger.movements_newest(
            db, cell, account_id, asked.start, asked.end, limit=PAGE_ENTRIES, offset=(asked.page - 1) * PAGE_ENTRIES
        )
    lines = [
        line(movement, Funds(closing.available_micros - newer[0], closing.held_micros - newer[1]))
        for movement, *newer in page
    ]
    charged = sum(hour.charged_micros for hour in every)
    return Statement(
        opening=opening,
        sums=sums,
        closing=closing,
        hours=hours,
        charged_micros=charged,
        refunded_micros=refunded,
        lines=lines,
    )


def line(movement: Movement, after: Funds) -> StatementLine:
    """Return a movement as a line of the statement."""
    task = 0 if movement.kind in NO_TASK else wire_id(movement.cause_id)
    return StatementLine(movement.at, movement.kind, task, movement.amount_micros, after)


def totals(hours: Iterable[Spending]) -> dict[str, Any]:
    """Return the sums over the hours, by the names that the template uses."""
    every = list(hours)
    return {"tasks": sum(hour.tasks for hour in every), "charged_micros": sum(hour.charged_micros for hour in every)}
