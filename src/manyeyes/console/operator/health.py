"""What the operator is told of the house's health: what was found, its limit and, beyond it, cause and next step."""

from collections.abc import Sequence
from typing import Any

import msgspec

from manyeyes.console.shared import languages
from manyeyes.roles.house.conditions import BACKUP_TOO_OLD_SECONDS
from manyeyes.runtime.disk_room import MEGABYTE, Disk, DiskRoom

WAITING_TOO_LONG_SECONDS = 120
SNAPSHOT_TOO_OLD_SECONDS = 60
COMPLAINT_TOO_LONG_SECONDS = 4 * 3600
MOST_NAMED = 3  # queues in one sentence
WORKERS = "/operator/workers"  # where they are registered, and made reviewers


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One finding; ``limit`` empty: nothing was measured. ``cause`` and ``next_step``: empty while all is well."""

    name: str
    finding: str
    is_well: bool
    limit: str = ""
    cause: str = ""
    next_step: str = ""


def waiting_check(seconds: float | None, queues: Sequence[dict[str, Any]], language: str) -> Check:
    """Return how long the oldest task waits (None: none does), and for want of whom.

    ``queues``: lines of the operator's table, with `terms`, `waiting` and `online`.
    """
    translate = languages.catalogue(language).ugettext
    name = translate("Oldest waiting task")
    if seconds is None:
        return Check(name=name, finding=translate("nothing waits"), is_well=True)
    waiting = sorted((each for each in queues if each["waiting"]), key=lambda each: -each["waiting"])
    alone = [each for each in waiting if not each["online"]]
    nobody = translate("Nobody who may answer is online for: %(queues)s.")
    too_few = translate("Those who are online do not keep up with: %(queues)s.")
    named = (alone or waiting)[:MOST_NAMED]
    return _timed(
        name,
        seconds,
        WAITING_TOO_LONG_SECONDS,
        language,
        (nobody if alone else too_few) % {"queues": ", ".join(each["terms"].name for each in named)},
        translate("Ask workers to come, or register one: %(page)s") % {"page": WORKERS},
    )


def snapshot_check(seconds: float, language: str) -> Check:
    """Return how old the oldest snapshot of the database is."""
    translate = languages.catalogue(language).ugettext
    return _timed(
        translate("Oldest snapshot of the database"),
        seconds,
        SNAPSHOT_TOO_OLD_SECONDS,
        language,
        translate("A transaction is open that long: until it ends, old rows cannot be cleared and all slows down."),
        translate("Find it in pg_stat_activity by xact_start, and end the program that holds it."),
    )


def books_check(difference_micros: int, language: str) -> Check:
    """Return whether balances are the sums of their transfers."""
    translate = languages.catalogue(language).ugettext
    is_well = difference_micros == 0
    return Check(
        name=translate("Difference in the ledger"),
        finding=languages.money(difference_micros, language),
        is_well=is_well,
        limit=_limit(languages.money(0, language), language),
        cause="" if is_well else translate("Balances are not the sums of their transfers."),
        next_step=""
        if is_well
        else translate("Pay nothing out. %(command)s names the accounts.") % {"command": "manyeyes db check"},
    )


def complaints_check(number: int, seconds: float | None, language: str) -> Check:
    """Return how many complaints wait for reviewers, and for how long (None: none does)."""
    translate = languages.catalogue(language).ugettext
    name = translate("Open complaints")
    if seconds is None:
        return Check(name=name, finding=translate("none"), is_well=True)
    found = _timed(
        name,
        seconds,
        COMPLAINT_TOO_LONG_SECONDS,
        language,
        translate("Reviewers vote on fewer complaints than come."),
        translate("Ask reviewers to come, or register one: %(page)s") % {"page": WORKERS},
    )
    finding = translate("%(count)s, the oldest for %(time)s") % {
        "count": languages.count(number, language),
        "time": found.finding,
    }
    return msgspec.structs.replace(found, finding=finding)


def backup_check(seconds: float | None, language: str) -> Check:
    """Return how old the last backup is (None: no backup is known)."""
    translate = languages.catalogue(language).ugettext
    name = translate("Last backup")
    if seconds is None:
        return Check(
            name=name,
            finding=translate("no backup is known"),
            is_well=False,
            limit=_limit(languages.duration(BACKUP_TOO_OLD_SECONDS * 1000, language), language),
            cause=translate("What this house knows would be lost with its disk."),
            next_step=translate(
                "Name a place for copies in %(place)s (docs/how-to/back-up-and-restore.md); or let a backup of your "
                "own touch a file when it is done, and name that file in %(mark)s."
            )
            % {"place": "MANYEYES_BACKUP_TO", "mark": "MANYEYES_BACKUP_MARK"},
        )
    return _timed(
        name,
        max(seconds, 0.0),
        BACKUP_TOO_OLD_SECONDS,
        language,
        translate("The daily backup did not end well."),
        translate("Look at what it said, and run it by hand."),
    )


def disk_check(room: DiskRoom, language: str) -> Check:
    """Return how much space is left on the disk of ours that has least, and whether new work is refused for it."""
    translate = languages.catalogue(language).ugettext
    disk, is_short = next(iter(room.disks()), None), bool(room.short_of())
    findings = [_space(disk, language)] if disk else []
    if room.is_full:
        findings.append(translate("the database says that its disk is full"))
    elif not room.has_database:
        findings.append(translate("the database is elsewhere: its disk cannot be seen from here"))
    is_well = not is_short and not room.is_full
    least = languages.count(room.floor_bytes // MEGABYTE, language)
    return Check(
        name=translate("Free disk space"),
        finding="; ".join(findings),
        is_well=is_well,
        limit=translate("at least %(size)s MB") % {"size": least},
        cause="" if is_well else translate("Tasks, recognitions and jobs are refused; answers and reports are taken."),
        next_step=""
        if is_well
        else translate("Make space, or keep pictures for fewer days: %(command)s. It goes on by itself.")
        % {"command": "manyeyes account set NAME --keep-days N"},
    )


def _space(disk: Disk, language: str) -> str:
    translate = languages.catalogue(language).ugettext
    return translate("%(free)s MB of %(total)s MB are free in %(place)s") % {
        "free": languages.count(disk.free_bytes // MEGABYTE, language),
        "total": languages.count(disk.total_bytes // MEGABYTE, language),
        "place": disk.place,
    }


def _timed(name: str, seconds: float, most: int, language: str, cause: str, next_step: str) -> Check:
    """Return a check of a time that must stay below ``most`` seconds."""
    is_well = seconds < most
    return Check(
        name=name,
        finding=languages.duration(seconds * 1000, language),
        is_well=is_well,
        limit=_limit(languages.duration(most * 1000, language), language),
        cause="" if is_well else cause,
        next_step="" if is_well else next_step,
    )


def _limit(written: str, language: str) -> str:
    translate = languages.catalogue(language).ugettext
    return translate("limit: %(limit)s") % {"limit": written}
