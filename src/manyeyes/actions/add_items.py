"""Add a part of a customer's file to a draft; the last part makes its lines items of the job (docs/decisions/0049)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.jobs import store as jobs
from manyeyes.jobs import uploads
from manyeyes.jobs.rules import Job, JobState
from manyeyes.jobs.store import JobUpload
from manyeyes.jobs.upload_rules import BEGINNING, DROPPING, MOST_FILES, MOST_ITEMS
from manyeyes.tasks import job_items
from manyeyes.tasks import store as tasks
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import Contract
from manyeyes.tasks.store import Task
from manyeyes.values.refusals import Reason, Refusal


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose serial was taken; ``picture`` None: it is fetched from ``picture_url`` when its turn comes.

    ``comment``: the customer's words about this picture alone. ``truth``: the right answer, empty where unknown.
    ``marks``: what it may show, beside its queue's.
    """

    task_id: int
    external_id: str
    picture: Picture | None
    picture_url: str
    comment: str
    truth: str
    marks: int = 0


class AddItems(msgspec.Struct, frozen=True, kw_only=True):
    """The next items of the file named ``upload_key``, behind the ``after`` that are there.

    ``line``: the last line of the file that this part goes to. ``digest``: of the file's items up to here, 32 bytes.
    ``kind``, ``options``: of the job's question, number ``question_id`` (None: whatever it is). ``is_complete``: the
    file ends here.
    """

    cell: int
    account_id: int
    job_id: int
    upload_key: str
    after: int
    line: int
    digest: bytes
    items: tuple[NewItem, ...]
    kind: str
    options: PictureOptions
    question_id: int | None = None
    ip: str = ""
    is_complete: bool = False
    retried: bool = False


class ItemsAdded(msgspec.Struct, frozen=True):
    """How far the file is, and how many items the job has."""

    upload: JobUpload
    job_items: int


class ItemsKnown(msgspec.Struct, frozen=True):
    """Nothing was added: the job has items of these names already."""

    external_ids: frozenset[str]


class FileKnown(msgspec.Struct, frozen=True):
    """The file is not completed: the job has another one with the very same items."""

    upload: JobUpload
    job_items: int


AddOutcome = ItemsAdded | ItemsKnown | FileKnown | Refusal


class _Drafts(msgspec.Struct):
    """What the batch's decisions need, all of which moves while it is decided; ``added``: (task line, item) to save."""

    jobs: dict[int, Job]
    uploads: dict[tuple[int, str], JobUpload]
    known: set[tuple[int, str]]
    added: list[tuple[AddItems, int, NewItem]] = []

    def of_job(self, job_id: int) -> list[JobUpload]:
        """Return the files of one job."""
        return [upload for (owner, _), upload in self.uploads.items() if owner == job_id]


async def add_items(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddItems]) -> list[AddOutcome]:
    """Return how far each file is then, or why nothing was added.

    Refusals: UNKNOWN_JOB (of another account too), JOB_NOT_DRAFT, UPLOAD_OPEN (another file of the job, or another
    body of the same one, is on its way), KEY_REUSED (the file is complete), BAD_ITEMS (it has no item, or too many).
    """
    # 1. Load: the jobs, locked; their files; which of the names they have.
    cell, ids = commands[0].cell, sorted({c.job_id for c in commands})
    found = await jobs.lock_jobs(tx, cell, ids)
    files = {(upload.job_id, upload.upload_key): upload for upload in await jobs.uploads(tx, cell, ids)}
    names = sorted({(c.job_id, item.external_id) for c in commands for item in c.items if item.external_id})
    known = await job_items.known_items(tx, cell, names) if names else set()
    books = _Drafts(dict(found), dict(files), known)
    # 2. Decide: each part finds what those before it left.
    outcomes = [_decide(command, books, now) for command in commands]
    # 3. Save: tasks with their pictures and truths, files, and how many items jobs have.
    await _save_items(tx, now, cell, books)
    await uploads.save_uploads(tx, now, cell, [file for key, file in books.uploads.items() if file != files.get(key)])
    await jobs.save_jobs(tx, cell, [job for job_id, job in sorted(books.jobs.items()) if job != found[job_id]])
    return outcomes


def _decide(command: AddItems, books: _Drafts, now: datetime) -> AddOutcome:
    job = books.jobs.get(command.job_id)
    if job is None or job.account_id != command.account_id:
        return Refusal(Reason.UNKNOWN_JOB, f"there is no job {command.job_id}")
    file = books.uploads.get((job.job_id, command.upload_key)) or _new_file(command, job, now)
    if command.retried and _is_done(command, file):
        return ItemsAdded(file, job.items)
    refusal = _why_not(command, job, file, books)
    if refusal:
        return refusal
    taken = {item.external_id for item in command.items if (job.job_id, item.external_id) in books.known}
    if taken:
        return ItemsKnown(frozenset(taken))
    added = msgspec.structs.replace(
        file, lines=command.line, items=command.after + len(command.items), digest=command.digest, changed_at=now
    )
    twins = [each for each in books.of_job(job.job_id) if each.complete and each.digest == added.digest]
    return FileKnown(twins[0], job.items) if command.is_complete and twins else _added(command, job, added, books)


