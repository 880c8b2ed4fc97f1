"""Drop customers' files from jobs that are drafts, a part at a time (docs/decisions/0049)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.jobs import store as jobs
from manyeyes.jobs import uploads
from manyeyes.jobs.rules import Job, JobState
from manyeyes.jobs.store import JobUpload
from manyeyes.jobs.upload_rules import DROPPING
from manyeyes.tasks import job_items
from manyeyes.values.refusals import Reason, Refusal

DROPPED_AT_ONCE = 500  # items


class DropUpload(msgspec.Struct, frozen=True, kw_only=True):
    """``idle_seconds``: only when it has stood still for so long. ``only_half``: only when it is not complete."""

    cell: int
    account_id: int
    job_id: int
    upload_key: str
    idle_seconds: int = 0
    only_half: bool = False
    retried: bool = False


async def drop_uploads(tx: asyncpg.Connection, now: datetime, commands: Sequence[DropUpload]) -> list[int | Refusal]:
    """Return how many items of each file are left; 0: it is gone. Ask again until it is.

    From the first time on the file is none of the job's, and no body goes on with it. Refusals: UNKNOWN_JOB (of another
    account too), UNKNOWN_UPLOAD (also of one that moved or was completed meanwhile), JOB_NOT_DRAFT (its lines are the
    job's already), UPLOAD_OPEN (files came after it, and lines follow each other: those are dropped first).
    """
    # 1. Load: the jobs, locked; their files; which items of drafts their customers cancelled.
    cell, ids = commands[0].cell, sorted({c.job_id for c in commands})
    found = await jobs.lock_jobs(tx, cell, ids)
    files = {(upload.job_id, upload.upload_key): upload for upload in await jobs.uploads(tx, cell, ids)}
    marked = [job.job_id for job in found.values() if job.state is JobState.DRAFT and job.cancelled]
    cancelled = await job_items.ended_lines(tx, cell, marked) if marked else {}
    # 2. Decide: what each takes away, the last lines first.
    held, left = dict(found), dict(files)
    outcomes = [_decide(command, held, left, cancelled, now) for command in commands]
    # 3. Save: delete the items behind those that are left, then what is kept of the files.
    for key, file in files.items():
        first, last = file.first_line, file.first_line + file.items - 1
        kept = left[key].items if key in left else 0
        if kept < file.items:
            if file.complete and file.job_id in cancelled:
                await job_items.delete_ends(tx, cell, file.job_id, first, last)
            await job_items.delete_items(tx, cell, file.job_id, first + kept, last)
    await uploads.save_uploads(tx, now, cell, [file for key, file in left.items() if file != files[key]])
    await uploads.delete_uploads(tx, cell, [file for key, file in files.items() if key not in left])
    await jobs.save_jobs(tx, cell, [job for job_id, job in sorted(held.items()) if job != found[job_id]])
    return outcomes


def _decide(
    command: DropUpload,
    held: dict[int, Job],
    left: dict[tuple[int, str], JobUpload],
    cancelled: Mapping[int, Sequence[int]],
    now: datetime,
) -> int | Refusal:
    job = held.get(command.job_id)
    if job is None or job.account_id != command.account_id:
        return Refusal(Reason.UNKNOWN_JOB, f"there is no job {command.job_id}")
    key = (job.job_id, command.upload_key)
    file = left.get(key)
    is_meant = file and not (file.complete and command.only_half)
    if file is None or not is_meant or file.changed_at > now - timedelta(seconds=command.idle_seconds):
        gone = Refusal(Reason.UNKNOWN_UPLOAD, f"the job has no file {command.upload_key}")
        return 0 if command.retried and file is None else gone
    refusal = _why_kept(job, file, left) if file.complete else None
    if refusal:
        return refusal
    if file.complete:
        lines = range(file.first_line, file.first_line + file.items)
        ended = sum(line in lines for line in cancelled.get(job.job_id, ()))
        held[job.job_id] = msgspec.structs.replace(
            job, items=job.items - file.items, cancelled=job.cancelled - ended, changed_at=now
        )
    items = max(file.items - DROPPED_AT_ONCE, 0)
    if items:
        left[key] = msgspec.structs.replace(file, items=items, complete=False, digest=DROPPING, changed_at=now)
    else:
        del left[key]
    return items


def _why_kept(job: Job, file: JobUpload, left: dict[tuple[int, str], JobUpload]) -> Refusal | None:
    """Return why a complete file stays."""
    if job.state is not JobState.DRAFT:
        return Refusal(Reason.JOB_NOT_DRAFT, "the job was started; its items are dropped no more")
    later = [each for (job_id, _), each in left.items() if job_id == job.job_id and each.first_line > file.first_line]
    if later:
        return Refusal(Reason.UPLOAD_OPEN, f"the file {later[0].upload_key} came after it; drop that one first")
    return None
