"""A body on its way into a job: the reader that takes it, and the file where it has to lie whole (decision 0049)."""

import asyncio
import errno
import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from manyeyes.job_files.archives import Archive
from manyeyes.job_files.csv_lines import CsvLines
from manyeyes.job_files.forms import FormFiles
from manyeyes.job_files.items import LARGEST_UPLOAD, Found, ItemReader, UnreadableFile
from manyeyes.job_files.jsonl import JsonLines
from manyeyes.runtime.batching import Unavailable

JSONL, CSV, ZIP, FORM = "jsonl", "csv", "zip", "form"
SPOOLED_AT_ONCE, READ_AT_ONCE = 1_000_000, 250_000  # bytes
FILES_AT_ONCE = 16  # of an archive, unpacked beside the other requests
TOO_LARGE = f"a file has at most {LARGEST_UPLOAD} bytes; send several"


class SentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A body as an edge got it. ``form``: one of JSONL, CSV, ZIP, FORM; ``content_type``: where a form's parts end.

    ``upload_key`` is empty where the customer gave it no name: then it is the digest of its bytes. ``from_line``: the
    line of its file that the body begins with. ``size``: as it was announced; None: it was not.
    """

    body: AsyncIterator[bytes]
    form: str
    content_type: str
    upload_key: str
    from_line: int
    size: int | None
    ip: str


def spool_in(folder: Path) -> IO[bytes]:
    """Return a file without a name, beside the data and not in memory; nothing of it outlives the process."""
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def reader_of(sent: SentFile) -> ItemReader:
    """Return the reader of a body's lines or parts. Raises `UnreadableFile` for a form without a boundary."""
    if sent.form == FORM:
        return FormFiles(sent.content_type, sent.from_line)
    return (CsvLines if sent.form == CSV else JsonLines)(sent.from_line)


async def parsed(reader: ItemReader, body: AsyncIterator[bytes]) -> AsyncGenerator[tuple[int, Found], None]:
    """Yield what a body holds, each with the line that it was read up to. Raises `UnreadableFile`."""
    async for data in body:
        for found in reader.feed(data):
            yield reader.line, found
    for found in reader.end():
        yield reader.line, found


async def unpacked(archive: Archive) -> AsyncGenerator[tuple[int, Found], None]:
    """Yield what an archive holds, unpacked beside the other requests. Raises `UnreadableFile`."""
    found = archive.items()
    while some := await asyncio.to_thread(lambda: list(islice(found, FILES_AT_ONCE))):
        for each in some:
            yield archive.line, each


async def bounded(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the body. Raises `UnreadableFile` when it is too large."""
    size = 0
    async for data in body:
        size += len(data)
        if size > LARGEST_UPLOAD:
            raise UnreadableFile(0, TOO_LARGE)
        yield data


async def spooled(body: AsyncIterator[bytes], spool: IO[bytes]) -> str:
    """Write a body to a file; return the SHA-256 of it in hexadecimal, empty when it is too large.

    Raises `Unavailable` when the disk is full.
    """
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    try:
        async for data in body:
            size += len(data)
            if size > LARGEST_UPLOAD:
                return ""
            digest.update(data)
            kept += data
            if len(kept) > SPOOLED_AT_ONCE:
                await asyncio.to_thread(spool.write, bytes(kept))
                kept.clear()
        await asyncio.to_thread(spool.write, bytes(kept))
        await asyncio.to_thread(spool.seek, 0)
    except OSError as error:
        if isinstance(error, ConnectionError) or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise Unavailable(f"a file cannot be kept: {error.strerror}") from error
    return digest.hexdigest()


async def read_spool(spool: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield what lies in a spool, from where it stands."""
    while data := await asyncio.to_thread(spool.read, READ_AT_ONCE):
        yield data
