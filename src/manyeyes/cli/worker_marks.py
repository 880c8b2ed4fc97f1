"""What of `manyeyes worker` is about marks: how much of each somebody is shown a day, and what they said to them."""

from collections.abc import Mapping
from typing import Any

from manyeyes.cli.command import CommandFailed
from manyeyes.roles.wellbeing import mark_choices
from manyeyes.runtime.context import Context
from manyeyes.values.marks import MARK_NAMES, ContentMark, mark_names
from manyeyes.wellbeing.rules import USUAL_CAP, Cap, read_cap
from manyeyes.workers.store import Worker

USUAL, EVERY = "usual", "all"
CAP_HELP = (
    "Most pictures and minutes of a mark a day, as gore=50/30, or all=50/30; gore=usual: "
    f"{USUAL_CAP.pictures}/{USUAL_CAP.minutes} again; repeat for more."
)
ZONE_HELP = "Where their days begin, such as Asia/Ho_Chi_Minh. Default: UTC."


def read_caps(texts: list[str] | None) -> dict[int, Cap | None]:
    """Return caps by mark; None: as usual. Raises `CommandFailed` or ValueError with how they are written."""
    caps: dict[int, Cap | None] = {}
    for text in texts or []:
        name, _, said = text.partition("=")
        name = name.strip().lower().replace("-", "_")
        if name != EVERY and name not in MARK_NAMES:
            raise CommandFailed(f"{name!r} is no mark; there are {', '.join(MARK_NAMES)}, or {EVERY}")
        cap = None if said.strip() == USUAL else read_cap(said)
        caps |= {int(mark): cap for mark in ContentMark if name in (EVERY, mark.name.lower())}
    return caps


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
