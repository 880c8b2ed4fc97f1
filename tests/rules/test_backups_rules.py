"""Which copies are restored and kept, and which log files they need."""

from datetime import UTC, datetime, timedelta

import pytest

from manyeyes.backups.rules import (
    BackupFailed,
    BaseBackup,
    KeptFile,
    base_name,
    choose_base,
    following,
    halves,
    is_needed,
    is_segment_of,
    is_unbroken,
    seconds_until_due,
    segment_of,
    surplus,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def base(hours: int, segment: int, line: int = 1) -> BaseBackup:
    began = NOON + timedelta(hours=hours)
    return BaseBackup(
        name=base_name(began),
        began_at=began,
        ended_at=began + timedelta(minutes=5),
        bytes=1,
        start_segment=file(segment, line),
        postgresql=18,
    )


def file(segment: int, line: int = 1) -> str:
    return f"{line:08X}{segment // 256:08X}{segment % 256:08X}"


def test_the_newest_copy_that_had_ended_is_restored():
    bases = [base(0, 3), base(24, 9), base(48, 20)]
    assert choose_base(bases, None) == bases[2]
    assert choose_base(bases, NOON + timedelta(hours=48, minutes=4)) == bases[1]
    assert choose_base(bases, NOON + timedelta(hours=48, minutes=5)) == bases[2]
    with pytest.raises(BackupFailed, match="2026-01-31T12:05:00Z: nothing is older"):
        choose_base(bases, NOON)
    with pytest.raises(BackupFailed, match="no whole copy"):
        choose_base([], None)


def test_copies_of_one_second_have_names_of_their_own():
    assert base_name(NOON) == "20260131T120000000Z" < base_name(NOON + timedelta(milliseconds=7))


def test_the_newest_stay_and_one_always():
    bases = [base(24, 9), base(0, 3), base(48, 20)]
    assert surplus(bases, 2) == [bases[1]]
    assert surplus(bases, 0) == [bases[1], bases[0]]
    assert surplus(bases, 3) == surplus(bases[:1], 1) == []


def test_a_copy_is_followed_by_the_files_of_its_own_line():
    assert [n for n in range(5) if is_segment_of(base(0, 3), file(n))] == [3, 4]
    assert not is_segment_of(base(0, 3), file(4, line=2))


def test_the_log_since_a_copy_is_unbroken_where_no_file_is_missing():
    first = base(0, 254)
    kept = [file(254), file(255), f"{1:08X}{1:08X}{0:08X}"]
    until = f"{1:08X}{1:08X}{1:08X}"
    assert is_unbroken(first, kept, until)
    assert not is_unbroken(first, kept[:1] + kept[2:], until)
    assert not is_unbroken(first, kept, f"{2:08X}{1:08X}{1:08X}"), "another line"
    assert is_unbroken(first, [], file(254))


def test_a_clock_that_is_set_back_or_was_ahead_decides_nothing():
    before, made_now = base(0, 9), base(-1000, 20)
    assert surplus([before, made_now], 1) == [before]
    assert choose_base([before, made_now], None) == made_now
    assert seconds_until_due([base(24 * 365, 1)], 3600, NOON) == 0
    assert seconds_until_due([base(24 * 365, 1), base(-1, 2)], 7200, NOON) == 3600


def test_a_file_goes_when_it_is_older_than_every_copy_on_whatever_line():
    kept = [base(0, 9), base(24, 7, line=2)]
    assert [n for n in range(5, 10) if is_needed(kept, file(n))] == [7, 8, 9]
    assert is_needed([], file(0))


def test_what_follows_a_copy_ends_where_something_is_missing_and_with_a_part():
    def kept(*numbers: int, part: int = -1) -> dict[str, KeptFile]:
        names = {n: f"wal/{file(n)}{'.partial' if n == part else ''}.gz" for n in numbers}
        return {file(n): KeptFile(names[n], 1, NOON) for n in numbers}

    copy = base(0, 254)
    names = [found.name for found in following(copy, kept(253, 254, 255, 257))]
    assert names == [f"wal/{file(n)}.gz" for n in (254, 255)]
    assert len(following(copy, kept(254, 255, 256, part=255))) == 2
    assert following(copy, kept(255, 256)) == [], "the first one was not kept: nothing tells what is missing"


def test_what_no_copy_is_named_like_is_none_of_ours():
    assert segment_of(f"wal/{file(3)}.gz") == segment_of(f"wal/{file(3)}.partial.gz") == file(3)
    assert [segment_of(name) for name in (f"base/{file(3)}.gz", "wal/notes.gz", f"wal/{file(3)[1:]}.gz")] == [None] * 3


def test_what_never_became_whole_goes_after_a_day():
    yesterday, now = NOON - timedelta(hours=25), NOON
    files = [
        *(KeptFile("base/a.json", 1, yesterday), KeptFile("base/a.tar.gz", 1, yesterday)),
        *(KeptFile("base/b.tar.gz", 1, yesterday), KeptFile("base/c.tar.gz", 1, now)),
    ]
    assert halves(files, now) == ["base/b.tar.gz"]


def test_the_next_copy_is_due_after_its_time():
    assert seconds_until_due([], 60, NOON) == 0
    assert seconds_until_due([base(-2, 1), base(-1, 2)], 7200, NOON) == 3600
    assert seconds_until_due([base(-3, 1)], 7200, NOON) == 0
