"""end_announcements: what ends is gone with who has read it, once, and that is told."""

from manyeyes.actions.add_announcements import AddAnnouncement, add_announcements
from manyeyes.actions.dismiss_announcements import DismissAnnouncement, dismiss_announcements
from manyeyes.actions.end_announcements import EndAnnouncement, end_announcements
from manyeyes.workers.announcements.store import announcements
from support.action_stage import Stage
from support.told_changes import ANN, told


async def test_it_ends_once_with_who_has_read_it(stage: Stage):
    await stage.act(add_announcements, *(AddAnnouncement(announcement_id=n, words="Hello") for n in (1, 2)))
    await stage.act(dismiss_announcements, DismissAnnouncement(1, 7), DismissAnnouncement(2, 7))
    batch = [EndAnnouncement(n, actor=ANN) for n in (1, 1, 3)]
    assert await stage.act(end_announcements, *batch) == [True, False, False]
    assert [each.announcement_id for each in await stage.read(announcements)] == [2]
    assert [tuple(row) for row in await stage.pool.fetch("SELECT * FROM dismissal")] == [(2, 7)]
    deed, subject, before, after = (await told(stage, 0))[-1]
    assert (deed, subject, after) == ("announcement.end", "announcement:1", None)
    assert before == {"words": "Hello", "language": "", "until": None}


async def test_one_whose_reply_was_lost_hears_that_it_ended(stage: Stage):
    assert await stage.act(end_announcements, EndAnnouncement(1, retried=True)) == [True]
