"""Results of other days from a CSV file, alike for the command line and the pages: all of them or none."""

import asyncio
import hashlib
from datetime import UTC, datetime

from manyeyes.actions.import_results import Imported, ImportResults, import_results
from manyeyes.apps.rules import App, zone
from manyeyes.recognitions.csv_import import read_history
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor


async def bring_history(
    context: Context, app: App, of: Recognition, data: bytes, actor: Actor, most: int | None = None
) -> Imported:
    """Record the results of a file under a recognition of the app; a file that was brought before adds nothing.

    ``most``: the results that it may have. Raises ValueError naming the line and what is wrong in it.
    """
    now = datetime.now(UTC)
    history = await asyncio.to_thread(read_history, _text(data), of, zone(app.time_zone), now, most)
    first = await context.id_blocks.take_run(app.cell, 1 + len(history.rows))
    command = ImportResults(
        cell=app.cell,
        call_id=first,
        recognition=of,
        digest=hashlib.sha256(data).digest(),
        first_result_id=first + 1,
        history=history,
        actor=actor,
    )
    return await context.batcher.ask(import_results, command)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line}: the file must be UTF-8 text") from error
