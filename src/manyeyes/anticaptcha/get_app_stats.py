"""getAppStats: how an application does, for its owner (docs/contracts/anticaptcha.md#getappstats)."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial

import msgspec

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.errors import wire_error
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.rules import DaySum, days_until, together
from manyeyes.statistics.rules import DAY_SECONDS
from manyeyes.values.money import number
from manyeyes.values.refusals import Reason, Refusal, Refused

MODES = ("errors", "views", "downloads", "users", "money")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)


class AppStatsPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One day in UTC; ``endstamp`` is its last second."""

    date: str
    shortdate: str
    y: int | float
    beginstamp: int
    endstamp: int
    stamp: int


class AppStatsSeries(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the chart. ``errorId`` and ``code``: the error that it counts; 0 and empty when it counts none."""

    name: str
    data: list[AppStatsPoint]
    itemname: str
    errorId: int
    code: str
    description: str


class AppStats(msgspec.Struct, frozen=True):
    errorId: int
    chartData: list[AppStatsSeries]
    fromDate: str
    toDate: str


async def get_app_stats(call: AntiCaptchaCall) -> AppStats | Refusal:
    """Return the series of a mode, one point a day, today last; only to the app's owner (else error 58)."""
    owner = await call.owner(MONEY_READ)
    if isinstance(owner, Refusal):
        return owner
    if lenient_values.is_unset(call.body, "softId"):
        return Refusal(Reason.TASK_PROPERTIES, "Missing property 'softId'")
    try:
        soft_id = lenient_values.whole(call.body, "softId")
        mode = (lenient_values.text(call.body, "mode", 20) or MODES[0]).lower()
        if mode not in MODES:
            raise lenient_values.bad_property("mode", f"one of {', '.join(MODES)}", mode)
    except Refused as refused:
        return refused.refusal
    app = (await call.context.lookups.soft_apps()).get(soft_id)
    if app is None or app.account_id != owner.account_id:
        return Refusal(Reason.ACCESS_DENIED)
    now = datetime.fromtimestamp(time.time(), UTC)
    shown = days_until(now.date())
    days, refusals = await _read(call.context, soft_id, shown[0])
    start = datetime.combine(shown[0], datetime.min.time(), UTC)
    return AppStats(0, _charts(mode, shown, days, refusals), _stamp(start), _stamp(now))


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
) -> list[AppStatsSeries]:
    def of_day(count: Callable[[DaySum], int | float]) -> list[AppStatsPoint]:
        return [_point(day, count(days.get(day, _NOTHING))) for day in shown]

    if mode == "money":
        return [
            _series("Share", of_day(lambda d: number(d.share_micros - d.taken_back_micros)), "USD", _SHARE),
            _series("Taken back", of_day(lambda d: number(d.taken_back_micros)), "USD", _TAKEN_BACK),
        ]
    if mode == "users":
        return [_series("Users", of_day(lambda d: d.users), "Users", "Accounts that had a task end on the day")]
    if mode == "errors":
        return [
            _series("Accepted and paid", of_day(lambda d: d.solved), "Tasks", "Solved tasks, charged"),
            _error_series("Unsolvable", Refusal(Reason.UNSOLVABLE), of_day(lambda d: d.unsolvable), _PAID),
            _error_series("Not answered", Refusal(Reason.UNSOLVABLE), of_day(lambda d: d.released), _NOT_PAID),
            *_refusals(shown, refused),
        ]
    return [_series(mode.capitalize(), of_day(lambda _: 0), mode.capitalize(), _UNKNOWN.format(mode))]


def _series(name: str, points: list[AppStatsPoint], unit: str, description: str) -> AppStatsSeries:
    """Return a line that counts no error."""
    return AppStatsSeries(name=name, data=points, itemname=unit, errorId=0, code="", description=description)


def _refusals(shown: list[date], refused: Mapping[tuple[str, date], int]) -> list[AppStatsSeries]:
    """Return a series for each reason for which calls of createTask were refused in the days shown."""
    found = []
    for reason in sorted({reason for reason, _ in refused}):
        points = [_point(day, refused.get((reason, day), 0)) for day in shown]
        found.append(_error_series(reason.replace("_", " ").capitalize(), Refusal(Reason(reason)), points, ""))
    return found


def _error_series(name: str, refusal: Refusal, points: list[AppStatsPoint], explanation: str) -> AppStatsSeries:
    error = wire_error(refusal)
    return AppStatsSeries(
        name=name,
        data=points,
        itemname="Tasks",
        errorId=error.errorId,
        code=error.errorCode,
        description=explanation or error.errorDescription,
    )


def _point(day: date, y: int | float) -> AppStatsPoint:
    month = MONTHS[day.month - 1]
    begin = int(datetime.combine(day, datetime.min.time(), UTC).timestamp())
    return AppStatsPoint(
        date=f"{day.day} {month}",
        shortdate=f"{day.day} {month[:3]}",
        y=y,
        beginstamp=begin,
        endstamp=begin + DAY_SECONDS - 1,
        stamp=begin,
    )


def _stamp(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at:%H:%M}"


_NOTHING = DaySum()
_SHARE = "What the app's owner got of the charges of the day's tasks, refunds taken off"
_TAKEN_BACK = "What was taken back of it, since the day's tasks were refunded"
_PAID = "Five different workers failed at the task; charged"
_NOT_PAID = "The task ended before anybody finished it; not charged"
_UNKNOWN = "Not counted: this installation has no page of applications, so it knows of no {}"
