"""`manyeyes ask` from the folder to the file of answers: what stops it, and that the same command goes on."""

import base64
import csv
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from manyeyes_client import Job
from support.asked_folders import UNSURE, AskedHouse, AskedWorker, number_of, picture, pictures, read_drawn
from support.real_server import ask_json

pytestmark = pytest.mark.long

STATES = ("draft", "running", "finished")
METER = ("--question", "What does the meter show?", "--kind", "number", "--yes")


def rows_in(out: Path) -> list[dict[str, Any]]:
    if out.suffix == ".jsonl":
        return [json.loads(line, parse_float=str) for line in out.read_text().splitlines()]
    if out.suffix == ".parquet":
        return pq.read_table(out).to_pylist()
    with out.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def jobs(house: AskedHouse, key: str) -> list[Job]:
    with house.client(key) as client:
        return list(client.jobs())


def check_books(house: AskedHouse, key: str, before: str, paid_for: int) -> None:
    """The customer paid for so many pictures and holds nothing; the books prove it."""
    with house.client(key) as client:
        balance, [job, *_] = client.balance(), list(client.jobs())
    assert Decimal(before) - balance.available == job.price.task * paid_for
    assert balance.held == 0
    assert ask_json(house.server.data, "db", "check")["difference"] == 0


@contextmanager
def nobody_at_work(house: AskedHouse) -> Iterator[None]:
    house.worker.may_answer.clear()
    try:
        yield
    finally:
        house.worker.may_answer.set()


def wait_until(house: AskedHouse, key: str, *states: str) -> Job:
    while True:
        found = [job for job in jobs(house, key) if job.state in states]
        if found:
            return found[0]
        time.sleep(0.1)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_folder_in_and_answers_out(house: AskedHouse, tmp_path: Path, form: str):
    folder, key, out = pictures(tmp_path / "in", 5), house.key(), tmp_path / f"answers.{form}"
    pictures(folder / "below", 1, first=900)
    told = house.ask(key, folder, *METER, "--out", out)
    assert told.code == 0, told.err
    assert told.out.startswith("6 answered, 0 not")
    rows = rows_in(out)
    answers = {row["file"]: row["answer"] for row in rows}
    assert answers == {str(path.relative_to(folder)): number_of(path.read_bytes()) for path in folder.rglob("*.png")}
    assert {row["state"] for row in rows} == {"done"}
    check_books(house, key, "1.00", 6)
    assert list(tmp_path.glob(".*")) == []
    again = house.ask(key, folder, *METER, "--out", out)
    assert (again.code, "was made before and is finished" in again.err) == (0, True)
    assert rows_in(out) == rows
    check_books(house, key, "1.00", 6)


@contextmanager
def two_more_at_work(house: AskedHouse) -> Iterator[None]:
    """Two more people are at work; the second one errs."""
    ways = (read_drawn, lambda task, data: "-1")
    made = [ask_json(house.server.data, "worker", "create", "More", "--language", "en", "--queue", "1") for _ in ways]
    people = [AskedWorker(house.server.url, one["token"], way) for one, way in zip(made, ways, strict=True)]
    threads = [threading.Thread(target=each.work, daemon=True) for each in people]
    try:
        for each, thread in zip(people, threads, strict=True):
            each.may_answer.set()
            thread.start()
        yield
    finally:
        for each, thread, one in zip(people, threads, made, strict=True):
            each.ended.set()
            thread.join(10)
            ask_json(house.server.data, "worker", "disable", str(one["worker_id"]))


def test_three_people_answer_each_picture(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 3, first=300), house.key(), tmp_path / "answers.csv"
    asked = (*METER, "--answers", "3", "--price-at-most", "0.0021", "--out", out)
    refused = house.ask(key, folder, *asked)
    assert (refused.code, "1 person takes tasks of this queue" in refused.err) == (3, True), refused.err
    with two_more_at_work(house):
        told = house.ask(key, folder, *asked)
    assert told.code == 0, told.err
    assert "at most 0.006300 USD (3 × 0.002100, 3 people each)" in told.err
    assert "how far they err on the same pictures is a guess" in told.err, "as on the draft's page"
    rows = rows_in(out)
    assert [row["answer"] for row in rows] == [number_of(path.read_bytes()) for path in sorted(folder.rglob("*.png"))]
    assert {(row["answers"], row["proven"], row["uncertain"], row["cost"]) for row in rows} == {
        ("3", "False", "False", "0.002100")
    }
    assert all(0.5 < float(row["confidence"]) < 1 for row in rows)
    check_books(house, key, "1.00", 3)
    with house.client(key) as client:
        (job,) = client.jobs()
        found = list(client.results(job.id))
    people = {one.person for row in found for one in row.given}
    assert (len(people), {len(row.given) for row in found}) == (3, {3})


