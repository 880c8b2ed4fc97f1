"""manyeyes queue calibrate: what audits prove, question by question; and the share that is drawn."""

import asyncio
from importlib.util import find_spec

import asyncpg
import pytest

COMMAND = ("queue", "calibrate", "1")
KNOWN = """
INSERT INTO certainty (cell, account_id, queue_id, question_id, target, accepted, audits, wrong, threshold, is_refused,
                       needed, since)
VALUES (1, $1, 1, $2, $3, 8000, $4, $5, $6, $7, $8, '2026-03-01T08:00:00Z')"""
AUDITS = """
INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, state, filed_at, proposal, score,
                       value, is_right, pay_micros, decided_at, is_accepted, target, until, stops, round)
SELECT 1, n, 1, $1, 1, 0, 2, now(), 'a', 0.96, 'a', n > $3, 100, now(), true, 0.05, 0.95,
       CASE WHEN n > $3 THEN '[[0.96,false]]' ELSE '[[0.96,true]]' END::jsonb, 1
FROM generate_series(1, $2) AS n"""


@pytest.fixture
def write(dsn):
    """Write rows as audits leave them."""

    def write(statement: str, *arguments: object) -> None:
        async def run() -> None:
            db = await asyncpg.connect(dsn)
            await db.execute(statement, *arguments)
            await db.close()

        asyncio.run(run())

    return write


@pytest.fixture
def account_id(manyeyes, ann):
    return manyeyes("account", "show", "Ann", "--json").json["account_id"]


def test_before_anybody_asks_for_a_promise_it_says_so(manyeyes, ann):
    done = manyeyes(*COMMAND)
    assert done.code == 0, done.err
    assert "5.0% of what sure terms decide is audited by lot" in done.out
    assert "Nobody has asked" in done.out


def test_what_is_proven_needed_and_refused_is_told(manyeyes, account_id, write):
    write(KNOWN, account_id, 0, 0.05, 412, 6, 0.95, False, 211)
    write(KNOWN, account_id, 7, 0.1, 20, 1, None, False, 159)
    write(KNOWN, account_id, 8, 0.1, 30, 12, None, True, 0)
    write(AUDITS, account_id, 412, 6)
    out = manyeyes(*COMMAND).out
    assert "accepted 8,000, audited 412, wrong 6" in out
    assert "proven from a score of 0.95 on; 211 audits to the next look" in out
    assert "Of what was accepted since 2026-03-01 at most 3.9% is wrong (412 audited, 6 wrong)." in out
    assert "not proven yet: 159 more audits are needed" in out
    assert "refused: people do not know these" in out
    assert "6 / 412" in out
    (row,) = manyeyes(*COMMAND, "--question", "7", "--json").json["promises"]
    assert (row["needed"], row["threshold"], row["refused"], row["target"]) == (159, None, False, 0.1)


def test_a_refused_promise_is_begun_anew_and_no_other(manyeyes, account_id, write):
    write(KNOWN, account_id, 7, 0.1, 20, 1, None, False, 159)
    write(KNOWN, account_id, 8, 0.1, 30, 12, None, True, 0)
    assert "these are 2" in manyeyes(*COMMAND, "--anew").complaint
    assert "is not refused" in manyeyes(*COMMAND, "--question", "7", "--anew").complaint
    (row,) = manyeyes(*COMMAND, "--question", "8", "--anew", "--json").json["promises"]
    assert (row["refused"], row["accepted"], row["audited"], row["wrong"], row["needed"]) == (False, 0, 0, 0, 179)
    assert "is not refused" in manyeyes(*COMMAND, "--question", "8", "--anew").complaint


def test_only_an_account_s_promises(manyeyes, account_id, write):
    write(KNOWN, account_id + 1, 0, 0.05, 0, 0, None, False, 393)
    assert manyeyes(*COMMAND, "--account", "Ann", "--json").json["promises"] == []
    assert manyeyes(*COMMAND, "--account", "nobody").code == 1


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_the_curve_is_drawn_of_one_promise(manyeyes, account_id, write, tmp_path):
    write(KNOWN, account_id, 0, 0.05, 412, 6, 0.95, False, 211)
    write(KNOWN, account_id, 7, 0.1, 0, 0, None, False, 179)
    write(AUDITS, account_id, 412, 6)
    out = tmp_path / "curve.svg"
    several = manyeyes(*COMMAND, "--out", str(out))
    assert (several.code, out.exists()) == (1, False)
    assert "these are 2" in several.err
    assert "there is no audit yet" in manyeyes(*COMMAND, "--question", "7", "--out", str(out)).err
    done = manyeyes(*COMMAND, "--target", "0.05", "--out", str(out))
    assert done.code == 0, done.err
    assert "<svg" in out.read_text()


@pytest.mark.parametrize("out", ["curve.pdf", "nowhere/curve.png"])
def test_a_picture_that_cannot_be_written_is_refused(manyeyes, ann, out):
    assert manyeyes(*COMMAND, "--out", out).code == 1


def test_the_share_that_is_audited_is_set(manyeyes, ann):
    assert manyeyes("queue", "set", "1", "--audit-share", "0.2", "--json").json["audit_share"] == 0.2
    for share in ("1.5", "-0.1", "nan"):
        assert manyeyes("queue", "set", "1", "--audit-share", share).code != 0
    done = manyeyes("queue", "set", "1", "--audit-share", "0", "--wrong-at-most", "0.05")
    assert done.code == 1
    assert "nothing can ever be proven" in done.err
    assert manyeyes("queue", "set", "1", "--audit-share", "0").code == 0
    assert manyeyes("queue", "set", "1", "--wrong-at-most", "0.05").code == 1
    assert "Without audits nothing can be proven" in manyeyes(*COMMAND).out
