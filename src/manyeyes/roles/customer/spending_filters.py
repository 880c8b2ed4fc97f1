"""What narrows an account's spending, read alike by getSpendingStats and by the statement's page."""

from collections.abc import Mapping
from typing import TypedDict

from manyeyes.accounts.rules import canonical_address
from manyeyes.tasks.queue_names import queue_said
from manyeyes.tasks.rules import QueueTerms

UNKNOWN = -1  # no queue and no app has this number: their hours are zeros (docs/decisions/0025#spending)
LARGEST_SOFT_ID = 2_147_483_647


class SpendingFilters(TypedDict):
    """What narrows the hours, by the names that the statistics give it; None takes everything."""

    queue_id: int | None
    soft_id: int | None
    ip: str | None


def filters(queues: Mapping[int, QueueTerms], *, queue: str, soft_id: int, ip: str) -> SpendingFilters:
    """Return the filters; an empty name, a 0 and an empty address take everything, unknown ones find nothing.

    ``queue``: its name, or the digits of its number.
    """
    app = soft_id if 0 <= soft_id <= LARGEST_SOFT_ID else UNKNOWN
    return {
        "queue_id": (queue_said(queues, queue) or UNKNOWN) if queue else None,
        "soft_id": app or None,
        "ip": canonical_address(ip.replace("\x00", "")) if ip else None,  # no text in the database has a NUL
    }
