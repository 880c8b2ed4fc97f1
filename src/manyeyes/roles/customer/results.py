"""A job's results as a file, alike for every edge: at any time, in the order of lines, read a portion at a time.

No snapshot is held while somebody reads slowly: each portion is a read of its own, and says how things are then.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.job_files.result_lines import answer_lines, csv_head, csv_lines, json_lines
from manyeyes.job_files.result_rows import ANSWERS, OUTCOMES, FileRow, Layout, PersonsAnswer, ResultRow
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import Job
from manyeyes.panels import store as panels
from manyeyes.panels.store import ItemAnswer
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import job_items, question_store
from manyeyes.tasks.columns import cells_of, columns_of
from manyeyes.tasks.job_items import ItemOutcome
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.questions import FieldsOptions
from manyeyes.tasks.rules import Assurance, Ending
from manyeyes.tasks.seen.store import FAILURE_WORDS, rounded, source_of, state_of
from manyeyes.values.refusals import Reason, Refusal

PORTION = 1_000  # rows of one read
GROUP = 20_000  # rows of a Parquet file that are written together: few, large groups are small and quick to read
WITHOUT_PARQUET = (
    "Parquet files need a package that this installation does not have; its operator adds it with "
    "pip install 'manyeyes[parquet]'. The same results come as CSV and as JSON lines."
)


Found = TypeVar("Found")
ReadLines = Callable[..., Awaitable[list[Found]]]  # (db, cell, job, after=, until=): what is there of these lines


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
    async for found in _portions(context, owner, of, job_items.item_outcomes):
        yield [_row(of, item) for item in found]


async def answer_portions(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[list[PersonsAnswer]]:
    """Yield what each person gave to the lines that are done, in their order, some lines at a time."""
    name = _names(context, owner)
    async for found in _portions(context, owner, of, panels.item_answers):
        yield [_given(of, answer, name) for answer in found]


async def as_json_lines(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of JSON objects, one a line, each with what its people gave."""
    names, name = _members(of), _names(context, owner)
    async for found in _portions(context, owner, of, _with_answers):
        for outcomes, answers in found:
            given: defaultdict[int, list[PersonsAnswer]] = defaultdict(list)
            for answer in answers:
                given[answer.line].append(_given(of, answer, name))
            rows = [msgspec.structs.replace(_row(of, item), given=given.get(item.line, ())) for item in outcomes]
            yield json_lines(rows, names)


async def answers_as_json_lines(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of JSON objects: what each person gave, one a line."""
    names = _members(of)
    async for rows in answer_portions(context, owner, of):
        yield answer_lines(rows, names)


async def as_csv(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of CSV."""
    yield csv_head(columns_of(of.options)).encode()
    async for rows in portions(context, owner, of):
        yield csv_lines(rows).encode()


async def answers_as_csv(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a file of CSV: what each person gave."""
    yield csv_head(columns_of(of.options), ANSWERS).encode()
    async for rows in answer_portions(context, owner, of):
        yield csv_lines(rows).encode()


async def as_parquet(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a Parquet file, which is written beside the other requests; only where `has_parquet`."""
    async for some in _parquet(of, OUTCOMES, portions(context, owner, of)):
        yield some


async def answers_as_parquet(context: Context, owner: Owner, of: JobResults) -> AsyncIterator[bytes]:
    """Yield a Parquet file of what each person gave; only where `has_parquet`."""
    async for some in _parquet(of, ANSWERS, answer_portions(context, owner, of)):
        yield some


async def _parquet(of: JobResults, layout: Layout, parts: AsyncIterator[Sequence[FileRow]]) -> AsyncIterator[bytes]:
    # The package takes tens of megabytes: it is loaded when somebody asks.
    written = await asyncio.to_thread(import_module, "manyeyes.job_files.result_parquet")
    file = await asyncio.to_thread(written.ResultParquet, of.options, columns_of(of.options), layout)
    group: list[FileRow] = []
    async for rows in parts:
        group += rows
        if len(group) >= GROUP:
            yield await asyncio.to_thread(file.write, group)
            group = []
    if group:
        yield await asyncio.to_thread(file.write, group)
    yield await asyncio.to_thread(file.end)


async def _portions(
    context: Context, owner: Owner, of: JobResults, read: ReadLines[Found]
) -> AsyncIterator[list[Found]]:
    """Yield what is read of a job's lines, some at a time."""
    pool = context.cells.pool(owner.cell)
    for last in range(0, of.job.items, PORTION):
        lines = {"after": last, "until": min(last + PORTION, of.job.items)}
        found = await read_patiently(pool, partial(_of_lines, read, owner.cell, of.job.job_id, lines))
        if found:
            yield found


async def _of_lines(
    read: ReadLines[Found], cell: int, job_id: int, lines: dict[str, int], db: asyncpg.Connection
) -> list[Found]:
    return await read(db, cell, job_id, **lines)


async def _with_answers(
    db: asyncpg.Connection, cell: int, job_id: int, *, after: int, until: int
) -> list[tuple[list[ItemOutcome], list[ItemAnswer]]]:
    """Return the items on some lines, and what each person gave to them."""
    outcomes = await job_items.item_outcomes(db, cell, job_id, after=after, until=until)
    return [(outcomes, await panels.item_answers(db, cell, job_id, after=after, until=until))]


def _members(of: JobResults) -> list[str]:
    return columns_of(of.options) if isinstance(of.options, FieldsOptions) else []


def _names(context: Context, owner: Owner) -> Callable[[int], str]:
    """Return what names people for the owner; each is named once."""
    return cache(partial(context.pseudonyms.name, owner.account_id))


def _given(of: JobResults, answer: ItemAnswer, name: Callable[[int], str]) -> PersonsAnswer:
    return PersonsAnswer(
        line=answer.line,
        external_id=answer.external_id,
        person=name(answer.worker_id),
        cells=cells_of(of.options, answer.text),
        at=answer.answered_at,
        task_id=answer.task_id,
    )


def _row(of: JobResults, item: ItemOutcome) -> ResultRow:
    is_solved = item.ending is Ending.SOLVED
    return ResultRow(
        line=item.line,
        external_id=item.external_id,
        state=state_of(item.ending, item.work_state, of.job.state),
        cells=cells_of(of.options, item.answer),
        text=item.shown,
        answers=item.answers if is_solved else 0,
        confidence=rounded(item.confidence),
        is_proven=item.is_proven,
        is_uncertain=item.assurance is Assurance.UNCERTAIN,
        source=source_of(item.assurance) if is_solved else "",
        failure="" if is_solved or item.ending is None else FAILURE_WORDS[item.ending],
        cost_micros=item.charged_micros,
        refunded_micros=item.refunded_micros,
        ended_at=item.ended_at,
        task_id=item.task_id,
    )
