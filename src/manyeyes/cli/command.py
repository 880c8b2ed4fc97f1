"""What commands share: `--data`, `--json`, an open context, one object on stdout, errors on stderr with exit 1."""

import asyncio
import json as json_text
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg

from manyeyes.backups.rules import BackupFailed
from manyeyes.cli.options import CommandFailed, Common, WithPasskeys, say, settings_of
from manyeyes.db.embedded import DataDirectoryInUse, Embedded, EmbeddedFailed, has_database, running_dsn
from manyeyes.db.primary import UNANSWERED
from manyeyes.logs.lines import set_up_logs
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context, open_context, prepare_database_at
from manyeyes.settings import Settings

__all__ = [
    "FAILURES",
    "CommandFailed",
    "Common",
    "WithPasskeys",
    "browsers",
    "opened",
    "run",
    "say",
    "tell",
    "tell_result",
    "told",
]

Result = TypeVar("Result", bound=Mapping[str, Any])  # printed as JSON, or as the command words it


FAILURES = (
    *(CommandFailed, DataDirectoryInUse, EmbeddedFailed, Unavailable),
    *(OSError, ValueError, asyncpg.PostgresError, BackupFailed),
)


def run(
    common: Common | None,
    work: Callable[[Context], Awaitable[Result]],
    show: Callable[[Result], str | None],
    *,
    may_create: bool = False,
) -> None:
    """Open the installation, do the work, print its result as JSON or as ``show`` words it (None: it is printed).

    Only a command with ``may_create`` makes an installation where there is none: a mistyped directory is an error.
    """
    common = common or Common()
    set_up_logs()
    with told():
        result = asyncio.run(_work(settings_of(common), work, may_create))
    tell_result(common, result, show)


@contextmanager
def told() -> Iterator[None]:
    """Tell of an expected failure on stderr, and exit with 1."""
    try:
        yield
    except FAILURES as error:
        print(f"manyeyes: {_said(error)}", file=sys.stderr)
        raise SystemExit(1) from None


def tell_result(common: Common, result: Result, show: Callable[[Result], str | None]) -> None:
    """Print a result as JSON or as ``show`` words it (None: it is printed already)."""
    text = json_text.dumps(result, ensure_ascii=False) if common.json else show(result)
    if text is not None:
        tell(text)


def tell(text: str) -> None:
    """Print a result; a reader who has had enough of it (`| head`) is no error."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the rest, which Python writes when it ends


def _said(error: Exception) -> str:
    """Return an error in words; of a file that cannot be used its name and why, without Python's number for it."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, TimeoutError):
        return str(error) or UNANSWERED
    return "the file must be UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


async def _work(settings: Settings, work: Callable[[Context], Awaitable[Result]], may_create: bool) -> Result:
    async with opened(settings, may_create) as context:
        return await work(context)


@asynccontextmanager
async def opened(settings: Settings, may_create: bool) -> AsyncIterator[Context]:
    """Open the database of a running server, or the external one, or start the embedded one for as long as needed.

    Raises `CommandFailed` where there is none, unless it may be created.
    """
    embedded = None
    dsn: str | None = settings.database_url
    dsn = dsn or await asyncio.to_thread(running_dsn, settings.data)
    if not dsn:
        if not may_create and not has_database(settings.data):
            raise CommandFailed(f"there is no installation in {settings.data}; `manyeyes serve` makes one")
        embedded = Embedded(settings.data)
        dsn = await asyncio.to_thread(embedded.start, say)
    try:
        await prepare_database_at(dsn, settings)
        context = await open_context(settings, dsn, pool_size=2)
        try:
            yield context
        finally:
            await context.close()
    finally:
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)


def browsers(number: int) -> str:
    """Return how many browsers somebody is signed out of, in words."""
    return "1 browser" if number == 1 else f"{number} browsers"
