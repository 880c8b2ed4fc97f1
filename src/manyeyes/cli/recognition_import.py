"""manyeyes recognition import: results of other days from a CSV file."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from manyeyes.actions.import_results import Imported, ImportResults, import_results
from manyeyes.apps.rules import zone
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import Common, run
from manyeyes.cli.lookup import find_app, find_recognition
from manyeyes.recognitions.csv_import import History, read_history
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context


def import_history(task_id: str, file: Path, *, common: Common | None = None) -> None:
    """Record results of other days from a CSV file with the columns at, label, review, rate, name; all or none.

    They are counted on their days and not charged, and nobody is asked about them. A file that was imported into the
    recognition before adds nothing.
    """

    async def work(context: Context) -> dict[str, Any]:
        found = await find_recognition(context, task_id)
        app, data = await find_app(context, found.secret_id), _read(file)
        history = read_history(_text(data), found, zone(app.time_zone), datetime.now(UTC))
        imported = await _record(context, app.cell, found, data, history)
        return {"task_id": found.task_id, "results": imported.results, "repeated": imported.is_repeated}

    run(common, work, _show)


async def _record(context: Context, cell: int, of: Recognition, data: bytes, history: History) -> Imported:
    count = 1 + len(history.rows)
    first = await context.id_blocks.take_run(cell, count)
    command = ImportResults(
        cell=cell,
        call_id=first,
        recognition=of,
        digest=hashlib.sha256(data).digest(),
        first_result_id=first + 1,
        history=history,
        actor=who_types(),
    )
    imported = await context.batcher.ask(import_results, command)
    return imported


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line}: the file must be UTF-8 text") from error


def _show(r: dict[str, Any]) -> str:
    if r["repeated"]:
        return f"nothing to do: this file was imported into {r['task_id']} before"
    return f"{r['results']} results were imported into {r['task_id']}"
