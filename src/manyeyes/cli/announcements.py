"""manyeyes worker announce, announcements, end-announcement: what workers are told on their screens."""

from typing import Any

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import numbered
from manyeyes.roles.house import announcements as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.workers import read_languages
from manyeyes.runtime.context import Context
from manyeyes.workers.announcements.rules import Announcement, read_announcement, read_until


def announce(text: str, *, language: str = "", until: str = "", common: Common | None = None) -> None:
    """Tell workers something, which is on their screens until they have read it.

    Parameters
    ----------
    language
        Tell it only to workers who know this language, such as en. Default: to all.
    until
        A day, until whose end it is told, or an instant such as 2026-12-01T18:00 (UTC). Default: until you end it.
    """

    async def work(context: Context) -> dict[str, Any]:
        words, ends = read_announcement(text), read_until(until)
        code = read_languages([language])[0] if language else ""
        number = await house.announce(context, words, code, ends, who_types())
        if isinstance(number, FieldFault):
            raise CommandFailed(number.sentence)
        return {"announcement_id": number}

    run(common, work, lambda r: f"announcement {r['announcement_id']} is on workers' screens within a minute")


def announcements(*, common: Common | None = None) -> None:
    """List what workers are told, the newest first."""

    async def work(context: Context) -> dict[str, Any]:
        return {"announcements": [_row(each) for each in await house.open_announcements(context)]}

    run(common, work, lambda r: "\n".join(map(_line, r["announcements"])) or "nothing is announced")


def end(announcement: int, *, common: Common | None = None) -> None:
    """Take an announcement from workers' screens, by its number."""

    async def work(context: Context) -> dict[str, Any]:
        number = numbered(announcement, "announcement")
        if not await house.end_announcement(context, number, who_types()):
            raise CommandFailed(f"there is no announcement {announcement}; see `manyeyes worker announcements`")
        return {"announcement_id": announcement}

    run(common, work, lambda r: f"announcement {r['announcement_id']} has ended")


def _row(each: Announcement) -> dict[str, Any]:
    return {
        "announcement_id": each.announcement_id,
        "words": each.words,
        "language": each.language,
        "until": f"{each.until:%Y-%m-%dT%H:%M:%SZ}" if each.until else None,
        "created_at": f"{each.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _line(row: dict[str, Any]) -> str:
    ends = f"until {row['until']}" if row["until"] else "until it is ended"
    words = row["words"].replace("\n", "\n        ")
    return f"{row['announcement_id']:>6}  {row['language'] or 'all'}, {ends}\n        {words}"