def _why_not(command: AddItems, job: Job, file: JobUpload, books: _Drafts) -> Refusal | None:
    if job.state is not JobState.DRAFT:
        return Refusal(Reason.JOB_NOT_DRAFT, "items are added before the job is started")
    if command.question_id not in (None, job.question_id):
        return Refusal(Reason.UPLOAD_OPEN, "the question was changed meanwhile; send the file again")
    if file.complete:
        return Refusal(Reason.KEY_REUSED, f"a file named {file.upload_key} is there already")
    others = [each for each in books.of_job(job.job_id) if not each.complete and each.upload_key != file.upload_key]
    if others:
        said = f"the file {others[0].upload_key} is half there; send the rest of it, or drop it"
        return Refusal(Reason.UPLOAD_OPEN, said)
    if file.items != command.after or file.digest == DROPPING:
        return Refusal(Reason.UPLOAD_OPEN, f"another body of the file {file.upload_key} is on its way")
    files = books.of_job(job.job_id)
    if len(files) >= MOST_FILES and file not in files:
        return Refusal(Reason.BAD_ITEMS, f"a job has at most {MOST_FILES} files; send more items in each")
    count = command.after + len(command.items)
    if count > MOST_ITEMS:
        return Refusal(Reason.BAD_ITEMS, f"a file has at most {MOST_ITEMS} items; send several")
    return Refusal(Reason.BAD_ITEMS, "there is no item in the file") if command.is_complete and not count else None


def _added(command: AddItems, job: Job, file: JobUpload, books: _Drafts) -> ItemsAdded:
    """Take the items; where the file ends, its lines are the job's."""
    key = (job.job_id, file.upload_key)
    books.known |= {(job.job_id, item.external_id) for item in command.items if item.external_id}
    line = file.first_line + command.after
    books.added += [(command, line + n, item) for n, item in enumerate(command.items)]
    books.uploads[key] = file
    if not command.is_complete:
        return ItemsAdded(file, job.items)
    books.uploads[key] = msgspec.structs.replace(file, complete=True)
    books.jobs[job.job_id] = msgspec.structs.replace(job, items=job.items + file.items)
    return ItemsAdded(books.uploads[key], job.items + file.items)


def _is_done(command: AddItems, file: JobUpload) -> bool:
    """Tell whether a command that is tried again had been carried out."""
    is_there = file.items == command.after + len(command.items) and file.digest == command.digest
    return is_there and file.complete == command.is_complete and file.lines == command.line


def _new_file(command: AddItems, job: Job, now: datetime) -> JobUpload:
    return JobUpload(
        job_id=job.job_id,
        upload_key=command.upload_key,
        first_line=job.items + 1,
        lines=0,
        items=0,
        complete=False,
        digest=BEGINNING,
        created_at=now,
        changed_at=now,
    )


async def _save_items(tx: asyncpg.Connection, now: datetime, cell: int, books: _Drafts) -> None:
    """Store the items as tasks that are in no queue, their pictures under today."""
    if not books.added:
        return
    rows = [_task(command, books.jobs[command.job_id], line, item) for command, line, item in books.added]
    await tasks.insert_tasks(tx, now, cell, rows)
    items = [item for _, _, item in books.added]
    pictures = [(item.task_id, item.picture.media, item.picture.data) for item in items if item.picture]
    await tasks.insert_blobs(tx, cell, now.date(), pictures)
    await job_items.insert_truths(tx, cell, [(item.task_id, item.truth) for item in items if item.truth])


def _task(command: AddItems, job: Job, line: int, item: NewItem) -> Task:
    options = command.options
    if item.comment:
        asked = f"{options.comment}\n{item.comment}".strip()
        options = msgspec.structs.replace(options, comment=asked)
    return Task(
        task_id=item.task_id,
        account_id=job.account_id,
        queue_id=job.queue_id,
        kind=command.kind,
        options=options,
        media=item.picture.media if item.picture else "",
        soft_id=0,
        ip=command.ip,
        website_url="",
        callback_url="",
        language_pool="",
        contract=Contract.OWN,
        question_id=job.question_id,
        job_id=job.job_id,
        line=line,
        external_id=item.external_id,
        picture_url=item.picture_url,
        marks=item.marks,
    )
