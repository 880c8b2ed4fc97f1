"""What makes the copies while an installation is served: ``python -m manyeyes.backups.keeper PARENT``.

`manyeyes serve` starts it. A process of its own: what packs and sends files shall not hold up those who serve. It lives
as long as its parent; killed, it is started again and goes on where it was.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import structlog

from manyeyes.backups.catalogue import bases_in, clear, open_place, segments_in
from manyeyes.backups.log_stream import LogStream, end_for_good, ensure_slot, streamed_from
from manyeyes.backups.rules import PARTIAL, SPOOL, BackupFailed, BaseBackup, is_unbroken, seconds_until_due
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

    def __init__(self, settings: Settings, ended: asyncio.Event) -> None:
        """Take the settings, and what is set when it is to end. Raises BackupFailed where `backup_to` is no place."""
        self._settings, self._ended = settings, ended
        self._place = open_place(settings.backup_to)
        self._stream = LogStream(settings.data / SPOOL, settings.data / "postgres")
        self._is_unbroken = False  # known to be: all of the log since the newest copy is in the place, or on its way
        self._pause = FIRST_PAUSE_SECONDS  # until a failed copy is tried again
        self._retry_at = 0.0

    async def run(self) -> None:
        """Keep copies until it is told to end; what the place or the server refuses is told and tried again."""
        watching = asyncio.create_task(self._watch_spool())
        while not self._ended.is_set():
            try:
                await self._step()
            except (BackupFailed, *SERVER_FAILED) as error:
                _tell(error)
            await self._pass_time()
        watching.cancel()
        await asyncio.to_thread(self._stream.end)
        await self._ship()

    async def _watch_spool(self) -> None:
        """Stream no more than the spool may hold, also while the place keeps us waiting."""
        while True:
            if self._stream.is_full():
                await asyncio.to_thread(self._stream.end)
            await asyncio.sleep(SHIP_SECONDS)

    async def _step(self) -> None:
        found = await asyncio.to_thread(running_dsn, self._settings.data)
        if found is None:
            return  # PostgreSQL is being started
        dsn = as_superuser(found)
        if not self._stream.is_streaming() and not self._stream.is_full():
            if not await ensure_slot(dsn):
                self._stream.forget()
                self._is_unbroken = False
            said = self._settings.data / "wal-spool.log"
            await asyncio.to_thread(self._stream.begin, dsn, socket_directory(found), said)
        try:
            await self._copy_when_due(dsn)
        finally:
            await self._ship()

    async def _ship(self) -> None:
        """Ship what was streamed; what the place does not take stays in the spool."""
        try:
            await asyncio.to_thread(self._stream.ship, self._place)
        except (BackupFailed, OSError) as error:
            _tell(error)

    async def _copy_when_due(self, dsn: str) -> None:
        """Make a whole copy where one is due, while the log is shipped on."""
        now = asyncio.get_running_loop().time()
        if now < self._retry_at:
            return
        self._retry_at = now + self._pause  # should what follows fail
        bases = await asyncio.to_thread(bases_in, self._place)
        self._is_unbroken = self._is_unbroken or await self._find_unbroken(dsn, bases)
        every = self._settings.backup_every_seconds
        if self._is_unbroken and seconds_until_due(bases, every, datetime.now(UTC)) > 0:
            self._retry_at = now + FIRST_PAUSE_SECONDS
            return
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        copying = asyncio.create_task(make_whole_copy(dsn, self._place))
        while not copying.done() and not self._ended.is_set():
            await self._pass_time(copying)
            await self._ship()
        if not copying.done():
            copying.cancel()
            await asyncio.wait([copying])
            return
        base = copying.result()
        self._is_unbroken, self._pause = True, FIRST_PAUSE_SECONDS
        gone = await asyncio.to_thread(clear, self._place, self._settings.backup_keep)
        log.info("backed_up", name=base.name, bytes=base.bytes, removed=gone)
        await asyncio.to_thread(touch, self._settings.backup_mark_file())

    async def _pass_time(self, *work: asyncio.Task[BaseBackup]) -> None:
        """Wait until it is time to ship again; no longer than until the work is done, or all is to end."""
        ending = asyncio.create_task(self._ended.wait())
        await asyncio.wait([*work, ending], timeout=SHIP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()

    async def _find_unbroken(self, dsn: str, bases: list[BaseBackup]) -> bool:
        """Tell whether the log since the newest copy has no gap: only a new copy mends one, whenever it came about."""
        until = await streamed_from(dsn)  # first: what is streamed meanwhile is beyond it
        kept = {path.name for path in self._stream.whole_files()}
        kept |= {
            s for s, file in (await asyncio.to_thread(segments_in, self._place)).items() if PARTIAL not in file.name
        }
        return bool(bases) and is_unbroken(max(bases, key=lambda base: base.order), kept, until)


def _tell(error: Exception) -> None:
    log.warning("backup_waits", error=str(error) or repr(error))


def touch(mark: Path | None) -> None:
    """Let the file that tells of the last copy be of now."""
    if mark is not None:
        mark.touch()


async def main(settings: Settings) -> None:
    """Keep copies until SIGTERM; where none are wanted any more, end what was begun for them."""
    if not settings.backup_to:
        found = await asyncio.to_thread(running_dsn, settings.data)
        if found:
            await end_for_good(as_superuser(found), settings.data / SPOOL)
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await Keeper(settings, ended).run()


if __name__ == "__main__":
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == int(sys.argv[1]):
        set_up_logs()
        asyncio.run(main(from_environment()))
