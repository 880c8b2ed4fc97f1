"""A file's items on their way into a job: judged as createTask judges, saved in parts, findings kept (decision 0049).

While a part is being saved the next one is read, so at most two lie in memory.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.actions.add_items import AddItems, AddOutcome, ItemsAdded, ItemsKnown, NewItem, add_items
from manyeyes.job_files.items import FileItem, Found, LineFault, PassedOver
from manyeyes.jobs.rules import Job
from manyeyes.jobs.store import JobUpload
from manyeyes.jobs.upload_rules import BEGINNING, MOST_ITEMS, chained
from manyeyes.roles.picture_check import why_broken
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import PictureOptions, canonical, unfit_answer
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.text.rules import kept_words

MOST_FINDINGS = 100
MOST_SKIPPED = 100  # names of files that are passed over, as they are told
PART_ITEMS, PART_BYTES = 250, 4_000_000  # of one transaction
OTHER_FILE = Refusal(Reason.KEY_REUSED, "a file of this name with other items is there already")
LOOKED_AT_ONCE = 48  # pictures of one file; an account may have more in the queue, and has other files


class IntakeTerms(msgspec.Struct, frozen=True, kw_only=True):
    """For whom items are taken, and what is asked about each."""

    owner: Owner
    job: Job
    kind: str
    options: PictureOptions
    ip: str


class _Judged(msgspec.Struct):
    item: FileItem
    picture: Picture | None
    check: asyncio.Task[Refusal | None] | None


class Intake:
    """Takes one body of the file named ``upload_key``.

    ``file``: what of it is there, None when nothing is. ``is_from_first``: the body begins with the file's first line,
    so what is there already is compared and not taken again.
    """

    def __init__(
        self, context: Context, asked: IntakeTerms, upload_key: str, file: JobUpload | None, *, is_from_first: bool
    ) -> None:
        self.findings: list[MemberFault] = []
        self.skipped: list[str] = []
        self.refusal: Refusal | None = None  # why nothing more is taken
        self.is_overtaken = False  # another body of the file came first: this one may hold the very same items
        self.is_readable = True  # all of its items were, though their names may be taken
        self.line = file.lines if file else 0
        self._context, self._asked, self._key, self._file = context, asked, upload_key, file
        there = file.items if file else 0
        self._compared = there if is_from_first else 0  # items that this body repeats
        self.count = 0 if is_from_first else there
        self.digest = BEGINNING if is_from_first or file is None else file.digest
        self._saved = there
        self._part: list[_Judged] = []
        self._size = 0
        self._names: dict[bytes, int] = {}
        self._pending: dict[str, int] = {}  # names that are being saved, with their lines
        self._saving: asyncio.Task[AddOutcome] | None = None
        self._places = asyncio.Semaphore(LOOKED_AT_ONCE)

    async def take(self, found: AsyncIterator[tuple[int, Found]]) -> None:
        """Take all that a reader gives, each with the line that it was read up to, until something refuses it."""
        async for line, each in found:
            if isinstance(each, FileItem):
                await self._take_item(line, each)
            elif isinstance(each, PassedOver):
                self.skipped += [each.name] if len(self.skipped) < MOST_SKIPPED else []
            else:
                self.is_readable = False
                self.find(each)
            if self.refusal and not self.is_overtaken:
                return

    def find(self, finding: LineFault) -> None:
        """Keep what is wrong with a line."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(MemberFault(finding.detail, finding.pointer, finding.line))
        self._forget_part()

    async def finish(self, line: int) -> AddOutcome | None:
        """Complete the file, which has so many lines; None when there are findings or a refusal."""
        if self.count < self._compared:
            self.refusal = self.refusal or OTHER_FILE
        await self._save_part(max(line, self.line))
        await self._settle()
        if self.findings or self.refusal:
            return None
        if self._file is not None and self._file.complete:
            return ItemsAdded(self._file, self._asked.job.items)
        command = self._command((), max(line, self.line), self.digest, is_complete=True)
        outcome = await self._context.batcher.ask(add_items, command)
        if isinstance(outcome, Refusal):
            self._refuse(outcome)
        return None if self.refusal else outcome

    async def stop(self) -> None:
        """Let what is being saved be saved, and leave the rest."""
        self._forget_part()
        if self._saving:
            await asyncio.gather(self._saving, return_exceptions=True)

    async def _take_item(self, line: int, item: FileItem) -> None:
        self.count += 1
        texts = [item.picture_url, item.comment, item.truth, *([str(item.marks)] if item.marks else [])]
        self.digest = chained(self.digest, item.external_id, item.picture, *texts)
        if self.is_overtaken:
            return
        if self.count <= self._compared:
            if self.count == self._compared and self._file and self.digest != self._file.digest:
                self.refusal = OTHER_FILE
            self._is_repeated(item)
            return
        if self._file and self._file.complete:
            self.refusal = OTHER_FILE
            return
        if self.count > MOST_ITEMS:
            self.refusal = Refusal(Reason.BAD_ITEMS, f"a file has at most {MOST_ITEMS} items; send several")
            return
        picture = self._judged(item)
        if isinstance(picture, LineFault):
            self.find(picture)
        if self.findings:
            return
        assert not isinstance(picture, LineFault)
        check = asyncio.create_task(self._check(picture)) if picture else None
        self._part.append(_Judged(item, picture, check))
        self._size += len(item.picture)
        if len(self._part) >= PART_ITEMS or self._size >= PART_BYTES:
            await self._save_part(line)

    def _judged(self, item: FileItem) -> Picture | LineFault | None:
        """Return the item's picture by its structure, or what is wrong with the item."""
        if self._is_repeated(item):
            first = self._names[_short(item.external_id)]
            said = f"external_id {item.external_id[:200]!r} is on line {first} already"
            return LineFault(item.line, said, "/external_id")
        if item.truth:
            unfit = unfit_answer(self._asked.options, item.truth)
            if unfit:
                return LineFault(item.line, f"the truth is no answer to the question: {unfit}", "/truth")
        if item.picture_url:
            return None
        picture = inspect(item.picture)
        return picture if isinstance(picture, Picture) else LineFault(item.line, picture.detail, "/picture")

    def _is_repeated(self, item: FileItem) -> bool:
        name = _short(item.external_id)
        return bool(item.external_id) and self._names.setdefault(name, item.line) != item.line

    async def _check(self, picture: Picture) -> Refusal | None:
        async with self._places:
            return await why_broken(self._context, self._asked.owner, picture)

    async def _save_part(self, line: int) -> None:
        """Wait for the looks at the part's pictures and for the part before it, and begin to save it."""
        part, self._part, self._size = self._part, [], 0
        digest = self.digest
        looks = iter(await asyncio.gather(*(each.check for each in part if each.check)))
        for each in part:
            fault = next(looks) if each.check else None
            if fault:
                self.find(LineFault(each.item.line, fault.detail, "/picture"))
        await self._settle()
        if part and not self.findings and not self.refusal:
            items = tuple([await self._new_item(each) for each in part])
            command = self._command(items, line, digest)
            self._pending = {each.item.external_id: each.item.line for each in part}
            self._saving = asyncio.create_task(self._context.batcher.ask(add_items, command))

    async def _settle(self) -> None:
        """Wait for the part that is being saved."""
        if self._saving is None:
            return
        outcome = await self._saving
        self._saving = None
        if isinstance(outcome, ItemsAdded):
            self._saved = outcome.upload.items
        elif isinstance(outcome, Refusal):
            self._refuse(outcome)
        elif isinstance(outcome, ItemsKnown):
            for name in sorted(outcome.external_ids, key=self._pending.__getitem__):
                said = f"the job has an item named {name[:200]!r} already"
                self.find(LineFault(self._pending[name], said, "/external_id"))

    def _refuse(self, refusal: Refusal) -> None:
        self.refusal, self.is_overtaken = refusal, refusal.reason in (Reason.UPLOAD_OPEN, Reason.KEY_REUSED)

    async def _new_item(self, each: _Judged) -> NewItem:
        return NewItem(
            task_id=await self._context.id_blocks.take(self._asked.owner.cell),
            external_id=each.item.external_id,
            picture=each.picture,
            picture_url=each.item.picture_url,
            comment=kept_words(each.item.comment),  # as that of a task by itself
            truth=canonical(self._asked.options, each.item.truth) if each.item.truth else "",
            marks=each.item.marks,
        )

    def _command(self, items: tuple[NewItem, ...], line: int, digest: bytes, *, is_complete: bool = False) -> AddItems:
        return AddItems(
            cell=self._asked.owner.cell,
            account_id=self._asked.owner.account_id,
            job_id=self._asked.job.job_id,
            upload_key=self._key,
            after=self._saved,
            line=line,
            digest=digest,
            items=items,
            kind=self._asked.kind,
            options=self._asked.options,
            question_id=self._asked.job.question_id,
            ip=self._asked.ip,
            is_complete=is_complete,
        )

    def _forget_part(self) -> None:
        for each in self._part:
            if each.check:
                each.check.cancel()
        self._part, self._size = [], 0


def _short(external_id: str) -> bytes:
    return hashlib.blake2b(external_id.encode(), digest_size=12).digest()
