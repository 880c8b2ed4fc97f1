"""What happens by itself when there is something to do: one statement a second asks whether there is, for all sweeps.

A house at rest is asked one thing a second, not ten that each find nothing (docs/decisions/0069). Every sweep also runs
unasked now and then: a condition that is wrong costs time, never what it looks for.
"""

import asyncio
import math
import random
import time
from collections.abc import Sequence

import structlog

from manyeyes.certainty import judgements
from manyeyes.dispatch.looks import store as work
from manyeyes.ledger import store as ledger
from manyeyes.reports import slots
from manyeyes.reports.voting import store as voting
from manyeyes.runtime import periodic
from manyeyes.runtime.aside_sweep import settle_what_is_aside
from manyeyes.runtime.context import Context
from manyeyes.runtime.mark_sweep import mark_what_lies_unseen
from manyeyes.runtime.periodic import PeriodicJob
from manyeyes.runtime.review_sweep import settle_what_reviewers_said
from manyeyes.skills import evidence, gold_items
from manyeyes.workers import waiting

LOOK_SECONDS = 1.0
UNASKED_SECONDS = 30.0
log = structlog.get_logger()
Sweep = tuple[str, PeriodicJob]  # a statement that tells whether there is anything to do in a cell ($1); what does it

SWEEPS: list[Sweep] = [
    (work.ANY_LAPSED, periodic.return_leases),
    (work.ANY_ASIDE, settle_what_is_aside),
    (work.ANY_TO_MARK, mark_what_lies_unseen),
    (work.ANY_OVERDUE, periodic.end_overdue),
    (gold_items.ANY_GOLDEN, periodic.lay_gold_down),
    (evidence.ANY_NEW, periodic.count_all_evidence),
    (evidence.ANY_TO_REPLACE, periodic.replace_barred),
    (work.ANY_TO_MATCH, periodic.hand_out_all),
    (waiting.ANY_SILENT_NODE, periodic.retire_nodes),
    (ledger.ANY_DUE_PAY, periodic.vest),
    (slots.ANY_LAPSED, periodic.return_slots),
    (judgements.ANY_LAPSED, periodic.return_slots),
    (voting.ANY_ASIDE, settle_what_reviewers_said),
    (judgements.ANY_ASIDE, settle_what_reviewers_said),
    (work.ANY_DEPTH, periodic.measure),
]


def start_sweeps(context: Context, sweeps: Sequence[Sweep]) -> list[asyncio.Task[None]]:
    """Look in every cell until the tasks are cancelled."""
    return [
        asyncio.create_task(_look_again(context, cell, sweeps), name=f"sweeps-{cell}") for cell in context.cells.numbers
    ]


async def due(context: Context, cell: int, sweeps: Sequence[Sweep]) -> set[PeriodicJob]:
    """Return what has something to do in a cell, in one round trip."""
    question = "SELECT " + ", ".join(f"({condition})" for condition, _ in sweeps)
    async with context.cells.pool(cell).acquire() as db:
        row = await db.fetchrow(question, cell)
    assert row is not None
    return {job for is_due, (_, job) in zip(row, sweeps, strict=True) if is_due}


async def _look_again(context: Context, cell: int, sweeps: Sequence[Sweep]) -> None:
    """Begin what is due every second, jittered so that processes do not meet, but for what still runs."""
    began: dict[PeriodicJob, float] = {}
    running: dict[PeriodicJob, asyncio.Task[None]] = {}
    try:
        while True:
            now = time.monotonic()
            # One unasked at a time: all together they would keep as many connections open, each with its memory.
            idle = [job for _, job in sweeps if job not in running or running[job].done()]
            longest_ago = min(idle, key=lambda job: began.get(job, -math.inf), default=None)
            is_long_ago = longest_ago is not None and now - began.get(longest_ago, -math.inf) >= UNASKED_SECONDS
            wanted = {longest_ago} if longest_ago is not None and is_long_ago else set()
            try:
                wanted |= await due(context, cell, sweeps)
            except Exception as error:
                log.warning("sweeps_failed", cell=cell, error=repr(error))
            for job in wanted:
                if job not in running or running[job].done():
                    began[job], running[job] = now, asyncio.create_task(_run(context, cell, job))
            await asyncio.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


async def _run(context: Context, cell: int, job: PeriodicJob) -> None:
    try:
        await job(context, cell)
    except Exception as error:
        log.warning("job_failed", job=job.__name__, cell=cell, error=repr(error))
