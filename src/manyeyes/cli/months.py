"""manyeyes db export-month, drop-month: months of history as files, and away."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.roles.house.month_export import export_month
from manyeyes.roles.house.months import MonthRefused, cells_with, drop_month, note_export, sealed_month
from manyeyes.runtime.context import Context

NO_PYARROW = "Parquet needs pyarrow: install manyeyes with it, as in `pip install 'manyeyes[parquet]'`"


async def cells_of(context: Context, month: str) -> list[int]:
    """Return the cells that were there in a month, all of which have sealed it."""
    try:
        return await cells_with(context, month)
    except MonthRefused as refused:
        raise CommandFailed(str(refused)) from None


def export(
    month: str,
    *,
    to: Annotated[Path, Parameter(help="The directory that gets a folder for each cell.")],
    common: Common | None = None,
) -> None:
    """Write a sealed month (UTC), such as 2026-01, to Parquet, with checksums: all that dropping it takes away.

    The files hold what customers' tasks were: keep them as you keep a backup.
    """

    async def work(context: Context) -> dict[str, Any]:
        written = []
        for cell in await cells_of(context, month):
            folder = to / month / f"cell-{cell}"
            try:
                seal = await sealed_month(context, cell, month)
                if seal.dropped_at:
                    raise CommandFailed(f"{month} is dropped in cell {cell}: what is left of it is no export")
                tables = await export_month(context, cell, month, folder)
            except MonthRefused as refused:
                raise CommandFailed(str(refused)) from None
            except ImportError:
                raise CommandFailed(NO_PYARROW) from None
            await note_export(context, cell, seal, who_types())
            written += [{"file": str(folder / each.file), "rows": each.rows, "sha256": each.sha256} for each in tables]
        return {"month": month, "files": written}

    run(common, work, lambda r: "\n".join(f"{file['file']}  {file['rows']} rows" for file in r["files"]))


def drop(
    month: str,
    *,
    without_export: Annotated[bool, Parameter(help="Also when the month was not exported.", negative="")] = False,
    common: Common | None = None,
) -> None:
    """Drop the tasks of a sealed month (UTC), such as 2026-01: their rows go for good, their sums stay.

    Sums, balances, statements and the proof of the books are as before. What somebody disputed, judged or keeps stays,
    and so do tasks of jobs. Ended half-way, it goes on when it is called again.
    """

    async def work(context: Context) -> dict[str, Any]:
        try:
            dropped = [
                await drop_month(context, cell, month, who_types(), without_export=without_export)
                for cell in await cells_of(context, month)
            ]
        except MonthRefused as refused:
            raise CommandFailed(str(refused)) from None
        return {"month": month, "tasks": sum(dropped)}

    run(common, work, lambda r: f"{r['month']}: {r['tasks']} tasks dropped; their sums stay")
