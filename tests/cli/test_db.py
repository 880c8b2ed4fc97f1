"""manyeyes db: the schema, and the proof that the books balance."""

import hashlib
import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import asyncpg
from pyarrow import parquet

from manyeyes.cli.command import tell
from manyeyes.db.picture_days import keep_days


async def execute(dsn, statement) -> None:
    db = await asyncpg.connect(dsn)
    await db.execute(statement)
    await db.close()


def test_migrate_says_what_the_schema_is_and_that_nothing_is_pending(manyeyes):
    done = manyeyes("db", "migrate", "--json").json
    assert done["pending"] == []
    assert done["schema"]
    assert "nothing is pending" in manyeyes("db", "migrate").out


def test_check_of_an_empty_installation(manyeyes):
    empty = {"difference": 0, "transfers": 0, "accounts": 0, "wallets": 0, "held": "0.000000", "findings": []}
    assert manyeyes("db", "check", "--json").json == empty


def test_check_counts_what_there_is(manyeyes, ann):
    done = manyeyes("db", "check", "--json").json
    assert (done["difference"], done["transfers"], done["accounts"]) == (0, 1, 1)
    assert "difference 0\n1 transfer, 1 account, 0 wallets," in manyeyes("db", "check").out


def test_a_cent_too_much_is_found_said_and_ends_with_1(manyeyes, ann, dsn, run_async):
    run_async(execute(dsn, "UPDATE balance SET available_micros = available_micros + 1"))
    done = manyeyes("db", "check", "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert found["difference"] == 1
    assert f"available of {ann['account_id']}" in found["findings"][0]
    done = manyeyes("db", "check")
    assert (done.code, "difference 1" in done.out) == (1, True)


def test_a_transfer_that_vanished_is_found(manyeyes, ann, dsn, run_async):
    run_async(execute(dsn, "DELETE FROM transfer"))
    done = manyeyes("db", "check", "--json")
    assert done.code == 1
    assert json.loads(done.out)["difference"] == 10_000_000


PAST = "UPDATE transfer SET at = date_trunc('month', at - interval '1 day') - interval '40 days'"


def test_months_that_are_over_are_sealed_and_the_proof_goes_on_behind_them(manyeyes, ann, dsn, run_async):
    assert manyeyes("db", "seal").out == "cell 1: no month is to be sealed\n"
    run_async(execute(dsn, PAST))
    planned = manyeyes("db", "seal", "--dry-run", "--json").json["cells"][0]["months"]
    assert len(planned) == 2
    assert manyeyes("db", "check", "--json").json["transfers"] == 1
    assert manyeyes("db", "seal").out == f"cell 1: sealed: {', '.join(planned)}\n"
    assert manyeyes("db", "seal", "--json").json["cells"] == [{"cell": 1, "months": [], "difference": 0}]
    assert manyeyes("db", "check", "--all", "--json").json["transfers"] == 1
    run_async(execute(dsn, "DELETE FROM transfer"))
    assert manyeyes("db", "check", "--json").json["transfers"] == 1, "what is sealed is not read again"
    everything = manyeyes("db", "check", "--all", "--json")
    assert everything.code == 1
    said = json.loads(everything.out)["findings"][0]
    assert said.startswith(f"cell 1: {planned[0]} is not what was sealed: top_up from cash of 0 to available of")


def test_a_month_is_written_to_files_and_dropped(manyeyes, ann, dsn, run_async, tmp_path, monkeypatch):
    monkeypatch.setenv("MANYEYES_KEEP_MONTHS", "3")
    run_async(execute(dsn, PAST.replace("40 days", "150 days")))
    assert "is not sealed in cell 1" in manyeyes("db", "export-month", "2020-01", "--to", tmp_path).complaint
    months = manyeyes("db", "seal", "--json").json["cells"][0]["months"]
    assert "too young" in manyeyes("db", "drop-month", months[-1]).complaint
    assert "the oldest first" in manyeyes("db", "drop-month", months[1]).complaint
    assert "was not exported" in manyeyes("db", "drop-month", months[0]).complaint
    files = manyeyes("db", "export-month", months[0], "--to", tmp_path, "--json").json["files"]
    assert [Path(file["file"]).name for file in files] == [
        f"{t}.parquet" for t in ("transfer", "result", "task", "answer", "panel", "truth")
    ]
    rows = parquet.read_table(files[0]["file"]).to_pylist()
    assert [(row["kind"], row["amount_micros"], row["account_id"]) for row in rows] == [(1, 10_000_000, 1)]
    for file in files:
        data = Path(file["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert (
            f"{file['sha256']}  {Path(file['file']).name}\n" in (Path(file["file"]).parent / "SHA256SUMS").read_text()
        )
    assert manyeyes("db", "drop-month", months[0]).out == f"{months[0]}: 0 tasks dropped; their sums stay\n"
    assert manyeyes("db", "drop-month", months[0], "--without-export").code == 0, "again, it goes on"
    assert manyeyes("db", "check", "--all", "--json").json["transfers"] == 1
    told = [
        each["what"] for each in manyeyes("audit", "list", "--subject", f"month:{months[0]}", "--json").json["entries"]
    ]
    assert told == ["month.drop", "month.export"]


def test_who_has_no_pyarrow_is_told_what_to_install(manyeyes, ann, dsn, run_async, tmp_path, monkeypatch):
    run_async(execute(dsn, PAST))
    (month, *_) = manyeyes("db", "seal", "--json").json["cells"][0]["months"]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "manyeyes.job_files.table_parquet", raising=False)
    assert "manyeyes[parquet]" in manyeyes("db", "export-month", month, "--to", tmp_path).complaint
    assert list(tmp_path.glob("2*")) == []


def test_books_that_do_not_balance_are_not_sealed(manyeyes, ann, dsn, run_async):
    run_async(execute(dsn, PAST))
    run_async(execute(dsn, "UPDATE balance SET available_micros = available_micros + 3"))
    done = manyeyes("db", "seal")
    assert (done.code, done.out) == (1, "cell 1: nothing is sealed, the books differ by 3; see manyeyes db check\n")
    run_async(execute(dsn, "UPDATE balance SET available_micros = available_micros - 3"))
    assert "sealed: " in manyeyes("db", "seal").out


def test_seals_of_a_key_that_was_given_up_count_when_it_is_named(manyeyes, ann, dsn, run_async):
    run_async(execute(dsn, PAST))
    key = manyeyes("audit", "key").out.strip()
    assert manyeyes("db", "seal").code == 0
    assert manyeyes("db", "reset-secrets", "--readable").code == 0
    run_async(execute(dsn, "DELETE FROM transfer"))
    assert manyeyes("db", "check").code == 1, "all is read"
    assert manyeyes("db", "check", "--public-key", key).code == 0
    assert "is no public key" in manyeyes("db", "check", "--public-key", "12").complaint


def test_no_command_drops_pictures_that_a_server_keeps_longer(manyeyes, dsn, run_async):
    days = [date.today() - timedelta(days=n) for n in (4, 3)]

    async def old_days(make: bool) -> set[str]:
        db = await asyncpg.connect(dsn)
        for day in days if make else []:
            await keep_days(db, day, keep_days=30)
        found = {row["relname"] for row in await db.fetch("SELECT relname FROM pg_class WHERE relname LIKE 'blob_2%'")}
        await db.close()
        return {f"blob_{day:%Y%m%d}" for day in days} & found

    assert len(run_async(old_days(make=True))) == 2
    assert manyeyes("db", "migrate").code == 0
    assert len(run_async(old_days(make=False))) == 2


def test_a_reader_who_has_read_enough_is_no_error(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        tell("difference 0")
        closed.write("what Python still writes when it ends")
        closed.flush()
