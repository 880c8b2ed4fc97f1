"""manyeyes recognition import: results of other days from a CSV file."""

from pathlib import Path
from typing import Any

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import Common, run
from manyeyes.cli.lookup import find_app, find_recognition
from manyeyes.roles.house.recognition_history import bring_history
from manyeyes.runtime.context import Context


def import_history(task_id: str, file: Path, *, common: Common | None = None) -> None:
    """Record results of other days from a CSV file with the columns at, label, review, rate, name; all or none.

    They are counted on their days and not charged, and nobody is asked about them. A file that was imported into the
    recognition before adds nothing.
    """

    async def work(context: Context) -> dict[str, Any]:
        found = await find_recognition(context, task_id)
        app = await find_app(context, found.secret_id)
        imported = await bring_history(context, app, found, _read(file), who_types())
        return {"task_id": found.task_id, "results": imported.results, "repeated": imported.is_repeated}

    run(common, work, _show)


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _show(r: dict[str, Any]) -> str:
    if r["repeated"]:
        return f"nothing to do: this file was imported into {r['task_id']} before"
    return f"{r['results']} results were imported into {r['task_id']}"
