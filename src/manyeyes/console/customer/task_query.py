"""What the address of a list of tasks asks for: which tasks, made when, and the page."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

import msgspec

from manyeyes.recognitions.time_spans import midnight
from manyeyes.tasks.item_texts import LONGEST_ID
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.seen.store import ALWAYS, SeenTask, TaskFilter, TaskState
from manyeyes.values.integers import whole_number

PATH, ROWS_PATH = "/customer/tasks", "/customer/tasks/rows"
ID_DIGITS = 18
FILTERS = ("state", "queue", "job", "external_id", "uncertain", "from", "to")


class TaskQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A list's question.

    ``asked``: the filters as they were sent, empty ones left out. ``before``, ``after``: the place where an older or
    a newer page begins, None for neither. ``is_readable`` is False when something was passed over.
    """

    of: TaskFilter
    asked: Mapping[str, str]
    before: int | None = None
    after: int | None = None
    is_readable: bool = True

    @property
    def is_first(self) -> bool:
        """Tell whether it is the page of the newest."""
        return self.before is None and self.after is None

    def address(self, path: str = PATH, **more: str) -> str:
        """Return the address that asks the same again, its first page, with ``more``."""
        wanted = {**self.asked, **more}
        return f"{path}?{urlencode(wanted)}" if wanted else path

    @property
    def here(self) -> str:
        """Return the address of this very page."""
        places = {"before": self.before, "after": self.after}
        return self.address(**{name: str(place) for name, place in places.items() if place is not None})

    def older(self, last: int) -> str:
        """Return the address of the page behind a place."""
        return self.address(before=str(last))

    def newer(self, first: int) -> str:
        """Return the address of the page in front of a place."""
        return self.address(after=str(first))

    def is_new(self, task: SeenTask, top: int) -> bool:
        """Tell whether a task stands in front of a place."""
        return self.of.place(task) > top


def asked(query: Mapping[str, str], queues: Mapping[int, QueueTerms], zone: tzinfo) -> TaskQuery:
    """Read the question from a query; what cannot be read is passed over."""
    said = {name: query.get(name, "").strip() for name in FILTERS}
    said = {name: value for name, value in said.items() if value}
    state = TaskState(said["state"]) if said.get("state", "") in set(TaskState) else None
    queue_id, job_id = _number(said.get("queue", "")), _number(said.get("job", ""))
    made = _span(said.get("from", ""), said.get("to", ""), zone)
    name = said.get("external_id", "")[:LONGEST_ID].replace("\x00", "\ufffd")
    read = {
        "state": state is not None,
        "queue": queue_id in queues,
        "job": job_id > 0,
        "external_id": True,
        "uncertain": said.get("uncertain") == "yes",
        "from": made is not None,
        "to": made is not None,
    }
    kept = {each: value for each, value in said.items() if read[each]}
    queue_id = queue_id if queue_id in queues else 0
    return TaskQuery(
        of=TaskFilter(
            job_id=job_id,
            external_id=name,
            state=state,
            queue_id=queue_id,
            made=made,
            is_uncertain=read["uncertain"],
        ),
        asked=kept,
        before=_place(query.get("before", "")),
        after=_place(query.get("after", "")),
        is_readable=kept == said,
    )


def _number(text: str) -> int:
    return whole_number(text, ID_DIGITS) or 0


def _place(text: str) -> int | None:
    return whole_number(text, ID_DIGITS)


def _span(first: str, last: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return the span of days of a zone, both included; None when there is none, or it cannot be read."""
    if not first and not last:
        return None
    try:
        start = midnight(date.fromisoformat(first), zone) if first else ALWAYS[0]
        end = midnight(date.fromisoformat(last) + timedelta(days=1), zone) if last else ALWAYS[1]
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (start, end) if start < end else None
