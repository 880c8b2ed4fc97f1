"""What options make which question, and which make none."""

import json
from pathlib import Path
from typing import Any

import pytest

from manyeyes.cli.asking.endings import AskEnding, Stopped
from manyeyes.cli.asking.question_options import QuestionOptions, field_names, question_of

ASKED = "What does the meter show?"


@pytest.mark.parametrize(
    ("options", "question"),
    [
        ({}, {"kind": "text", "words": ASKED}),
        (
            {"kind": "number", "unit": "kWh", "decimals": 1, "least": "-0.5", "most": "99999"},
            {"kind": "number", "words": ASKED, "unit": "kWh", "decimals": 1, "min": "-0.5", "max": "99999"},
        ),
        ({"kind": "number", "tolerance": "0.50"}, {"kind": "number", "words": ASKED, "tolerance": "0.50"}),
        ({"kind": "label", "labels": "yes, no,"}, {"kind": "label", "words": ASKED, "labels": ["yes", "no"]}),
        (
            {"kind": "labels", "labels": "a,b", "at_least": 1},
            {"kind": "labels", "words": ASKED, "labels": ["a", "b"], "at_least": 1},
        ),
    ],
)
def test_options_make_a_question(options: dict[str, Any], question: dict[str, Any]):
    assert question_of(QuestionOptions(question=f" {ASKED} ", **options)) == question


FIELDS = [{"name": "total", "kind": "number", "decimals": 2}, {"name": "date", "kind": "text"}]


@pytest.mark.parametrize("said", [FIELDS, {"fields": FIELDS, "optional": ["date"]}])
def test_fields_come_from_a_file(tmp_path: Path, said: Any):
    (tmp_path / "fields.json").write_text(json.dumps(said))
    (tmp_path / "how.txt").write_text("Read the totals.")
    question = question_of(
        QuestionOptions(kind="fields", fields=tmp_path / "fields.json", instructions=tmp_path / "how.txt")
    )
    assert question["fields"] == FIELDS
    assert question["instructions"] == "Read the totals."
    assert field_names(question) == ["total", "date"]


def test_a_whole_question_comes_from_a_file_alone(tmp_path: Path):
    file = tmp_path / "question.json"
    file.write_text('\ufeff{"kind": "number", "words": "How many?", "max": 0.30}')
    assert question_of(QuestionOptions(question_file=file)) == {"kind": "number", "words": "How many?", "max": "0.30"}
    with pytest.raises(Stopped, match="leave --min, --question out"):
        question_of(QuestionOptions(question="x", least="1", question_file=file))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"question": " "}, "--question says it"),
        ({"unit": "kWh"}, "--unit is of the kind number, not of text"),
        ({"tolerance": "1"}, "--tolerance is of the kind number, not of text"),
        ({"kind": "number", "tolerance": "half"}, "--tolerance 'half' is not a number"),
        ({"kind": "label", "labels": " , "}, "needs --labels"),
        ({"kind": "label", "labels": "a", "at_least": 1}, "--at-least is of the kind labels"),
        ({"kind": "number", "least": "1e3"}, "not a number"),
        ({"kind": "number", "most": "٣"}, "not a number"),
        ({"kind": "fields"}, "needs --fields FILE"),
        ({"kind": "fields", "fields": Path("nowhere.json")}, "No such file"),
        ({"question_file": Path(__file__)}, "Extra data"),
        ({"instructions": Path("/dev")}, "Is a directory"),
    ],
)
def test_options_that_make_none_are_said(options: dict[str, Any], words: str):
    given = {"question": ASKED, **options} if "question_file" not in options else options
    with pytest.raises(Stopped, match=words) as stop:
        question_of(QuestionOptions(**given))
    assert stop.value.ending is AskEnding.USAGE
