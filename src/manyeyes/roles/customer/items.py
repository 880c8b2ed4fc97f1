"""A job's items from a customer's files, alike for every edge: a file in, how far it is, drop it (decision 0049)."""

import asyncio
import contextlib
from contextlib import aclosing
from typing import IO

import msgspec

from manyeyes.accounts.store import KeyOwner, Owner
from manyeyes.actions.add_items import FileKnown, ItemsAdded
from manyeyes.actions.drop_uploads import DropUpload, drop_uploads
from manyeyes.job_files.archives import Archive
from manyeyes.job_files.items import LARGEST_UPLOAD, ItemReader, UnreadableFile
from manyeyes.jobs import store as jobs
from manyeyes.jobs import uploads
from manyeyes.jobs.rules import Job, JobState
from manyeyes.jobs.store import JobUpload
from manyeyes.jobs.upload_rules import DROPPING
from manyeyes.roles.customer.item_bodies import (
    TOO_LARGE,
    ZIP,
    SentFile,
    bounded,
    parsed,
    read_spool,
    reader_of,
    spool_in,
    spooled,
    unpacked,
)
from manyeyes.roles.customer.item_intake import OTHER_FILE, Intake, IntakeTerms
from manyeyes.roles.picture_check import NO_MONEY, has_money
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store
from manyeyes.tasks.options import picture_options
from manyeyes.values.refusals import Reason, Refusal

STALE_SECONDS = 86_400  # then a file that nobody goes on with is dropped
MOST_STALE = 100  # in one look


class UploadTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A complete file. ``job_items``: of the whole job. ``skipped``: files that are no pictures, the first of them.

    ``was_there``: nothing was made, since it was all there before.
    """

    upload: JobUpload
    job_items: int
    skipped: list[str]
    was_there: bool


class CustomerItems:
    """The items of jobs of whoever calls."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def take(self, owner: Owner, job_id: int, sent: SentFile) -> UploadTaken | Refusal:
        """Take a file, or the rest of one. What is wrong with it leaves nothing of it, and is told line by line.

        Refusals: UNKNOWN_JOB, NO_ROOM, BALANCE_TOO_LOW, JOB_NOT_DRAFT, UPLOAD_OPEN, UNKNOWN_UPLOAD (it cannot go on,
        nothing of it is there), KEY_REUSED, BAD_ITEMS. Raises what ``sent.body`` raises; what was saved stays.
        """
        job = await self._job(owner, job_id)
        if isinstance(job, Refusal):
            return job
        if sent.size is not None and sent.size > LARGEST_UPLOAD:
            return Refusal(Reason.BAD_ITEMS, TOO_LARGE)
        if no_room := self._context.disk_room.refusal():
            return no_room
        if not await has_money(self._context, owner):
            return NO_MONEY
        if sent.upload_key and sent.form != ZIP:
            return await self._take_named(owner, job, sent, None)
        with await asyncio.to_thread(spool_in, self._context.settings.data) as spool:
            digest = await spooled(sent.body, spool)
            if not digest:
                return Refusal(Reason.BAD_ITEMS, TOO_LARGE)
            key = sent.upload_key or digest
            named = msgspec.structs.replace(sent, body=read_spool(spool), upload_key=key)
            return await self._take_named(owner, job, named, spool)

    async def upload(self, owner: Owner, job_id: int, upload_key: str) -> JobUpload | Refusal:
        """Return how far a file is; one that is being dropped is there no more."""
        job = await self._job(owner, job_id)
        if isinstance(job, Refusal):
            return job
        found = (await self._files(owner, job)).get(upload_key)
        if found is None or found.digest == DROPPING:
            return Refusal(Reason.UNKNOWN_UPLOAD, f"the job has no upload {upload_key[:100]}")
        return found

    async def drop(
        self, owner: Owner, job_id: int, upload_key: str, idle_seconds: int = 0, *, only_half: bool = False
    ) -> Refusal | None:
        """Drop a file and its items; see `actions/drop_uploads.py` for the refusals."""
        command = DropUpload(
            cell=owner.cell,
            account_id=owner.account_id,
            job_id=job_id,
            upload_key=upload_key,
            idle_seconds=idle_seconds,
            only_half=only_half,
        )
        has_begun = False
        while True:
            left = await self._context.batcher.ask(drop_uploads, command)
            if isinstance(left, Refusal):
                return None if has_begun else left  # somebody else dropped the rest
            if not left:
                return None
            has_begun, command = True, msgspec.structs.replace(command, idle_seconds=0)

    async def _take_named(
        self, owner: Owner, job: Job, sent: SentFile, spool: IO[bytes] | None
    ) -> UploadTaken | Refusal:
        """Take a file that has a name; ``spool``: it lies there whole."""
        files = await self._files(owner, job)
        file = files.get(sent.upload_key)
        if file is not None and file.digest == DROPPING:
            await self.drop(owner, job.job_id, sent.upload_key, only_half=True)
            del files[sent.upload_key]
            file = None
        refusal = _why_not_begun(job, files, sent)
        if refusal:
            return refusal
        asked = await self._asked(owner, job, sent.ip)
        intake = Intake(self._context, asked, sent.upload_key, file, is_from_first=sent.from_line == 1)
        try:
            line = await self._run(intake, sent, spool)
            outcome = await intake.finish(line)
        finally:
            await intake.stop()
        if isinstance(outcome, ItemsAdded):
            return _taken(outcome, intake, was_there=file is not None and file.complete)
        if file is not None and file.complete:
            return intake.refusal or OTHER_FILE
        return await self._ended(owner, job, sent, intake, outcome)

    async def _ended(
        self, owner: Owner, job: Job, sent: SentFile, intake: Intake, known: object
    ) -> UploadTaken | Refusal:
        """Leave nothing of a file that is not taken; where the job has its items from another one, that is it."""
        if intake.refusal and intake.refusal.reason is not Reason.BAD_ITEMS:
            # Another body goes on with the file, or had the same items and was first; or it is another file.
            same = await self._twin(owner, job, intake) if intake.is_overtaken and intake.is_readable else None
            return _taken(same, intake, was_there=True) if same else intake.refusal
        if isinstance(known, FileKnown) or intake.findings or intake.refusal:
            await self.drop(owner, job.job_id, sent.upload_key, only_half=True)  # another body may have completed it
        if isinstance(known, FileKnown):
            return _taken(known, intake, was_there=True)
        twin = await self._twin(owner, job, intake) if intake.is_readable else None
        if twin:
            return _taken(twin, intake, was_there=True)
        if intake.refusal:
            return intake.refusal
        count = len(intake.findings)
        said = "nothing of the file was taken: " + ("a line is wrong" if count == 1 else f"{count} lines are wrong")
        return Refusal(Reason.BAD_ITEMS, said, tuple(sorted(intake.findings, key=lambda found: found.line or 0)))

    async def _twin(self, owner: Owner, job: Job, intake: Intake) -> FileKnown | None:
        """Return the complete file that has the very same items, and how many the job has by now."""
        found_job = await self._job(owner, job.job_id)
        job = job if isinstance(found_job, Refusal) else found_job
        files = await self._files(owner, job)
        found = [file for file in files.values() if file.complete and file.digest == intake.digest]
        return FileKnown(found[0], job.items) if found else None

    async def _run(self, intake: Intake, sent: SentFile, spool: IO[bytes] | None) -> int:
        """Let the intake take what the body holds; return its last line. What cannot be read is a finding."""
        reader: ItemReader | Archive | None = None
        body = bounded(sent.body)
        try:
            if sent.form == ZIP:
                assert spool is not None
                reader = Archive(spool)
                found = unpacked(reader)
            else:
                reader = reader_of(sent)
                found = parsed(reader, body)
            async with aclosing(found):
                await intake.take(found)
        except UnreadableFile as unreadable:
            intake.is_readable = False
            intake.find(unreadable.finding)
            with contextlib.suppress(UnreadableFile):
                async for _ in body:  # the client listens only when it has sent all
                    pass
        return reader.line if reader else 0

    async def _job(self, owner: Owner, job_id: int) -> Job | Refusal:
        found = await read_patiently(
            self._context.cells.pool(owner.cell), lambda db: jobs.jobs(db, owner.cell, [job_id])
        )
        job = found.get(job_id)
        if job is None or job.account_id != owner.account_id:
            return Refusal(Reason.UNKNOWN_JOB, f"there is no job {job_id}")
        return job

    async def _files(self, owner: Owner, job: Job) -> dict[str, JobUpload]:
        files = await read_patiently(
            self._context.cells.pool(owner.cell), lambda db: jobs.uploads(db, owner.cell, [job.job_id])
        )
        return {file.upload_key: file for file in files}

    async def _asked(self, owner: Owner, job: Job, ip: str) -> IntakeTerms:
        question = await read_patiently(
            self._context.cells.pool(owner.cell), lambda db: question_store.question(db, owner.cell, job.question_id)
        )
        assert question  # a job has one
        options = picture_options(question.kind, question.options)
        return IntakeTerms(owner=owner, job=job, kind=question.kind, options=options, ip=ip)


