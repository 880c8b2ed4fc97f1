"""The inner JSON of every answer, its members in the published order.

See docs/contracts/tupu.md#answer, docs/contracts/tupu.md#statistics.
"""

import enum
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from manyeyes.recognitions.rules import Recognition, statistic
from manyeyes.tupu.codes import FAULT, SUCCESS, SUCCESS_MESSAGE, code_and_message
from manyeyes.values.refusals import Refusal
from manyeyes.values.response_signing import inner_json

LONGEST_STATISTIC = 50  # labels; with more it is `topNStatistic` (docs/contracts/tupu.md#answer)


class Family(enum.Enum):
    """How nonce and instant are written: as text and ms, or as number and s.

    See docs/contracts/tupu.md#what-answers-hold.
    """

    RECOGNITION = "recognition"
    MANAGEMENT = "management"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One picture or frame of a `fileList`. ``tag`` only when the call sent tags."""

    rate: float
    label: int
    name: str
    review: bool
    tag: str | None = None


def recognition_answer(found: Sequence[tuple[Recognition, Sequence[Entry]]], now: float) -> str:
    """Return the answer of a recognition call: an object per task, then what all answers have."""
    tasks = {recognition.task_id: _task(recognition.names, entries) for recognition, entries in found}
    return inner_json({**tasks, "code": SUCCESS, "message": SUCCESS_MESSAGE, **_stamp(Family.RECOGNITION, now)})


def management_answer(data: Sequence[object], now: float) -> str:
    """Return the answer of a management call around its ``data``."""
    stamp = _stamp(Family.MANAGEMENT, now)
    return inner_json({"code": SUCCESS, "data": list(data), "message": SUCCESS_MESSAGE, **stamp})


def error_answer(refusal: Refusal, family: Family, now: float) -> str:
    """Return the answer that says no."""
    return _failure(*code_and_message(refusal), family, now)


def fault_answer(family: Family, now: float) -> str:
    """Return the answer when something of ours broke (code 100)."""
    return _failure(*FAULT, family, now)


def _failure(code: int, message: str, family: Family, now: float) -> str:
    return inner_json({"code": code, "message": message, **_stamp(family, now)})


def _stamp(family: Family, now: float) -> dict[str, Any]:
    """Return the answer's own nonce and instant; they echo nothing (docs/contracts/tupu.md#what-answers-hold)."""
    nonce = random.random()
    if family is Family.MANAGEMENT:
        return {"nonce": nonce, "timestamp": int(now)}
    return {"nonce": repr(nonce), "timestamp": int(now * 1000)}


def _task(names: Mapping[int, str], entries: Sequence[Entry]) -> dict[str, Any]:
    counts = Counter(entry.label for entry in entries)
    task: dict[str, Any] = {"reviewCount": sum(entry.review for entry in entries), "fileList": list(entries)}
    if max(names) < LONGEST_STATISTIC:
        task["statistic"] = statistic(counts, names)
    else:
        given = sorted(((count, label) for label, count in counts.items() if label >= 0), key=lambda c: (-c[0], c[1]))
        task["topNStatistic"] = [{"count": count, "label": label} for count, label in given]
    return task
