"""What the server answers, from its OpenAPI description: made by tools/make_client.py.

Money is USD; what a later server says beside these members is passed over."""

from datetime import datetime
from decimal import Decimal

import msgspec


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """``held``: for tasks that have not ended; it is not in ``available``."""

    available: Decimal
    held: Decimal


class SpendingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the tasks that ended in a span cost; ``refunded`` of them, whenever that was; ``net``: what is left."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    tasks: int
    charged: Decimal
    refunded: Decimal
    net: Decimal


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[SpendingRow]
    total: SpendingRow


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the time zone, or an hour of a short span; ``balance`` is at its end."""

    tasks: int
    charged: Decimal
    refunded: Decimal
    net: Decimal
    topped_up: Decimal
    shares: Decimal
    from_: datetime = msgspec.field(name="from")
    to: datetime
    balance: Decimal


class StatementWork(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks of one queue and job; ``job`` is null for tasks by themselves."""

    queue: int
    job: int | None = None
    tasks: int
    charged: Decimal
    refunded: Decimal
    net: Decimal


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry with the balance after it. ``kind``: top_up, task, refund, share, recognition."""

    at: datetime
    kind: str
    task: int | None = None
    amount: Decimal
    balance: Decimal


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """``opening`` and all changes give ``closing``; ``unexplained`` is 0.000000 as long as the books are right."""

    tasks: int
    charged: Decimal
    refunded: Decimal
    net: Decimal
    topped_up: Decimal
    shares: Decimal
    from_: datetime = msgspec.field(name="from")
    to: datetime
    tz: str
    opening: Decimal
    closing: Decimal
    unexplained: Decimal
    rows: list[StatementRow]
    by_job: list[StatementWork] | None = None
    entries: list[StatementEntry]
    next: str | None = None
