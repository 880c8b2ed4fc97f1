"""What `manyeyes ask` says and does before anything costs: usage, prices, refusals, dry runs, questions."""

import json
import re
from pathlib import Path

import pytest

from support.asked_folders import AskedHouse, pictures

METER = ("--question", "What does the meter show?", "--kind", "number")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "what is to be looked at?"),
        (("nowhere", *METER), "there is no such folder or file"),
        ((".", "--kind", "number"), "--question says it"),
        ((".", *METER, "--out", "answers.xlsx"), "written as .csv"),
        ((".", *METER, "--budget", "much"), "--budget"),
        ((".", *METER, "--deadline", "soon"), "--deadline"),
        ((".", *METER, "--uncertain", "guess"), "--uncertain"),
        ((".", *METER, "--answers", "many"), "--answers"),
        ((".", *METER, "--key-file", "nowhere"), "nowhere"),
        ((".", *METER, "--url", "nowhere"), "begins with http"),
        ((".", *METER), "no picture in it"),
    ],
)
def test_wrong_usage_ends_with_2_and_words(
    house: AskedHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
):
    (tmp_path / "notes.txt").write_text("x")
    placed = [str(tmp_path) if word == "." else word for word in words]
    told = house.ask("0" * 32, *placed)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert "Traceback" not in told.err


def test_a_word_that_is_no_option_ends_with_2_as_well(house: AskedHouse):
    for words in (("--colour", "red"), ("--kind", "colour"), ("a", "b")):
        assert house.ask("0" * 32, *words).code == 2


def test_without_a_key_it_says_how_to_give_one(house: AskedHouse, tmp_path: Path):
    told = house.ask("", pictures(tmp_path / "in", 1), *METER)
    assert (told.code, "--key-file" in told.err, "MANYEYES_KEY" in told.err) == (2, True, True)


def test_a_wrong_key_is_refused_and_a_key_file_is_read(house: AskedHouse, tmp_path: Path):
    folder, out = pictures(tmp_path / "in", 1), tmp_path / "answers.csv"
    told = house.ask("0" * 32, folder, *METER, "--out", out)
    assert (told.code, "the server says no" in told.err) == (3, True)
    (tmp_path / "key").write_text(f"{house.key()}\n")
    told = house.ask("0" * 32, folder, *METER, "--out", out, "--key-file", tmp_path / "key", "--dry-run")
    assert told.code == 0, told.err
    assert not out.exists()


def test_a_dry_run_tells_items_price_and_balance_and_sends_nothing(house: AskedHouse, tmp_path: Path):
    folder, key, seen = pictures(tmp_path / "in", 3), house.key("0.75"), len(house.worker.seen)
    (folder / "scan.tif").write_bytes(b"II*\x00" + bytes(200))
    (folder / "notes.txt").write_text("x")
    words = (folder, *METER, "--out", tmp_path / "answers.csv", "--dry-run")
    told = house.ask(key, *words)
    assert told.code == 0
    assert "3 to ask, 1 that are not taken, 1 other file" in told.err
    assert "scan.tif: it is TIFF" in told.err
    assert "notes.txt: no picture" in told.err
    assert "(3 × " in told.err
    assert "balance is 0.75" in told.err
    assert re.search(r"expected: \d+% right \(\d+% to \d+%\), .* 0\.0021\d* USD \(0\.0021\d* to 0\.0021\d*\)", told.err)
    assert "err on the same pictures" not in told.err, "of one person it plays no part"
    with house.client(key) as client:
        [job] = client.jobs()
        assert (job.state, job.counts.items, job.held) == ("cancelled", 0, 0)
        again = json.loads(house.ask(key, *words, "--json").out)
        assert (again["exit"], again["state"]) == (0, "cancelled")
        assert {each.state for each in client.jobs()} == {"cancelled"}
    assert len(house.worker.seen) == seen


def test_without_a_terminal_and_without_yes_nothing_is_started(house: AskedHouse, tmp_path: Path):
    key = house.key()
    told = house.ask(key, pictures(tmp_path / "in", 2), *METER, "--out", tmp_path / "answers.csv")
    assert (told.code, "--yes" in told.err) == (2, True)
    with house.client(key) as client:
        assert [(job.state, job.counts.items) for job in client.jobs()] == [("draft", 0)]


