"""The question as it is asked on the command line, and as /v1 takes it (docs/reference/v1/)."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from manyeyes.cli.asking.endings import AskEnding, Stopped
from manyeyes.values.decimals import is_decimal

Kind = Literal["text", "number", "label", "labels", "fields"]


@Parameter(name="*")
@dataclass(kw_only=True)
class QuestionOptions:
    """What is asked of every picture."""

    question: Annotated[str, Parameter(help="What people are asked, in words.")] = ""
    kind: Annotated[Kind, Parameter(help="What kind of answer is wanted.")] = "text"
    unit: Annotated[str, Parameter(help="Of a number: what it is counted in.")] = ""
    decimals: Annotated[int | None, Parameter(help="Of a number: digits behind the point, at most.")] = None
    least: Annotated[str, Parameter(name="--min", help="Of a number: the smallest that can be.")] = ""
    most: Annotated[str, Parameter(name="--max", help="Of a number: the largest that can be.")] = ""
    tolerance: Annotated[str, Parameter(help="Of a number: answers that differ by so much at most are alike.")] = ""
    labels: Annotated[str, Parameter(help="Of label and labels: what can be chosen, with commas between.")] = ""
    at_least: Annotated[int | None, Parameter(help="Of labels: how many must be chosen.")] = None
    fields: Annotated[Path | None, Parameter(help="Of fields: a JSON file with the list of them.")] = None
    instructions: Annotated[Path | None, Parameter(help="A text file: what people should know.")] = None
    question_file: Annotated[Path | None, Parameter(help="The whole question as a JSON file, instead.")] = None


OF_KINDS = {
    "unit": ("number",),
    "decimals": ("number",),
    "least": ("number",),
    "most": ("number",),
    "tolerance": ("number",),
    "labels": ("label", "labels"),
    "at_least": ("labels",),
    "fields": ("fields",),
}
NAMES = {"least": "--min", "most": "--max"}


def question_of(options: QuestionOptions) -> dict[str, Any]:
    """Return the question as /v1 takes it. Raises `Stopped` for options that make none."""
    given = {name for name, value in vars(options).items() if value != getattr(QuestionOptions, name)}
    if options.question_file is not None:
        if others := sorted(_option(name) for name in given - {"question_file"}):
            raise _usage(f"--question-file has the whole question: leave {', '.join(others)} out")
        return _object(options.question_file)
    for name in sorted(given & OF_KINDS.keys()):
        if options.kind not in OF_KINDS[name]:
            raise _usage(f"{_option(name)} is of the kind {' or '.join(OF_KINDS[name])}, not of {options.kind}")
    if not options.question.strip() and options.kind != "fields":
        raise _usage("what is asked? --question says it in words")
    asked: dict[str, Any] = {"kind": options.kind, "words": options.question.strip(), **_of_kind(options)}
    if options.instructions is not None:
        asked["instructions"] = _read(options.instructions)
    return asked


def field_names(question: dict[str, Any]) -> list[str]:
    """Return the names of a question's fields; none of a question that has one answer."""
    if question.get("kind") != "fields":
        return []
    return [str(field.get("name", "")) for field in question.get("fields", []) if isinstance(field, dict)]


def _of_kind(options: QuestionOptions) -> dict[str, Any]:
    if options.kind == "number":
        bounds = {"min": _number("--min", options.least), "max": _number("--max", options.most)}
        bounds["tolerance"] = _number("--tolerance", options.tolerance)
        told = {"unit": options.unit or None, "decimals": options.decimals, **bounds}
        return {name: value for name, value in told.items() if value is not None}
    if options.kind in ("label", "labels"):
        labels = [label.strip() for label in options.labels.split(",") if label.strip()]
        if not labels:
            raise _usage(f"--kind {options.kind} needs --labels, such as --labels yes,no")
        more = {} if options.at_least is None else {"at_least": options.at_least}
        return {"labels": labels, **more}
    if options.kind == "fields":
        if options.fields is None:
            raise _usage("--kind fields needs --fields FILE, a JSON list of questions, each with its name")
        said = _json(options.fields)
        return {"fields": said} if isinstance(said, list) else _object(options.fields)
    return {}


def _number(option: str, text: str) -> str | None:
    if text and not is_decimal(text.removeprefix("-")):
        raise _usage(f"{option} {text!r} is not a number; write it like 0.95")
    return str(Decimal(text)) if text else None


def _option(name: str) -> str:
    return NAMES.get(name, f"--{name.replace('_', '-')}")


def _object(file: Path) -> dict[str, Any]:
    said = _json(file)
    if not isinstance(said, dict):
        raise _usage(f"{file}: it must be one JSON object")
    return said


def _json(file: Path) -> Any:
    try:
        return json.loads(_read(file), parse_float=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _usage(f"{file}: {error}") from error


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise _usage(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _usage(f"{file}: it must be UTF-8 text") from error


def _usage(text: str) -> Stopped:
    return Stopped(AskEnding.USAGE, text)
