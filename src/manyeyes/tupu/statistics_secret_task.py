"""POST /v3/management/statistics/secret-task/<secretId>: what a task counted by day.

See docs/contracts/tupu.md#statistics.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from manyeyes.apps.rules import IMAGE
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import FAILED
from manyeyes.recognitions.store import LabelDay
from manyeyes.runtime.batching import read_patiently
from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.parameters import Parameters, bad_parameter
from manyeyes.tupu.response_json import management_answer
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.values.text.rules import without_outer_blanks

MOST_DAYS = 366
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


async def statistics_secret_task(call: SignedCall) -> str | Refusal:
    """Return one entry per day, all that were asked. Checks in order: parameters 15 · task 7 · rate 17."""
    try:
        first, last = _days(call.parameters)
        task_id = _needed(call.parameters, "taskId")
    except Refused as refused:
        return refused.refusal
    known = await call.context.lookups.recognitions(call.app.secret_id)
    of = next((found for found in known if found.task_id == task_id), None)
    if of is None:
        return Refusal(Reason.UNKNOWN_RECOGNITION, repr(task_id[:40]))
    too_fast = call.too_fast()
    if too_fast:
        return too_fast
    pool = call.context.cells.pool(call.app.cell)
    counts = await read_patiently(
        pool, lambda db: recognitions.label_days(db, call.app.cell, of.recognition_id, first, last)
    )
    data = day_entries(first, last, of.names, counts, has_images=call.app.medium == IMAGE)
    return management_answer(data, call.at)


class LabelEntry(msgspec.Struct, frozen=True):
    """Members in the order of the printed example; ``reviews`` is its table's word for ``review``.

    See docs/decisions/0026#reviews.
    """

    label: int
    total: int
    review: int
    certain: int
    reviews: int


class DayEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Members in the order of the printed example; ``reviews`` is its table's word for ``review``.

    See docs/decisions/0026#reviews.
    """

    date: str
    duration: int
    reviewDuration: int
    total: int
    review: int
    certain: int
    imageTotal: int
    labelStatistics: list[LabelEntry]
    reviews: int


def day_entries(
    first: date, last: date, names: Iterable[int], counted: Iterable[LabelDay], *, has_images: bool
) -> list[DayEntry]:
    """Return an entry for each day from ``first`` to ``last``, both included, whether anything was counted or not."""
    of_day = {found.day: found for found in counted}
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    wanted = frozenset(names)
    return [_entry(day, wanted, of_day.get(day, LabelDay(day, [], [], [])), has_images) for day in days]


def _entry(day: date, names: frozenset[int], counted: LabelDay, has_images: bool) -> DayEntry:
    labels, totals, reviews = _listed(names, counted)
    certain = [total - review for total, review in zip(totals, reviews, strict=True)]
    listed = list(map(LabelEntry, labels, totals, reviews, certain, reviews))
    total, review = sum(totals), sum(reviews)
    failed = sum(counted.totals) - total
    images = total + failed if has_images else 0
    return DayEntry(
        date=day.isoformat(),
        duration=0,
        reviewDuration=0,
        total=total,
        review=review,
        certain=total - review,
        imageTotal=images,
        labelStatistics=listed,
        reviews=review,
    )


def _listed(names: frozenset[int], counted: LabelDay) -> tuple[list[int], list[int], list[int]]:
    """Return labels, totals and reviews: the recognition's labels, and others that were counted; not what failed."""
    first = 1 if counted.labels[:1] == [FAILED] else 0
    found = counted.labels[first:], counted.totals[first:], counted.reviews[first:]
    if names.issuperset(found[0]) and len(names) == len(found[0]):
        return found  # nothing is to be filled in: most days of a busy recognition
    totals, reviews = (dict(zip(found[0], counts, strict=True)) for counts in found[1:])
    labels = sorted(names | totals.keys())
    return labels, [totals.get(label, 0) for label in labels], [reviews.get(label, 0) for label in labels]


def _days(parameters: Parameters) -> tuple[date, date]:
    first, last = _day(parameters, "startDate"), _day(parameters, "endDate")
    if first > last:
        raise bad_parameter("startDate is after endDate")
    if (last - first).days >= MOST_DAYS:
        raise bad_parameter(f"at most {MOST_DAYS} days are told at once")
    return first, last


def _day(parameters: Parameters, name: str) -> date:
    text = _needed(parameters, name)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # a day that no calendar has
        pass
    raise bad_parameter(f"{name} must be a day as yyyy-MM-dd")


def _needed(parameters: Parameters, name: str) -> str:
    text = without_outer_blanks(parameters.text(name, 100))
    if not text:
        raise bad_parameter(f"{name} is absent")
    return text
