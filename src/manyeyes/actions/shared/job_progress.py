"""What ends of tasks and refunds are for their jobs, written once for every action: counts, sums, and who is told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.event_serials import take_usable
from manyeyes.actions.shared.notice_mails import News, mail_news
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import JOB_FINISHED, Job
from manyeyes.jobs.store import EndCounts, JobNews
from manyeyes.tasks.rules import Ending
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.store import NewDelivery

_COUNTED = {
    Ending.SOLVED: "solved",
    Ending.UNSOLVABLE: "unsolvable",
    Ending.UNANSWERED: "unanswered",
    Ending.BARRED: "unanswered",
    Ending.CANCELLED: "cancelled",
    Ending.NO_PICTURE: "failed",
}


class TaskEnd(msgspec.Struct, frozen=True):
    """How a task of a job ended (``job_id`` 0: a task by itself), what was held for it, and what it was charged."""

    job_id: int
    ending: Ending
    held_micros: int
    charged_micros: int


async def count_ends(tx: asyncpg.Connection, now: datetime, cell: int, ended: Iterable[TaskEnd]) -> None:
    """Count open tasks that end in their jobs; those whose last task it is end with it, and their customers are told.

    Jobs are locked here, after everything else. Nothing is asked when none of the tasks is a job's.
    """
    counts = _counts(end for end in ended if end.job_id)
    if counts:
        news = {job.job_id: job for job in await jobs.count_ends(tx, now, cell, counts)}
        over = [news[count.job_id] for count in counts if news[count.job_id].ended_at == now]
        await tell(tx, now, cell, [(job, JOB_FINISHED) for job in over])


def job_news(job: Job) -> JobNews:
    """Return whom to tell of a job, and where."""
    return JobNews(job.job_id, job.account_id, job.callback_url, job.base_url, job.ended_at)


async def tell(tx: asyncpg.Connection, now: datetime, cell: int, news: Sequence[tuple[JobNews, str]]) -> None:
    """Have events of jobs told to the addresses that customers gave, and mailed to whoever wants them."""
    await mail_news(tx, now, cell, [News(job.account_id, event, job.job_id) for job, event in news])
    told = [(job, event) for job, event in news if job.callback_url]
    if not told:
        return
    serials = await take_usable(tx, cell, len(told))
    rows = [
        NewDelivery(
            task_id=serial,
            account_id=job.account_id,
            url=job.callback_url,
            base_url=job.base_url,
            event=event,
            subject_id=job.job_id,
        )
        for serial, (job, event) in zip(serials, told, strict=True)
    ]
    await webhooks.insert_deliveries(tx, now, cell, rows)


async def count_refunds(tx: asyncpg.Connection, now: datetime, cell: int, refunds: Iterable[tuple[int, int]]) -> None:
    """Count what was given back of jobs' tasks: (job, micros) each, the job 0 for a task by itself."""
    sums: defaultdict[int, int] = defaultdict(int)
    for job_id, micros in refunds:
        if job_id:
            sums[job_id] += micros
    await jobs.add_refunds(tx, now, cell, sums)


def _counts(ended: Iterable[TaskEnd]) -> list[EndCounts]:
    sums: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for end in ended:
        entry = sums[end.job_id]
        entry["closed"] += 1
        entry[_COUNTED[end.ending]] += 1
        entry["freed_micros"] += end.held_micros
        entry["charged_micros"] += end.charged_micros
    return [EndCounts(job_id=job_id, **entry) for job_id, entry in sums.items()]
