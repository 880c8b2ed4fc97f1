"""Batches of what is told to workers, one function per action with its name (support/batch_draw.py)."""

from datetime import UTC, datetime

from manyeyes.actions.add_announcements import AddAnnouncement
from manyeyes.actions.dismiss_announcements import DismissAnnouncement
from manyeyes.actions.end_announcements import EndAnnouncement
from support.batch_draw import Draw
from support.batch_world import UNKNOWN, World
from support.directory_world import SOON_OVER, TOLD

LONG_OVER = datetime(2020, 1, 1, tzinfo=UTC)
NEW = (201, 202, 203)


def add_announcements(draw: Draw, world: World) -> list[AddAnnouncement]:
    """Draw announcements that are new, known or over; there is room for one."""
    some = draw.few([*NEW, TOLD[0], SOON_OVER])

    def one() -> AddAnnouncement:
        until = LONG_OVER if draw.rarely() else None
        return AddAnnouncement(announcement_id=draw.one(some), words=draw.one(("a", "b")), until=until)

    return draw.batch(one)


def end_announcements(draw: Draw, world: World) -> list[EndAnnouncement]:
    """Draw announcements that are there or not; a batch is tried again as a whole (runtime/batching.py)."""
    some, retried = draw.few([*TOLD[:3], SOON_OVER, UNKNOWN]), draw.one((False, True))
    return draw.batch(lambda: EndAnnouncement(draw.one(some), retried=retried))


def dismiss_announcements(draw: Draw, world: World) -> list[DismissAnnouncement]:
    some, people = draw.few([*TOLD[:3], SOON_OVER, UNKNOWN]), world.worker_ids[:2]
    return draw.batch(lambda: DismissAnnouncement(draw.one(some), draw.one(people)))
