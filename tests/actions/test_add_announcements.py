"""add_announcements: what is announced is there once, told in the trail, and never more than can be read."""

from datetime import timedelta

from manyeyes.actions.add_announcements import AddAnnouncement, add_announcements
from manyeyes.actions.dismiss_announcements import DismissAnnouncement, dismiss_announcements
from manyeyes.workers.announcements.rules import MOST_OPEN, Announcement
from manyeyes.workers.announcements.store import announcements
from support.action_stage import Stage
from support.told_changes import ANN, told


def adding(number: int, words: str = "Hello", **more) -> AddAnnouncement:
    return AddAnnouncement(announcement_id=number, words=words, actor=ANN, **more)


async def test_each_is_there_and_told(stage: Stage):
    until = stage.now + timedelta(hours=1)
    assert (
        await stage.act(add_announcements, adding(2, "Xin chào", language="vi", until=until), adding(1)) == [True] * 2
    )
    assert await stage.read(announcements) == [
        Announcement(1, "Hello", "", None, stage.now),
        Announcement(2, "Xin chào", "vi", until, stage.now),
    ]
    entries = [(deed, subject, after["words"]) for deed, subject, _, after in await told(stage, 0)]
    assert entries == [
        ("announcement.add", "announcement:2", "Xin chào"),
        ("announcement.add", "announcement:1", "Hello"),
    ]


async def test_a_command_that_comes_again_announces_nothing_more(stage: Stage):
    assert await stage.act(add_announcements, adding(1), adding(1, "Other")) == [True, True]
    assert await stage.act(add_announcements, adding(1)) == [True]
    assert [each.words for each in await stage.read(announcements)] == ["Hello"]
    assert len(await told(stage, 0)) == 1


async def test_there_are_never_too_many_and_what_is_over_does_not_count(stage: Stage):
    await stage.act(add_announcements, adding(99, until=stage.now + timedelta(seconds=1)))
    await stage.act(dismiss_announcements, DismissAnnouncement(99, 7))
    stage.now += timedelta(seconds=1)
    assert await stage.act(add_announcements, adding(98, until=stage.now)) == [True]
    outcomes = await stage.act(add_announcements, *(adding(n) for n in range(1, MOST_OPEN + 2)))
    assert outcomes == [True] * MOST_OPEN + [False]
    assert [each.announcement_id for each in await stage.read(announcements)] == list(range(1, MOST_OPEN + 1))
    assert await stage.pool.fetch("SELECT * FROM dismissal") == []
    assert await stage.act(add_announcements, adding(3), adding(77)) == [True, False]