def test_every_kind_of_answer_has_its_columns(house: AskedHouse, tmp_path: Path):
    folder, key = pictures(tmp_path / "in", 2), house.key()
    fields = [{"name": "total", "kind": "number"}, {"name": "state", "kind": "label", "labels": ["new", "old"]}]
    (tmp_path / "fields.json").write_text(json.dumps(fields))
    kinds: dict[str, tuple[str, ...]] = {
        "label": ("--labels", "yes,no"),
        "labels": ("--labels", "a,b,c"),
        "fields": ("--fields", str(tmp_path / "fields.json")),
        "text": (),
    }
    for kind, words in kinds.items():
        out = tmp_path / f"{kind}.jsonl"
        told = house.ask(key, folder, "--question", "What?", "--kind", kind, *words, "--yes", "--out", out, "--quiet")
        assert told.code == 0, told.err
    found = {kind: rows_in(tmp_path / f"{kind}.jsonl") for kind in kinds}
    assert [row["answer"] for row in found["label"]] == ["yes", "no"]
    assert [row["answer"] for row in found["labels"]] == [["a", "b"]] * 2
    assert [(row["total"], row["answer_state"]) for row in found["fields"]] == [("0.50", "new"), ("1.50", "old")]
    assert [row["answer"] for row in found["text"]] == ["read 0", "read 1"]


def test_pictures_without_an_answer_end_with_1_and_say_why(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 3), house.key(), tmp_path / "answers.csv"
    (folder / "unread.png").write_bytes(picture(UNSURE + 77))
    (folder / "scan.tif").write_bytes(b"II*\x00" + bytes(200))
    told = house.ask(key, folder, *METER, "--out", out, "--life", 60)
    rows = {row["file"]: row for row in rows_in(out)}
    assert told.code == 1, told.err
    assert "3 answered, 2 not" in told.out
    assert rows["scan.tif"]["state"] == "not_sent"
    assert "TIFF" in rows["scan.tif"]["failure"]
    assert rows["unread.png"]["state"] == "failed"
    assert rows["unread.png"]["failure"]
    assert rows["001.png"]["answer"] == "1.50"


@pytest.mark.parametrize("moment", STATES)
def test_a_kill_at_any_moment_makes_and_pays_nothing_twice(house: AskedHouse, tmp_path: Path, moment: str):
    folder, key, out = pictures(tmp_path / "in", 40, first=len(moment) * 1000), house.key(), tmp_path / "answers.csv"
    with nobody_at_work(house):
        process = house.start_ask(key, folder, *METER, "--out", out)
        wait_until(house, key, *STATES if moment == "draft" else ("running",))
        if moment == "finished":
            house.worker.may_answer.set()
            wait_until(house, key, "finished")
        process.kill()
        process.communicate()
    told = house.ask(key, folder, *METER, "--out", out)
    assert told.code == 0, told.err
    assert len(jobs(house, key)) == 1
    assert [row["answer"] for row in rows_in(out)] == [f"{len(moment) * 1000 + number}.50" for number in range(40)]
    check_books(house, key, "1.00", 40)
    assert all(house.worker.seen[path.read_bytes()] == 1 for path in folder.iterdir())


def test_the_server_dies_and_the_command_goes_on(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 30, first=20_000), house.key(), tmp_path / "answers.csv"
    with nobody_at_work(house):
        process = house.start_ask(key, folder, *METER, "--out", out)
        wait_until(house, key, "running")
        house.server.kill("serving")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert len(rows_in(out)) == 30
    check_books(house, key, "1.00", 30)


