"""POST /v3/management/statistics/secret-task/<secretId>: what a task of an app counted, day by day (seed 003)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from manyeyes.apps.rules import IMAGE
from manyeyes.gather import look
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import FAILED
from manyeyes.recognitions.store import DayCount
from manyeyes.refusals import Reason, Refusal
from manyeyes.tupu.answers import management_answer
from manyeyes.tupu.call import Call
from manyeyes.tupu.parameters import Parameters, Unfit

MOST_DAYS = 366
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


async def statistics_secret_task(call: Call) -> str | Refusal:
    """Return one entry per day, all that were asked. Checks in order: parameters 15 · task 7 · rate 17."""
    try:
        first, last = _days(call.parameters)
        task_id = _needed(call.parameters, "taskId")
    except Unfit as unfit:
        return unfit.refusal
    known = await call.house.directory.recognitions(call.app.secret_id)
    of = next((found for found in known if found.task_id == task_id), None)
    if of is None:
        return Refusal(Reason.UNKNOWN_RECOGNITION, repr(task_id[:40]))
    too_fast = call.too_fast()
    if too_fast:
        return too_fast
    pool = call.house.cells.pool(call.app.cell)
    counts = await look(pool, lambda db: recognitions.days(db, call.app.cell, of.recognition_id, first, last))
    data = day_entries(first, last, of.names, counts, has_images=call.app.medium == IMAGE)
    return management_answer(data, call.at)


def day_entries(
    first: date, last: date, names: Iterable[int], counts: Iterable[DayCount], *, has_images: bool
) -> list[dict[str, Any]]:
    """Return an entry for each day from ``first`` to ``last``, both included, whether anything was counted or not."""
    of_day: dict[date, dict[int, DayCount]] = defaultdict(dict)
    for count in counts:
        of_day[count.day][count.label] = count
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [_entry(day, names, of_day.get(day, {}), has_images) for day in days]


def _entry(day: date, names: Iterable[int], counts: Mapping[int, DayCount], has_images: bool) -> dict[str, Any]:
    """Members in the order of the seed's example; ``reviews``, its table's word for ``review``, stands last."""
    labels = sorted({*names, *(label for label in counts if label >= 0)})
    listed = [{"label": label, **_counted(counts.get(label))} for label in labels]
    total, review = (sum(label[name] for label in listed) for name in ("total", "review"))
    failed = counts[FAILED].total if FAILED in counts else 0
    return {
        "date": day.isoformat(),
        "duration": 0,
        "reviewDuration": 0,
        "total": total,
        "review": review,
        "certain": total - review,
        "imageTotal": total + failed if has_images else 0,
        "labelStatistics": listed,
        "reviews": review,
    }


def _counted(count: DayCount | None) -> dict[str, int]:
    total, review = (count.total, count.review) if count else (0, 0)
    return {"total": total, "review": review, "certain": total - review, "reviews": review}


def _days(parameters: Parameters) -> tuple[date, date]:
    first, last = _day(parameters, "startDate"), _day(parameters, "endDate")
    if first > last:
        raise Unfit("startDate is after endDate")
    if (last - first).days >= MOST_DAYS:
        raise Unfit(f"at most {MOST_DAYS} days are told at once")
    return first, last


def _day(parameters: Parameters, name: str) -> date:
    text = _needed(parameters, name)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # a day that no calendar has
        pass
    raise Unfit(f"{name} must be a day as yyyy-MM-dd")


def _needed(parameters: Parameters, name: str) -> str:
    text = parameters.text(name, 100)
    if not text:
        raise Unfit(f"{name} is absent")
    return text
