"""manyeyes recognition calibrate: the table, the choice, the picture, and what it changes only when told to."""

import asyncio
import re

import asyncpg
import pytest

from manyeyes.cli import calibrate

COMMAND = ("recognition", "calibrate")
FILL = """
INSERT INTO recognition_review (cell, task_id, recognition_id, result_id, asked_at, day, label, rate, threshold,
                                sample_share, sampled, name, state, verdict, worker_id, ended_at, refuted)
SELECT 1, $1 + n, r.recognition_id, $1 + n, now(), current_date, 0, $4, r.threshold, r.sample_share,
       $4 >= r.threshold, 'a', 1, $5, 7, now() - $6 * interval '1 day', $7
FROM recognition AS r, generate_series(1, $3) AS n WHERE r.task_id = $2"""


@pytest.fixture
def shop(manyeyes, ann):
    """An app of Ann's, called Shop."""
    return manyeyes("app", "create", "Shop", "--account", "Ann", "--bits", "1024", "--json").json


@pytest.fixture
def task_id(manyeyes, shop):
    """A recognition nothing of which is certain yet: people look at everything."""
    labels = ("--labels", "0=normal,1=qr code", "--review-queue", "1", "--threshold", "2", "--name", "street pictures")
    return manyeyes("recognition", "create", "Shop", "--recogniser", "people", *labels, "--json").json["task_id"]


@pytest.fixture
def said(dsn, task_id):
    """Let people have said something about so many results of a rate."""
    first = 0

    def fill(number, rate, *, verdict=0, days_ago=0, refuted=False) -> None:
        nonlocal first

        async def write() -> None:
            db = await asyncpg.connect(dsn)
            await db.execute(FILL, first, task_id, number, rate, verdict, days_ago, refuted)
            await db.close()

        asyncio.run(write())
        first += number

    return fill


def test_too_few_verdicts_are_counted_and_nothing_is_changed(manyeyes, task_id, said):
    said(100, 0.9)
    done = manyeyes(*COMMAND, task_id, "--apply")
    assert "At least 49 more verdicts are needed" in done.out
    assert "Nothing was changed" in done.out
    found = manyeyes(*COMMAND, task_id, "--apply", "--json").json
    assert (found["missing"], found["threshold"], found["applied"], found["verdicts"]) == (49, None, False, 100)
    assert manyeyes("recognition", "show", task_id, "--json").json["threshold"] == 2


def test_before_the_first_verdict_it_says_how_many_are_missing(manyeyes, task_id):
    done = manyeyes(*COMMAND, task_id)
    assert done.code == 0, done.err
    assert "At least 149 more verdicts are needed" in done.out
    assert "threshold  " not in done.out  # no heading above an empty table


def test_the_lowest_proven_threshold_is_named_and_set_only_when_told_to(manyeyes, task_id, said):
    said(400, 0.85)
    said(100, 0.55, verdict=1)
    done = manyeyes(*COMMAND, task_id)
    assert re.search(r"0\.56 +80\.0% +0 / 400 +0\.7\d% <- lowest that is proven", done.out)
    assert "It stays at 2; --apply sets it." in done.out
    assert "What people say counts as right" in done.out
    assert manyeyes("recognition", "show", task_id, "--json").json["threshold"] == 2
    done = manyeyes(*COMMAND, task_id, "--apply")
    assert "The threshold went from 2 to 0.56." in done.out
    assert manyeyes("recognition", "show", task_id, "--json").json["threshold"] == 0.56


def test_where_nothing_is_proven_nothing_becomes_certain(manyeyes, task_id, said):
    manyeyes("recognition", "set", task_id, "--threshold", "0.9")
    said(300, 0.95, verdict=1)
    done = manyeyes(*COMMAND, task_id)
    assert "No threshold proves" in done.out
    assert "It stays at 0.9; --apply would make nothing certain (threshold 2)." in done.out
    done = manyeyes(*COMMAND, task_id, "--apply")
    assert "went from 0.9 to 2: nothing is certain, people see all." in done.out
    assert manyeyes("recognition", "show", task_id, "--json").json["threshold"] == 2


def test_the_target_decides(manyeyes, task_id, said):
    said(400, 0.85)
    said(6, 0.85, verdict=1)
    strict, lax = [manyeyes(*COMMAND, task_id, "--target", t, "--json").json["threshold"] for t in ("0.02", "0.05")]
    assert (strict, lax) == (2, 0.01)


def test_old_and_refuted_verdicts_do_not_count(manyeyes, task_id, said):
    said(200, 0.9, days_ago=91, verdict=1)
    said(200, 0.9, refuted=True, verdict=1)
    said(160, 0.9)
    assert manyeyes(*COMMAND, task_id, "--json").json["verdicts"] == 160
    assert manyeyes(*COMMAND, task_id, "--days", "100", "--json").json["verdicts"] == 360


def test_the_curve_is_drawn(manyeyes, task_id, said, tmp_path):
    said(400, 0.85)
    said(100, 0.55, verdict=1)
    for name in ("curve.png", "curve.svg"):
        assert manyeyes(*COMMAND, task_id, "--picture", tmp_path / name).code == 0
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert (
        b"street pictures" in (tmp_path / "curve.svg").read_bytes() or (tmp_path / "curve.svg").stat().st_size > 9_000
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target", "0"), "shares between 0 and 1"),
        (("--target", "2"), "shares between 0 and 1"),
        (("--confidence", "1"), "shares between 0 and 1"),
        (("--days", "0"), "--days lies from 1"),
        (("--picture", "curve.pdf"), ".png or .svg"),
        (("--picture", "/nowhere/at/all/curve.png"), "no directory"),
        (("--picture", "curve.png"), "no verdict yet to draw"),
    ],
    ids=str,
)
def test_what_cannot_be_calibrated_is_said(manyeyes, task_id, arguments, words):
    assert words in manyeyes(*COMMAND, task_id, *arguments).complaint


def test_an_unknown_recognition_is_refused(manyeyes, shop):
    assert "recognition" in manyeyes(*COMMAND, "0" * 24).complaint


def test_without_matplotlib_there_is_the_table_and_a_word_on_what_to_install(manyeyes, task_id, said, monkeypatch):
    monkeypatch.setattr(calibrate, "calibration_picture", None)
    said(200, 0.9)
    assert "manyeyes[plots]" in manyeyes(*COMMAND, task_id, "--picture", "curve.png").complaint
    assert manyeyes(*COMMAND, task_id).code == 0
