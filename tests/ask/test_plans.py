"""What a plan's key follows from, what is sent, and what is told when the source changes meanwhile."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from manyeyes.cli.asking.answers import AnswerFile, finder, job_of
from manyeyes.cli.asking.endings import Stopped
from manyeyes.cli.asking.plan import AskPlan
from manyeyes_client import Row, WrongSource
from manyeyes_client.items import picture_in
from support.made_pictures import noted

QUESTION = {"kind": "text", "words": "What?"}
PNG = noted()


def folder(place: Path, *names: str) -> Path:
    place.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        (place / name).write_bytes(PNG + bytes([number]))
    return place


def plan(place: Path, question: dict[str, Any] = QUESTION, run: str = "", shrink: bool = False) -> AskPlan:
    return AskPlan(place, question, run=run, shrink=shrink)


def test_the_key_is_what_is_asked_about_what(tmp_path: Path):
    one, two = folder(tmp_path / "one", "1.png", "2.png"), folder(tmp_path / "two", "1.png", "2.png")
    assert plan(one).key() == plan(two).key()
    assert plan(one, dict(reversed(QUESTION.items()))).key() == plan(one).key()
    others = [plan(one, {**QUESTION, "words": "Who?"}).key(), plan(one, run="2").key()]
    (two / "2.png").write_bytes(PNG)
    others.append(plan(two).key())
    (two / "2.png").unlink()
    others.append(plan(two).key())
    assert len({plan(one).key(), *others}) == 5


def test_a_source_that_changes_meanwhile_is_said(tmp_path: Path):
    place = folder(tmp_path / "in", "1.png", "2.png")
    planned = plan(place)
    (place / "2.png").write_bytes(PNG + b"other")
    with pytest.raises(WrongSource, match=r"2\.png: it has changed"):
        [item.line() for item in planned.fit()]
    (place / "1.5.png").write_bytes(PNG)
    with pytest.raises(WrongSource, match=r"1\.5\.png: it was not there"):
        [item.line() for item in planned.fit()]


def photo(form: str, side: int) -> bytes:
    """A picture of noise, which no format makes small."""
    noise = Image.effect_noise((side, side), 90)
    kept = io.BytesIO()
    noise.save(kept, form)
    return kept.getvalue()


def test_pictures_that_are_not_taken_are_sent_smaller_when_it_is_wished(tmp_path: Path):
    place = folder(tmp_path / "in", "good.png")
    (place / "large.png").write_bytes(photo("PNG", 1200))
    (place / "scan.tif").write_bytes(photo("TIFF", 100))
    (place / "web.webp").write_bytes(photo("WEBP", 100))
    (place / "phone.heic").write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(300))
    (place / "empty.png").write_bytes(b"")
    assert [item.file for item in plan(place).asked] == ["good.png"]
    shrinking = plan(place, shrink=True)
    assert {item.file for item in shrinking.asked} == {"good.png", "large.png", "scan.tif", "web.webp"}
    sent = {item.external_id: picture_in(json.loads(item.line())["picture"]) for item in shrinking.fit()}
    assert sent["good.png"] == (place / "good.png").read_bytes()
    for name in ("large.png", "scan.tif", "web.webp"):
        assert sent[name][:3] == b"\xff\xd8\xff"
        assert len(sent[name]) <= 500_000
    assert {item.file: item.unfit for item in shrinking.items if item.unfit}.keys() == {"phone.heic", "empty.png"}


VALUES: list[tuple[dict[str, Any], Any]] = [
    (QUESTION, "=1+1 'é"),
    ({"kind": "number", "words": "n"}, Decimal("-12.50")),
    ({"kind": "labels", "words": "l", "labels": ["a; b", "c"]}, ["a; b", "c"]),
    ({"kind": "fields", "fields": [{"name": "state"}, {"name": "total"}]}, {"state": "+new", "total": None}),
]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(("question", "value"), VALUES)
def test_answers_are_found_again_in_what_was_written(tmp_path: Path, form: str, question: dict[str, Any], value: Any):
    planned = plan(folder(tmp_path / "in", "1.png", "2.png"), question)
    out = AnswerFile(tmp_path / f"answers.{form}", question)
    rows = [Row(line=1, state="done", value=value, from_="people", answers=1), Row(line=2, state="failed", failure="x")]
    answered = [out.answered(item, row, 7, planned.mark) for item, row in zip(planned.asked, rows, strict=True)]
    out.write(answered)
    assert job_of(out.path) == "7"
    find = finder(out.read(out.path), planned.mark)
    first, second = planned.asked
    again = find(first)
    assert again
    for column in out.columns:
        if column in ("answer", "answer_state", "total"):
            assert (again.get(column) or None) == answered[0][column]
    assert find(second) is None
    assert finder(out.read(out.path), "another question")(first) is None
    other = AnswerFile(tmp_path / f"more.{form}", question)
    other.write([again])
    assert (finder(other.read(other.path), planned.mark)(first) or {}).get("picture") == first.picture


def test_a_spreadsheet_runs_nothing_of_an_answer(tmp_path: Path):
    planned = plan(folder(tmp_path / "in", "1.png"))
    out = AnswerFile(tmp_path / "answers.csv", QUESTION)
    out.write([out.answered(planned.asked[0], Row(line=1, state="done", value="=cmd|' /C calc'!A0"), 1, planned.mark)])
    assert ",'=cmd|" in out.path.read_text("utf-8-sig")


@pytest.mark.parametrize(("name", "words"), [("a.xlsx", "written as"), ("no/where.csv", "no such folder")])
def test_a_file_that_cannot_be_written_is_said_beforehand(tmp_path: Path, name: str, words: str):
    with pytest.raises(Stopped, match=words):
        AnswerFile(tmp_path / name, QUESTION)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe", b""])
def test_a_file_of_other_answers_is_said(tmp_path: Path, content: bytes):
    (tmp_path / "x.csv").write_bytes(content)
    (tmp_path / "x.jsonl").write_bytes(content)
    out = AnswerFile(tmp_path / "answers.csv", QUESTION)
    for name in ("x.csv", "x.jsonl") if content else ():
        with pytest.raises(Stopped):
            list(out.read(tmp_path / name))
    assert job_of(tmp_path / "x.csv") == ""
    assert job_of(tmp_path / "nowhere.csv") is None
