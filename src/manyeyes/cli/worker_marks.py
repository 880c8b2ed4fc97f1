"""What of `manyeyes worker` is about marks: how much of each somebody is shown a day, and what they said to them."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from manyeyes.cli.command import CommandFailed
from manyeyes.roles.wellbeing import mark_choices
from manyeyes.runtime.context import Context
from manyeyes.values.marks import MARK_NAMES, ContentMark, mark_names
from manyeyes.wellbeing.rules import USUAL_CAP, Cap
from manyeyes.workers.store import Worker

MOST_PICTURES, MOST_MINUTES = 100_000, 1_440
USUAL, EVERY = "usual", "all"
CAP_HELP = (
    "Most pictures and minutes of a mark a day, as gore=50/30, or all=50/30; gore=usual: "
    f"{USUAL_CAP.pictures}/{USUAL_CAP.minutes} again; repeat for more."
)
ZONE_HELP = "Where their days begin, such as Asia/Ho_Chi_Minh. Default: UTC."


def read_caps(texts: list[str] | None) -> dict[int, Cap | None]:
    """Return caps by mark; None: as usual. Raises `CommandFailed` with how they are written."""
    caps: dict[int, Cap | None] = {}
    for text in texts or []:
        name, _, said = text.partition("=")
        name = name.strip().lower().replace("-", "_")
        if name != EVERY and name not in MARK_NAMES:
            raise CommandFailed(f"{name!r} is no mark; there are {', '.join(MARK_NAMES)}, or {EVERY}")
        cap = None if said.strip() == USUAL else _cap(said)
        caps |= {int(mark): cap for mark in ContentMark if name in (EVERY, mark.name.lower())}
    return caps


def _cap(said: str) -> Cap:
    pictures, _, minutes = said.partition("/")
    found = [int(part) if part.isascii() and part.isdigit() else -1 for part in (pictures.strip(), minutes.strip())]
    if not (0 <= found[0] <= MOST_PICTURES and 0 <= found[1] <= MOST_MINUTES):
        raise CommandFailed(
            f"a cap is written as pictures/minutes, such as 50/30: at most {MOST_PICTURES}/{MOST_MINUTES}, or `{USUAL}`"
        )
    return Cap(*found)


def check_zone(zone: str | None) -> None:
    """Refuse a time zone that there is not. Raises `CommandFailed`."""
    try:
        if zone is not None:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CommandFailed(f"there is no time zone {zone!r}; write it as Europe/Berlin or UTC") from error


async def marks_row(context: Context, worker: Worker) -> dict[str, Any]:
    """Return what somebody said of marks, and their day."""
    choices = await mark_choices(context, worker)
    return {
        "agreed": {str(each.queue.queue_id): mark_names(each.agreed) for each in choices.queues if each.agreed},
        "waits_for_a_yes": [queue.queue_id for queue in choices.unasked],
        "avoided": mark_names(choices.avoided),
        "time_zone": choices.zone,
        "today": [
            {
                "mark": mark_names(day.mark)[0],
                "pictures": day.spent.pictures,
                "pictures_at_most": day.cap.pictures,
                "minutes": day.minutes,
                "minutes_at_most": day.cap.minutes,
            }
            for day in choices.days
        ],
    }


def marks_lines(row: Mapping[str, Any]) -> list[str]:
    """Return the same for people to read."""
    agreed = [f"queue {queue_id}: {', '.join(names)}" for queue_id, names in row["agreed"].items()]
    waiting = [f"queue {queue_id}" for queue_id in row["waits_for_a_yes"]]
    return [
        f"agreed to         {'; '.join(agreed) or 'nothing'}",
        f"not asked yet     {', '.join(waiting) or 'nothing'}",
        f"never             {', '.join(row['avoided']) or 'nothing'}",
        f"days in           {row['time_zone']}",
        f"{'mark':14}  pictures today  minutes today",
        *[
            f"{day['mark']:14}  {day['pictures']:>6} of {day['pictures_at_most']:<5}  "
            f"{day['minutes']:>5} of {day['minutes_at_most']}"
            for day in row["today"]
        ],
    ]
