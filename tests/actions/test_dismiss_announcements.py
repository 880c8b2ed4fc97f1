"""dismiss_announcements: who has read what is kept once, and of what is gone nothing is."""

from manyeyes.actions.add_announcements import AddAnnouncement, add_announcements
from manyeyes.actions.dismiss_announcements import DismissAnnouncement, dismiss_announcements
from manyeyes.workers.announcements.store import dismissed
from support.action_stage import Stage


async def test_it_is_kept_once_for_each_who_has_read_it(stage: Stage):
    await stage.act(add_announcements, *(AddAnnouncement(announcement_id=n, words="Hello") for n in (1, 2)))
    read = [DismissAnnouncement(*pair) for pair in ((2, 7), (1, 7), (2, 7), (1, 8), (3, 7))]
    assert await stage.act(dismiss_announcements, *read) == [None] * 5
    assert await stage.act(dismiss_announcements, read[0]) == [None]
    rows = await stage.pool.fetch("SELECT * FROM dismissal ORDER BY 1, 2")
    assert [tuple(row) for row in rows] == [(1, 7), (1, 8), (2, 7)]
    assert await stage.read(dismissed, 8, [1, 2, 3]) == {1}
