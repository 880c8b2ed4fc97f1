"""Jobs on a stage: drafts with items as an upload leaves them, changed and started."""

from typing import Any

import msgspec

from manyeyes.actions.change_jobs import ChangeJob, change_jobs
from manyeyes.actions.claim_jobs import ClaimedJob, ClaimJob, claim_jobs
from manyeyes.actions.feed_jobs import FedJob, FedLine, FeedJob, feed_jobs
from manyeyes.actions.open_jobs import OpenedJob, OpenJob, open_jobs
from manyeyes.actions.settle_jobs import SettleJob, settle_jobs
from manyeyes.actions.shared.asked_questions import NewQuestion
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import Job, JobChange, JobVerb
from manyeyes.jobs.store import NewJob
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import IMAGE_TO_TEXT, Contract, ImageOptions
from manyeyes.tasks.store import Task
from manyeyes.values.refusals import Refusal
from support.action_stage import LIFE_SECONDS, PICTURE, PRICE, Stage


def question(stage: Stage, account_id: int, **given: Any) -> NewQuestion:
    """Return a question about a text, not asked before unless ``given`` says the same."""
    return NewQuestion(
        question_id=stage.number(),
        account_id=account_id,
        kind=given.pop("kind", IMAGE_TO_TEXT),
        options_json=given.pop("options", '{"comment":"What is the number?"}'),
        **given,
    )


def opening(stage: Stage, account_id: int, **terms: Any) -> OpenJob:
    """Return the command that opens a draft."""
    terms.setdefault("queue_id", 1)
    terms.setdefault("name", "a job")
    draft = NewJob(job_id=stage.number(), account_id=account_id, question_id=0, **terms)
    return OpenJob(cell=stage.cell, job=draft, question=question(stage, account_id))


async def draft(stage: Stage, account_id: int, items: int = 3, **terms: Any) -> int:
    """Open a draft with so many items whose pictures came along, and return its number."""
    url = terms.pop("picture_url", "")
    (outcome,) = await stage.act(open_jobs, opening(stage, account_id, **terms))
    assert isinstance(outcome, OpenedJob), outcome
    await add_items(stage, outcome.job_id, items, picture_url=url)
    return outcome.job_id


async def add_items(stage: Stage, job_id: int, count: int, *, picture_url: str = "") -> list[int]:
    """Add items to a draft as a complete upload does; return their tasks."""
    job = await find(stage, job_id)
    lines = range(job.items + 1, job.items + count + 1)
    rows = [_item(stage, job, line, picture_url) for line in lines]
    async with stage.transaction() as tx:
        await tasks.insert_tasks(tx, stage.now, stage.cell, rows)
        if not picture_url:
            blobs = [(row.task_id, PICTURE.media, PICTURE.data) for row in rows]
            await tasks.insert_blobs(tx, stage.cell, stage.now.date(), blobs)
        held = (await jobs.lock_jobs(tx, stage.cell, [job_id]))[job_id]
        await jobs.save_jobs(tx, stage.cell, [msgspec.structs.replace(held, items=held.items + count)])
    return [row.task_id for row in rows]


def _item(stage: Stage, job: Job, line: int, picture_url: str) -> Task:
    return Task(
        task_id=stage.number(),
        account_id=job.account_id,
        queue_id=job.queue_id,
        kind=IMAGE_TO_TEXT,
        options=ImageOptions(comment="What is the number?"),
        media="" if picture_url else PICTURE.media,
        soft_id=0,
        ip="",
        website_url="",
        callback_url="",
        language_pool="",
        contract=Contract.OWN,
        question_id=job.question_id,
        job_id=job.job_id,
        line=line,
        external_id=f"item {line}",
        picture_url=picture_url,
    )


async def find(stage: Stage, job_id: int) -> Job:
    """Return a job as it is."""
    return (await stage.read(jobs.jobs, stage.cell, [job_id]))[job_id]


def changing(stage: Stage, account_id: int, job_id: int, **given: Any) -> ChangeJob:
    """Return the command that changes a job."""
    price = given.pop("price_micros", PRICE)
    return ChangeJob(
        cell=stage.cell, job_id=job_id, account_id=account_id, change=JobChange(**given), price_micros=price
    )


async def change(stage: Stage, job_id: int, **given: Any) -> Job | Refusal:
    """Change a job as its customer."""
    account_id = (await find(stage, job_id)).account_id
    (outcome,) = await stage.act(change_jobs, changing(stage, account_id, job_id, **given))
    return outcome


async def running(stage: Stage, account_id: int, items: int = 3, **terms: Any) -> int:
    """Open and start a job, which nothing has entered yet; return its number."""
    job_id = await draft(stage, account_id, items, **terms)
    assert isinstance(await change(stage, job_id, verb=JobVerb.START), Job)
    return job_id


async def claim(stage: Stage, job_id: int, limit: int = 200) -> ClaimedJob | None:
    """Claim a job with its next lines."""
    (claimed,) = await stage.act(claim_jobs, ClaimJob(stage.cell, job_id, limit))
    return claimed


def feeding(stage: Stage, claimed: ClaimedJob, *lines: FedLine, **given: Any) -> FeedJob:
    """Return the command that feeds a claimed job: the given lines, or all that were claimed, with their pictures."""
    job = claimed.job
    fed = lines or tuple(
        FedLine(line.task_id, PICTURE if line.picture_url and not line.media else None) for line in claimed.lines
    )
    return FeedJob(
        cell=stage.cell,
        job_id=job.job_id,
        account_id=job.account_id,
        claim=job.claim,
        queue=stage.queues[job.queue_id],
        life_seconds=LIFE_SECONDS,
        lines=given.pop("fed", fed),
        **given,
    )


async def feed(stage: Stage, job_id: int, limit: int = 200) -> FedJob | None:
    """Let the next lines of a job enter; None when it may not be fed."""
    claimed = await claim(stage, job_id, limit)
    if claimed is None:
        return None
    (fed,) = await stage.act(feed_jobs, feeding(stage, claimed))
    return fed


async def settle(stage: Stage, *job_ids: int) -> None:
    """Bring jobs' tasks to where the jobs' states want them."""
    again = True
    while again:
        settled = await stage.act(settle_jobs, *[SettleJob(stage.cell, job_id, LIFE_SECONDS) for job_id in job_ids])
        again = settled[0].again


async def told(stage: Stage) -> list[tuple[str, int]]:
    """Return what events customers are told: (event, job) each, the oldest first."""
    rows = await stage.rows("delivery", "task_id, event, subject_id", "event <> ''")
    return [(row["event"], row["subject_id"]) for row in sorted(rows, key=lambda row: row["task_id"])]
