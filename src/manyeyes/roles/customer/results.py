"""A job's results as a file, alike for every edge: at any time, in the order of lines, read a portion at a time.

No snapshot is held while somebody reads slowly: each portion is a read of its own, and says how things are then.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.job_files.result_lines import csv_head, csv_lines, json_lines
from manyeyes.job_files.result_rows import ResultRow
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import Job
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import job_items, question_store
from manyeyes.tasks.columns import cells_of, columns_of
from manyeyes.tasks.job_items import ItemOutcome
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.questions import FieldsOptions
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.seen.store import FAILURE_WORDS, PEOPLE, state_of
from manyeyes.values.refusals import Reason, Refusal

PORTION = 1_000  # rows of one read
GROUP = 20_000  # rows of a Parquet file that are written together: few, large groups are small and quick to read
WITHOUT_PARQUET = (
    "Parquet files need a package that this installation does not have; its operator adds it with "
    "pip install 'manyeyes[parquet]'. The same results come as CSV and as JSON lines."
)


class JobResults(msgspec.Struct, frozen=True):
    """A job whose results are asked for, and what it asks."""

    job: Job
    options: PictureOptions


@cache
def has_parquet() -> bool:
    """Tell whether Parquet files can be written here, without loading the library that writes them."""
    return find_spec("pyarrow") is not None


async def results_of(context: Context, owner: Owner, job_id: int) -> JobResults | Refusal:
    """Return the job whose results are asked for, or UNKNOWN_JOB."""
    pool = context.cells.pool(owner.cell)
    job = (await read_patiently(pool, lambda db: jobs.jobs(db, owner.cell, [job_id]))).get(job_id)
    if job is None or job.account_id != owner.account_id:
        return Refusal(Reason.UNKNOWN_JOB, f"there is no job {job_id}")
    question = await read_patiently(pool, lambda db: question_store.question(db, owner.cell, job.question_id))
    assert question  # a job has one
    return JobResults(job, picture_options(question.kind, question.options))


async def portions(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[list[ResultRow]]:
    """Yield the results in the order of their lines, some at a time; of lines that have not ended their state."""
    pool = context.cells.pool(owner.cell)
    for last in range(0, of.job.items, PORTION):
        found = await read_patiently(pool, partial(_portion, owner.cell, of, last))
        if found:
            yield [_row(of, item) for item in found]


async def as_json_lines(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of JSON objects, one a line."""
    names = columns_of(of.options) if isinstance(of.options, FieldsOptions) else []
    async for rows in portions(context, owner, of):
        yield json_lines(rows, names)


async def as_csv(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of CSV."""
    yield csv_head(columns_of(of.options)).encode()
    async for rows in portions(context, owner, of):
        yield csv_lines(rows).encode()


async def as_parquet(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a Parquet file, which is written beside the other requests; only where `has_parquet`."""
    # The package takes tens of megabytes: it is loaded when somebody asks.
    written = await asyncio.to_thread(import_module, "manyeyes.job_files.result_parquet")
    file = await asyncio.to_thread(written.ResultParquet, of.options, columns_of(of.options))
    group: list[ResultRow] = []
    async for rows in portions(context, owner, of):
        group += rows
        if len(group) >= GROUP:
            yield await asyncio.to_thread(file.write, group)
            group = []
    if group:
        yield await asyncio.to_thread(file.write, group)
    yield await asyncio.to_thread(file.end)


async def _portion(cell: int, of: JobResults, last: int, db: asyncpg.Connection) -> list[ItemOutcome]:
    until = min(last + PORTION, of.job.items)
    return await job_items.item_outcomes(db, cell, of.job.job_id, after=last, until=until)


def _row(of: JobResults, item: ItemOutcome) -> ResultRow:
    is_solved = item.ending is Ending.SOLVED
    return ResultRow(
        line=item.line,
        external_id=item.external_id,
        state=state_of(item.ending, item.work_state, of.job.state),
        cells=cells_of(of.options, item.answer),
        text=item.shown,
        answers=int(is_solved),
        source=PEOPLE if is_solved else "",
        failure="" if is_solved or item.ending is None else FAILURE_WORDS[item.ending],
        cost_micros=item.charged_micros,
        refunded_micros=item.refunded_micros,
        ended_at=item.ended_at,
        task_id=item.task_id,
    )
