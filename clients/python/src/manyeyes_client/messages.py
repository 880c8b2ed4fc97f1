"""What is sent and answered, from the server's OpenAPI description: made by tools/make_client.py."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec


class QueueName(msgspec.Struct, frozen=True):
    id: int
    name: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    value: Any = None
    text: str | None = None
    answers: int = 1
    from_: str = msgspec.field(default="people", name="from")
    kept: bool = True


class Failure(msgspec.Struct, frozen=True):
    reason: str
    detail: str = ""


class ReportMark(msgspec.Struct, frozen=True):
    kind: str
    state: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    kind: str = ""
    state: str = ""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    state: str
    job: int | None = None
    line: int | None = None
    external_id: str = ""
    queue: QueueName | None = None
    question: dict[str, Any] = {}
    created_at: datetime
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    result: Result | None = None
    failure: Failure | None = None
    price: Decimal
    cost: Decimal
    refunded: Decimal
    picture_url: str | None = None
    report: ReportMark | None = None
    report_until: datetime | None = None


class Tasks(msgspec.Struct, frozen=True):
    items: list[Task]
    next: str | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    items: int = 0
    open: int = 0
    held_back: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0


class JobPrice(msgspec.Struct, frozen=True):
    task: Decimal
    total: Decimal


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    lines: int
    complete: bool
    items: int = 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str
    state: str
    waits_for: str | None = None
    queue: QueueName | None = None
    question: dict[str, Any] = {}
    terms: dict[str, Any] = {}
    budget: Decimal | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deadline: datetime | None = None
    counts: Counts
    price: JobPrice
    held: Decimal
    charged: Decimal
    refunded: Decimal
    net: Decimal
    uploads: list[Upload] = []
    eta_seconds: int | None = None


class Jobs(msgspec.Struct, frozen=True):
    items: list[Job]
    next: str | None = None


class Balance(msgspec.Struct, frozen=True):
    available: Decimal
    held: Decimal


class Spending(msgspec.Struct, frozen=True):
    rows: list[dict[str, Any]]
    total: dict[str, Any]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    opening: Decimal
    closing: Decimal
    charged: Decimal
    refunded: Decimal
    net: Decimal
    entries: list[dict[str, Any]]
