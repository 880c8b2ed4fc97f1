"""What makes the copies while an installation is served: ``python -m manyeyes.backups.keeper``.

`manyeyes serve` starts it. A process of its own: what packs and sends files shall not hold up those who serve. It lives
as long as its parent; killed, it is started again and goes on where it was.
"""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import structlog

from manyeyes.backups.catalogue import bases_in, clear, open_place
from manyeyes.backups.log_stream import LogStream, ensure_slot
from manyeyes.backups.rules import BackupFailed, seconds_until_due
from manyeyes.backups.whole_copies import make_whole_copy
from manyeyes.db.embedded import as_superuser, running_dsn, socket_directory
from manyeyes.db.failures import DataDirectoryInUse
from manyeyes.db.launcher import PR_SET_PDEATHSIG, prctl
from manyeyes.logs.lines import set_up_logs
from manyeyes.settings import Settings, from_environment

SHIP_SECONDS = 10.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 3600.0
SERVER_FAILED = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, DataDirectoryInUse)
log = structlog.get_logger()


class Keeper:
    """Streams the log, ships it, and makes whole copies when they are due."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings. Raises BackupFailed where `backup_to` names no place."""
        self._settings = settings
        self._place = open_place(settings.backup_to)
        self._stream = LogStream(settings.data / "wal-spool", settings.data / "postgres")
        self._is_due = False  # a part of the log is missing: only a new whole copy mends that
        self._pause = FIRST_PAUSE_SECONDS  # until a failed copy is tried again
        self._retry_at = 0.0

    async def run(self, ended: asyncio.Event) -> None:
        """Keep copies until it is told to end; what the place or the server refuses is told and tried again."""
        while not ended.is_set():
            try:
                await self._step()
            except (BackupFailed, *SERVER_FAILED) as error:
                log.warning("backup_waits", error=str(error) or repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), SHIP_SECONDS)
        await asyncio.to_thread(self._stream.end)
        with suppress(BackupFailed, OSError):
            await asyncio.to_thread(self._stream.ship, self._place)

    async def _step(self) -> None:
        found = await asyncio.to_thread(running_dsn, self._settings.data)
        if found is None:
            return  # PostgreSQL is being started
        dsn = as_superuser(found)
        if not self._stream.is_streaming() and not self._stream.is_full():
            if not await ensure_slot(dsn):
                self._stream.forget()
                self._is_due = True
            said = self._settings.data / "wal-spool.log"
            await asyncio.to_thread(self._stream.begin, dsn, socket_directory(found), said)
        await self._copy_when_due(dsn)
        await asyncio.to_thread(self._stream.ship, self._place)

    async def _copy_when_due(self, dsn: str) -> None:
        """Make a whole copy where one is due, while the log is shipped on."""
        now = asyncio.get_running_loop().time()
        if now < self._retry_at:
            return
        self._retry_at = now + self._pause  # should what follows fail
        bases = await asyncio.to_thread(bases_in, self._place)
        every = self._settings.backup_every_seconds
        if not self._is_due and seconds_until_due(bases, every, datetime.now(UTC)) > 0:
            self._retry_at = now + FIRST_PAUSE_SECONDS
            return
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        copying = asyncio.create_task(make_whole_copy(dsn, self._place))
        while not (await asyncio.wait([copying], timeout=SHIP_SECONDS))[0]:
            await asyncio.to_thread(self._stream.ship, self._place)
        base = copying.result()
        self._is_due, self._pause = False, FIRST_PAUSE_SECONDS
        gone = await asyncio.to_thread(clear, self._place, self._settings.backup_keep)
        log.info("backed_up", name=base.name, bytes=base.bytes, removed=gone)
        await asyncio.to_thread(touch, self._settings.backup_mark_file())


def touch(mark: Path | None) -> None:
    """Let the file that tells of the last copy be of now."""
    if mark is not None:
        mark.touch()


async def main() -> None:
    """Keep copies until SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await Keeper(from_environment()).run(ended)


if __name__ == "__main__":
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != 1:
        set_up_logs()
        asyncio.run(main())
