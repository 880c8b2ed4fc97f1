"""manyeyes backup: copies of the embedded PostgreSQL, and the proof that they can be restored."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from manyeyes.backups.catalogue import bases_in, clear, open_place, segments_in
from manyeyes.backups.keeper import touch
from manyeyes.backups.restoring import restore
from manyeyes.backups.rules import BaseBackup, following, instant_text
from manyeyes.backups.whole_copies import make_whole_copy
from manyeyes.cli.books import prove_books
from manyeyes.cli.command import CommandFailed, Common, opened, say, tell_result, told
from manyeyes.cli.options import settings_of
from manyeyes.db.embedded import Embedded, as_superuser, has_database, running_dsn
from manyeyes.settings import Settings
from manyeyes.values.durations import duration_text

app = App(name="backup", help="Copies of the database, and the proof that they can be restored.")
From = Annotated[str | None, Parameter(name="--from", help="The place (default: MANYEYES_BACKUP_TO).")]


@app.default
def backup(
    *,
    to: Annotated[
        str | None, Parameter(help="A directory, or s3://BUCKET/PREFIX (default: MANYEYES_BACKUP_TO).")
    ] = None,
    common: Common | None = None,
) -> None:
    """Make a whole copy now, while the server runs or not; the oldest beyond MANYEYES_BACKUP_KEEP go."""
    common = common or Common()
    with told():
        settings = settings_of(common, backup_to=to)
        base, gone = asyncio.run(_back_up(settings))
        result = {**_view(base), "removed": gone}
        tell_result(common, result, lambda found: f"{found['name']}: {_size(found['bytes'])} in {settings.backup_to}")


async def _back_up(settings: Settings) -> tuple[BaseBackup, list[str]]:
    if settings.database_url:
        raise CommandFailed("a PostgreSQL of yours (MANYEYES_DATABASE_URL) is backed up by its own tools")
    place = open_place(settings.backup_to)
    dsn, embedded = await asyncio.to_thread(running_dsn, settings.data), None
    if dsn is None:
        if not has_database(settings.data):
            raise CommandFailed(f"there is no installation in {settings.data}; `manyeyes serve` makes one")
        embedded = Embedded(settings.data)  # as it is: no schema is changed before there is a copy
        dsn = await asyncio.to_thread(embedded.start, say)
    try:
        base = await make_whole_copy(as_superuser(dsn), place)
    finally:
        if embedded:
            await asyncio.to_thread(embedded.stop)
    gone = await asyncio.to_thread(clear, place, settings.backup_keep)
    touch(settings.backup_mark_file())
    return base, gone


@app.command(name="list")
def list_copies(*, place: From = None, common: Common | None = None) -> None:
    """Show the whole copies, and until when the log after each was kept without a gap."""
    common = common or Common()
    with told():
        opened_place = open_place(settings_of(common, backup_to=place).backup_to)
        segments = segments_in(opened_place)
        found = []
        for base in bases_in(opened_place):
            until = max([base.ended_at, *(file.at for file in following(base, segments))])
            found.append({**_view(base), "until": instant_text(until)})
        tell_result(common, {"copies": found}, _show_list)


@app.command
def verify(
    *,
    place: From = None,
    scratch: Annotated[Path | None, Parameter(help="Where to restore for the proof (default: the system's).")] = None,
    common: Common | None = None,
) -> None:
    """Restore the newest copy with all of its log into a scratch directory, check the books, and say how old it is."""
    common = common or Common()
    with told():
        settings = settings_of(common, backup_to=place)
        opened_place = open_place(settings.backup_to)
        with tempfile.TemporaryDirectory(prefix="manyeyes-verify-", dir=scratch) as folder:
            Path(folder).chmod(0o711)
            data = Path(folder) / "data"
            base, at, missing_after = restore(opened_place, data, None, say)
            books = asyncio.run(_prove(msgspec.structs.replace(settings, data=data, database_url="")))
        age = int((datetime.now(UTC) - (at or base.ended_at)).total_seconds())
        result = {
            "copy": base.name,
            "restored_to": instant_text(at or base.ended_at),
            "age_seconds": age,
            "log_missing_after": missing_after,
            **books,
        }
        tell_result(common, result, _show_proof)
        if result["difference"] or missing_after:
            raise SystemExit(1)


async def _prove(settings: Settings) -> dict[str, Any]:
    async with opened(settings, may_create=False) as context:
        found = await prove_books(context, is_whole=True)
    return {name: found[name] for name in ("difference", "transfers", "findings")}


def _view(base: BaseBackup) -> dict[str, Any]:
    return {"name": base.name, "ended_at": instant_text(base.ended_at), "bytes": base.bytes}


def _show_list(result: dict[str, Any]) -> str:
    lines = [
        f"{copy['name']}  {_size(copy['bytes']):>9}  any second from {copy['ended_at']} to {copy['until']}"
        for copy in result["copies"]
    ]
    return "\n".join(lines) or "no copies yet"


def _show_proof(result: dict[str, Any]) -> str:
    said = f"{result['copy']} can be restored, to {result['restored_to']} ({duration_text(result['age_seconds'])} ago)"
    return "\n".join([said, f"difference {result['difference']}, {result['transfers']} transfers", *result["findings"]])


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.1f} kB"