def test_ctrl_c_says_how_to_go_on_and_the_job_lives(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 3, first=3000), house.key(), tmp_path / "answers.csv"
    with nobody_at_work(house):
        process = house.start_ask(key, folder, *METER, "--out", out)
        job = wait_until(house, key, "running")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert f"manyeyes ask --cancel {job.id}" in err
        assert "Traceback" not in err
        assert not out.exists()
        told = house.ask(key, "--cancel", job.id)
        assert (told.code, f"job {job.id} is cancelled" in told.out) == (0, True)
    told = house.ask(key, folder, *METER, "--out", out)
    assert (told.code, {row["state"] for row in rows_in(out)}) == (1, {"cancelled"})
    check_books(house, key, "1.00", 0)
    assert house.ask(key, folder, *METER, "--out", tmp_path / "second.csv", "--run", "2").code == 0


def test_a_budget_that_is_used_up_ends_with_3_and_more_of_it_goes_on(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 5, first=4000), house.key(), tmp_path / "answers.csv"
    price = json.loads(house.ask(key, folder, *METER, "--dry-run", "--json", "--out", out).out)["job"]
    each = next(job.price.task for job in jobs(house, key) if job.id == price)
    told = house.ask(key, folder, *METER, "--out", out, "--budget", each * 2)
    assert told.code == 3, told.err
    assert "the budget is used up" in told.err
    assert [row["state"] for row in rows_in(out)].count("done") == 2
    told = house.ask(key, folder, *METER, "--out", out, "--budget", each * 5)
    assert told.code == 0, told.err
    check_books(house, key, "1.00", 5)


def test_answers_of_another_run_are_taken_and_only_the_rest_is_asked(house: AskedHouse, tmp_path: Path):
    folder, key = pictures(tmp_path / "in", 3, first=5000), house.key()
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert house.ask(key, folder, *METER, "--out", first).code == 0
    (folder / "5000.png").rename(folder / "renamed.png")
    pictures(folder, 2, first=5500)
    told = house.ask(key, folder, *METER, "--out", second, "--answers-from", first)
    assert told.code == 0, told.err
    assert "2 to ask, 3 answered in another run" in told.err
    rows = {row["file"]: row["answer"] for row in rows_in(second)}
    assert rows["renamed.png"] == "5000.50"
    assert len(rows) == 5
    check_books(house, key, "1.00", 5)
    told = house.ask(key, folder, *METER, "--out", second, "--answers-from", second)
    assert (told.code, "0 to ask, 5 answered" in told.err) == (0, True)
    told = house.ask(key, folder, "--question", "Another?", "--out", second, "--answers-from", second, "--dry-run")
    assert "5 to ask" in told.err


def test_at_a_terminal_it_asks_and_shows_a_bar(house: AskedHouse, tmp_path: Path):
    folder, out = pictures(tmp_path / "in", 2, first=6000), tmp_path / "answers.csv"
    told = house.ask_at_terminal(house.key(), "y\n", folder, *METER[:-1], "--out", out)
    assert told.code == 0, told.out
    assert "Start? [y/N]" in told.out
    assert "━" in told.out
    assert "2/2" in told.out


def test_other_sources_are_asked_about_too(house: AskedHouse, tmp_path: Path):
    folder, key = pictures(tmp_path / "in", 2, first=7000), house.key()
    lines = [
        json.dumps({"external_id": f"line {n}", "picture": base64.b64encode(picture(7000 + n)).decode()})
        for n in range(2)
    ]
    (tmp_path / "list.jsonl").write_text("\n".join(lines))
    told = house.ask(key, tmp_path / "list.jsonl", *METER, "--out", tmp_path / "lines.csv", "--json")
    assert told.code == 0, told.err
    said = json.loads(told.out)
    assert (said["answered"], said["not_answered"], said["state"], said["exit"]) == (2, 0, "finished", 0)
    assert [(row["file"], row["answer"]) for row in rows_in(tmp_path / "lines.csv")] == [
        ("line 0", "7000.50"),
        ("line 1", "7001.50"),
    ]
    one = house.ask(key, folder / "7000.png", *METER, "--out", tmp_path / "one.csv")
    assert one.code == 0, one.err
