"""What a measurement gives: rows of one table, the same for people and for JSON."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One figure with its ``unit``; ``aim`` says in words what is wanted; ``details`` are what explains the figure."""

    name: str
    value: float
    unit: str
    aim: str = ""
    details: dict[str, Any] = {}


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of ``values`` that at least ``percent`` of them do not exceed; nan when there are none."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| measurement | value | aim | details |", "| --- | ---: | --- | --- |"]
    for row in rows:
        details = ", ".join(f"{name} {_figure(value)}" for name, value in row.details.items())
        value = f"{_figure(row.value)} {row.unit}".strip()
        lines.append(f"| {row.name} | {value} | {row.aim} | {details} |")
    return "\n".join(lines)


def _figure(value: Any) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