def test_a_no_at_the_terminal_starts_nothing(house: AskedHouse, tmp_path: Path):
    key, out = house.key(), tmp_path / "answers.csv"
    told = house.ask_at_terminal(key, "n\n", pictures(tmp_path / "in", 2), *METER, "--out", out)
    assert told.code == 3
    assert "Start? [y/N]" in told.out
    assert "not started" in told.out
    assert not out.exists()


def test_a_balance_that_does_not_pay_is_said_before_anything_is_sent(house: AskedHouse, tmp_path: Path):
    told = house.ask(
        house.key("0.000001"), pictures(tmp_path / "in", 2), *METER, "--out", tmp_path / "answers.csv", "--yes"
    )
    assert (told.code, "does not pay" in told.err) == (3, True)


def test_a_price_above_the_most_is_said_before_anything_is_sent(house: AskedHouse, tmp_path: Path):
    folder, key, out = pictures(tmp_path / "in", 2), house.key(), tmp_path / "answers.csv"
    for last in ("--dry-run", "--yes"):
        told = house.ask(key, folder, *METER, "--price-at-most", "0.0001", "--out", out, last)
        assert (told.code, "more than --price-at-most 0.0001" in told.err) == (3, True), told.err
    with house.client(key) as client:
        assert [(job.state, job.counts.items) for job in client.jobs() if job.state != "cancelled"] == [("draft", 0)]


def test_a_share_that_is_no_number_asks_nobody(house: AskedHouse, tmp_path: Path):
    told = house.ask(house.key(), pictures(tmp_path / "in", 1), *METER, "--wrong-at-most", "nan", "--dry-run")
    assert (told.code, "nan is no share" in told.err) == (2, True), told.err


def test_a_file_of_something_else_is_not_written_over(house: AskedHouse, tmp_path: Path):
    out = tmp_path / "answers.csv"
    out.write_text("my,own\n1,2\n")
    told = house.ask(house.key(), pictures(tmp_path / "in", 2), *METER, "--out", out, "--yes")
    assert (told.code, "name another file" in told.err) == (2, True)
    assert out.read_text() == "my,own\n1,2\n"


def test_what_the_server_does_not_take_is_told_by_its_file(house: AskedHouse, tmp_path: Path):
    folder, key = pictures(tmp_path / "in", 3), house.key()
    (folder / "001.png").write_bytes((folder / "001.png").read_bytes()[:100])
    told = house.ask(key, folder, *METER, "--out", tmp_path / "answers.csv", "--yes")
    assert told.code == 3
    assert "001.png:" in told.err
    assert "000.png" not in told.err
    with house.client(key) as client:
        assert [(job.state, job.counts.items) for job in client.jobs()] == [("draft", 0)]


def test_other_terms_for_the_same_are_refused_and_named(house: AskedHouse, tmp_path: Path):
    folder, key = pictures(tmp_path / "in", 1), house.key()
    words = (folder, *METER, "--out", tmp_path / "answers.csv")
    assert house.ask(key, *words, "--price-at-most", "0.03", "--dry-run").code == 0
    assert house.ask(key, *words, "--price-at-most", "0.01").code == 2  # nobody says yes: it stays a draft
    told = house.ask(key, *words, "--price-at-most", "0.02")
    assert (told.code, "--run NAME" in told.err, "--answers" in told.err) == (3, True, True)
    assert house.ask(key, *words, "--price-at-most", "0.02", "--run", "2").code == 2
    assert house.ask(key, *words, "--answers", "3", "--run", "3").code == 3


def test_a_server_that_is_away_ends_with_4(house: AskedHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = pictures(tmp_path / "in", 1)
    told = house.ask("0" * 32, folder, *METER, "--url", "http://127.0.0.1:9", "--patience", "1")
    assert told.code == 4
    assert "does not answer" in told.err
    assert "goes on" in told.err
    assert "Traceback" not in told.err


def test_a_customer_s_page_shows_the_same_draft(house: AskedHouse, tmp_path: Path):
    """The question is asked as it was said, whatever its options."""
    key = house.key()
    labels = ("--question", "Which?", "--kind", "labels", "--labels", "a,b,c", "--at-least", "1")
    told = house.ask(key, pictures(tmp_path / "in", 1), *labels, "--dry-run")
    assert told.code == 0, told.err
    with house.client(key) as client:
        [job] = client.jobs()
    assert job.name == "Which?"
    assert job.question == {"kind": "labels", "words": "Which?", "labels": ["a", "b", "c"], "at_least": 1}
