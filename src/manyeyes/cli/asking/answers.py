"""The answers as a file: a row for each item of the source, and read back for ``--answers-from``."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from manyeyes.cli.asking.endings import AskEnding, Stopped
from manyeyes.cli.asking.plan import PlannedItem
from manyeyes.cli.asking.question_options import field_names
from manyeyes.values.spreadsheet import guarded, unguarded
from manyeyes_client import Row
from manyeyes_client.written_files import Written

FORMS = (".csv", ".jsonl", ".parquet")
# Beside the answers; `picture` and `question` are what --answers-from finds an answer by.
OWN = (
    "file",
    "state",
    "failure",
    "from",
    "answers",
    "confidence",
    "proven",
    "uncertain",
    "cost",
    "refunded",
    "ended_at",
    "job",
    "task",
    "picture",
    "question",
)
DONE, UNFIT = "done", "not_sent"
AnswerCells = dict[str, Any]
Find = Callable[[PlannedItem], AnswerCells | None]


class AnswerFile:
    """Where answers are written, in which form, for which question."""

    def __init__(self, path: Path, question: Mapping[str, Any]) -> None:
        if path.suffix.lower() not in FORMS:
            raise Stopped(AskEnding.USAGE, f"{path}: answers are written as .csv, .jsonl or .parquet")
        if path.suffix.lower() == ".parquet":
            _arrow()
        if not path.absolute().parent.is_dir():
            raise Stopped(AskEnding.USAGE, f"{path.parent}: there is no such folder")
        self.path, self._kind = path, str(question.get("kind", ""))
        fields = field_names(dict(question))
        self._columns = {name: f"answer_{name}" if name in OWN else name for name in fields}
        self.columns = ("file", *(self._columns.values() or ("answer",)), *OWN[1:])

    def answered(self, item: PlannedItem, row: Row, job: int, question: str) -> AnswerCells:
        """Return the cells of an item that people were asked about."""
        values: AnswerCells = {"answer": row.value}
        if self._columns:
            given = row.value if isinstance(row.value, dict) else {}
            values = {column: given.get(name) for name, column in self._columns.items()}
        return {
            **{"file": item.file, **values, "state": row.state, "failure": row.failure, "from": row.from_},
            **{"answers": row.answers, "confidence": row.confidence, "proven": row.proven, "uncertain": row.uncertain},
            **{"cost": str(row.cost), "refunded": str(row.refunded)},
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            **{"job": job, "task": row.task_id, "picture": item.picture, "question": question},
        }

    def not_sent(self, item: PlannedItem) -> AnswerCells:
        """Return the cells of an item that nobody was asked about."""
        return {"file": item.file, "state": UNFIT, "failure": item.unfit}

    def write(self, rows: Iterable[AnswerCells]) -> None:
        """Write the file; it is whole or not there."""
        suffix = self.path.suffix.lower()
        with Written(self.path) as file:
            if suffix == ".jsonl":
                for row in rows:
                    file.write(_encoder.encode({name: row.get(name) for name in self.columns}) + b"\n")
            elif suffix == ".csv":
                text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
                writer = csv.writer(text)
                writer.writerow(self.columns)
                for row in rows:
                    writer.writerow([_cell(row.get(name)) for name in self.columns])
                text.detach()  # else its end would close the file before it is in its place
            else:
                self._write_parquet(file, rows)

    def _write_parquet(self, file: Any, rows: Iterable[AnswerCells]) -> None:
        arrow, parquet = _arrow()
        schema = arrow.schema([(name, arrow.string()) for name in self.columns])
        columns: dict[str, list[str | None]] = {name: [] for name in self.columns}
        for row in rows:
            for name in self.columns:
                columns[name].append(None if row.get(name) is None else _text(row[name]))
        parquet.write_table(arrow.table(columns, schema=schema), file)

    def read(self, path: Path) -> Iterator[AnswerCells]:
        """Yield the rows that were answered, of a file that this command wrote. Raises `Stopped` for another one."""
        for row in _rows(path):
            if not {"file", "state", "question"} <= row.keys():
                raise Stopped(AskEnding.USAGE, f"{path}: `manyeyes ask` did not write this file")
            if row.get("state") == DONE:
                for column in self._columns.values() or ("answer",):
                    row[column] = self._value(column, row.get(column))
                yield row

    def _value(self, column: str, value: Any) -> Any:
        """Return what stands in a cell as it was before it was text: lists and objects."""
        if self._kind == "number" and isinstance(value, str):
            return Decimal(value)
        if self._kind in ("labels", "fields") and isinstance(value, str) and value.startswith("["):
            try:
                return json.loads(value)
            except json.JSONDecodeError:
                return value
        return value


def job_of(path: Path) -> str | None:
    """Return the number of the job whose answers a file holds; None: there is no file, empty: it holds none."""
    if not path.exists():
        return None
    try:
        return next((str(row["job"]) for row in _rows(path) if row.get("job")), "")
    except Stopped:
        return ""


def finder(rows: Iterable[AnswerCells], question: str) -> Find:
    """Return a function that gives the row that answers an item: the same picture, or the same address by its name."""
    pictures: dict[str, AnswerCells] = {}
    names: dict[str, AnswerCells] = {}
    for row in rows:
        if row.get("question") == question:
            (pictures if row.get("picture") else names)[str(row.get("picture") or row.get("file"))] = row
    return lambda item: pictures.get(item.picture) if item.picture else names.get(item.file)


def nothing(item: PlannedItem) -> AnswerCells | None:
    """Find no answer: what stands in for `finder` where there is no other run."""
    return None


def _rows(path: Path) -> Iterator[AnswerCells]:
    try:
        if path.suffix.lower() == ".parquet":
            yield from _arrow()[1].read_table(path).to_pylist()
        elif path.suffix.lower() == ".jsonl":
            with path.open("rb") as lines:
                yield from (_decoder.decode(line) for line in lines if line.strip())
        else:
            with path.open(encoding="utf-8-sig", newline="") as text:
                for row in csv.DictReader(text):
                    yield {name: unguarded(cell or "") for name, cell in row.items() if name}
    except (OSError, ValueError, csv.Error) as error:
        raise Stopped(AskEnding.USAGE, f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _arrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise Stopped(AskEnding.USAGE, "Parquet files need the extra: pip install 'manyeyes[parquet]'") from None


def _text(value: Any) -> str:
    return _encoder.encode(value).decode() if isinstance(value, list | dict) else str(value)


def _cell(value: Any) -> str:
    """Return a cell's text, with an apostrophe before what a spreadsheet would run as a formula."""
    text = "" if value is None else _text(value)
    return text if isinstance(value, Decimal | int | float) else guarded(text)


_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
