"""getAppStats: how an application does, for its owner (docs/contracts/anticaptcha.md#getappstats)."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial

import msgspec

from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import Call
from manyeyes.anticaptcha.errors import wire_error
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.rules import DaySum, days_until, together
from manyeyes.statistics.rules import DAY_SECONDS
from manyeyes.values.money import number
from manyeyes.values.refusals import Reason, Refusal

MODES = ("errors", "views", "downloads", "users", "money")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)


class Point(msgspec.Struct, frozen=True):
    """One day in UTC; ``endstamp`` is its last second."""

    date: str
    shortdate: str
    y: int | float
    beginstamp: int
    endstamp: int
    stamp: int


class Series(msgspec.Struct, frozen=True):
    """One line of the chart. ``errorId`` and ``code``: the error that it counts; 0 and empty when it counts none."""

    name: str
    data: list[Point]
    itemname: str
    errorId: int
    code: str
    description: str


class AppStats(msgspec.Struct, frozen=True):
    errorId: int
    chartData: list[Series]
    fromDate: str
    toDate: str


async def get_app_stats(call: Call) -> AppStats | Refusal:
    """Return the series of a mode, one point a day, today last; only to the app's owner (else error 58)."""
    owner = await call.owner()
    if isinstance(owner, Refusal):
        return owner
    if call.body.get("softId") is None:
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'softId'")
    try:
        soft_id = lenient_values.whole(call.body, "softId")
        mode = (lenient_values.text(call.body, "mode", 20) or MODES[0]).lower()
        if mode not in MODES:
            raise lenient_values.Unfit("mode", f"one of {', '.join(MODES)}", mode)
    except lenient_values.Unfit as unfit:
        return unfit.refusal
    app = (await call.context.lookups.soft_apps()).get(soft_id)
    if app is None or app.account_id != owner.account_id:
        return Refusal(Reason.ACCESS_DENIED)
    now = datetime.fromtimestamp(time.time(), UTC)
    shown = days_until(now.date())
    days, refused = await _read(call.context, soft_id, shown[0])
    start = datetime.combine(shown[0], datetime.min.time(), UTC)
    return AppStats(0, _charts(mode, shown, days, refused), _stamp(start), _stamp(now))


async def _read(context: Context, soft_id: int, since: date) -> tuple[dict[date, DaySum], dict[tuple[str, date], int]]:
    """Return an app's days, and its refused calls by (reason, day), over all cells."""
    days: list[Mapping[date, DaySum]] = []
    refused: dict[tuple[str, date], int] = {}
    for cell in context.cells.numbers:
        pool = context.cells.pool(cell)
        days.append(await read_patiently(pool, partial(soft_apps.days, cell=cell, soft_id=soft_id, since=since)))
        found = await read_patiently(pool, partial(soft_apps.refusals, cell=cell, soft_id=soft_id, since=since))
        for key, times in found.items():
            refused[key] = refused.get(key, 0) + times
    return together(days), refused


def _charts(
    mode: str, shown: list[date], days: Mapping[date, DaySum], refused: Mapping[tuple[str, date], int]
) -> list[Series]:
    def of_day(count: Callable[[DaySum], int | float]) -> list[Point]:
        return [_point(day, count(days.get(day, _NOTHING))) for day in shown]

    if mode == "money":
        return [
            Series("Share", of_day(lambda d: number(d.share_micros - d.taken_back_micros)), "USD", 0, "", _SHARE),
            Series("Taken back", of_day(lambda d: number(d.taken_back_micros)), "USD", 0, "", _TAKEN_BACK),
        ]
    if mode == "users":
        return [Series("Users", of_day(lambda d: d.users), "Users", 0, "", "Accounts that had a task end on the day")]
    if mode == "errors":
        return [
            Series("Accepted and paid", of_day(lambda d: d.solved), "Tasks", 0, "", "Solved tasks, charged"),
            _error_series("Unsolvable", Refusal(Reason.UNSOLVABLE), of_day(lambda d: d.unsolvable), _PAID),
            _error_series("Not answered", Refusal(Reason.UNSOLVABLE), of_day(lambda d: d.released), _NOT_PAID),
            *_refusals(shown, refused),
        ]
    return [Series(mode.capitalize(), of_day(lambda _: 0), mode.capitalize(), 0, "", _UNKNOWN.format(mode))]


def _refusals(shown: list[date], refused: Mapping[tuple[str, date], int]) -> list[Series]:
    """Return a series for each reason for which calls of createTask were refused in the days shown."""
    found = []
    for reason in sorted({reason for reason, _ in refused}):
        points = [_point(day, refused.get((reason, day), 0)) for day in shown]
        found.append(_error_series(reason.replace("_", " ").capitalize(), Refusal(Reason(reason)), points, ""))
    return found


def _error_series(name: str, refusal: Refusal, points: list[Point], explanation: str) -> Series:
    error = wire_error(refusal)
    return Series(name, points, "Tasks", error.errorId, error.errorCode, explanation or error.errorDescription)


def _point(day: date, y: int | float) -> Point:
    month = MONTHS[day.month - 1]
    begin = int(datetime.combine(day, datetime.min.time(), UTC).timestamp())
    return Point(f"{day.day} {month}", f"{day.day} {month[:3]}", y, begin, begin + DAY_SECONDS - 1, begin)


def _stamp(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at:%H:%M}"


_NOTHING = DaySum()
_SHARE = "What the app's owner got of the charges of the day's tasks, refunds taken off"
_TAKEN_BACK = "What was taken back of it, since the day's tasks were refunded"
_PAID = "Five different workers failed at the task; charged"
_NOT_PAID = "The task ended before anybody finished it; not charged"
_UNKNOWN = "Not counted: this installation has no page of applications, so it knows of no {}"