async def drop_stale(context: Context, cell: int) -> None:
    """Drop files that nobody went on with for a day, and the rest of those whose dropping was cut off."""
    pool = context.cells.pool(cell)
    found = await read_patiently(pool, lambda db: uploads.stale_uploads(db, cell, STALE_SECONDS, MOST_STALE))
    for file in found:
        owner = KeyOwner(cell, file.account_id, ())
        await CustomerItems(context).drop(owner, file.job_id, file.upload_key, file.idle_seconds, only_half=True)


def _why_not_begun(job: Job, files: dict[str, JobUpload], sent: SentFile) -> Refusal | None:
    """Return why a body is not even looked at."""
    file = files.get(sent.upload_key)
    if job.state is not JobState.DRAFT and not (file and file.complete):
        return Refusal(Reason.JOB_NOT_DRAFT, "items are added before the job is started")
    others = [each for each in files.values() if not each.complete and each.upload_key != sent.upload_key]
    if others and not (file and file.complete):
        said = f"the upload {others[0].upload_key} is half there; send the rest of it, or drop it"
        return Refusal(Reason.UPLOAD_OPEN, said)
    if sent.from_line == 1:
        return None
    if sent.form == ZIP:
        said = "an archive is sent whole; what is there of it already is passed over"
        return Refusal(Reason.BAD_ITEMS, said)
    if file is None:
        return Refusal(Reason.UNKNOWN_UPLOAD, "nothing of this upload is there; begin with its first line")
    if sent.from_line != file.lines + 1:
        return Refusal(Reason.UPLOAD_OPEN, f"{file.lines} lines are there; go on with line {file.lines + 1}")
    return None


def _taken(outcome: ItemsAdded | FileKnown, intake: Intake, *, was_there: bool) -> UploadTaken:
    return UploadTaken(upload=outcome.upload, job_items=outcome.job_items, skipped=intake.skipped, was_there=was_there)
