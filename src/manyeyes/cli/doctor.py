"""manyeyes doctor: is this installation well, and if not, what to do."""

from typing import Any

import asyncpg

from manyeyes.cli.command import Common, run
from manyeyes.db.migrate import SQL
from manyeyes.db.pool import LIMITS
from manyeyes.db.primary import STANDBY, WRITABLE, looks
from manyeyes.db.queries import one_row
from manyeyes.roles.house import conditions
from manyeyes.roles.house.conditions import Condition
from manyeyes.runtime.books_proof import prove_cell
from manyeyes.runtime.context import Context
from manyeyes.runtime.installation_keys import SecretsUnreadable, check_secrets
from manyeyes.runtime.key_file import is_open_to_others, key_place
from manyeyes.settings import Settings

OLDEST_SNAPSHOT_SECONDS = 60.0
WANTED = {
    "fsync": ("on", "an acknowledged task could be lost"),
    "full_page_writes": ("on", "a crash could tear pages"),
    "synchronous_commit": ("on", "an acknowledged task could be lost"),
    "autovacuum": ("on", "the queue would slow down"),
}


def doctor(*, common: Common | None = None) -> None:
    """Look at the database, what is around it, and the books; exit 1 when something is wrong."""
    outcome: dict[str, Any] = {}

    async def work(context: Context) -> dict[str, Any]:
        outcome["checks"] = await examine(context)
        outcome["well"] = all(check["well"] for check in outcome["checks"])
        return outcome

    run(common, work, _show)
    if not outcome["well"]:
        raise SystemExit(1)


async def examine(context: Context) -> list[dict[str, Any]]:
    """Return one row per check: its name, whether it is well, and what was seen."""
    checks = []
    async with context.cells.directory.acquire() as db:
        rows = await db.fetch(SQL.server_settings, [*WANTED, NAPTIME, VERSION])
        settings = {row["name"]: row["setting"] for row in rows}
        major = db.get_server_version().major
        checks.append(_row("PostgreSQL 15 or newer", major >= 15, settings[VERSION]))
        for name, (wanted, why) in WANTED.items():
            is_well = settings[name] == wanted
            checks.append(
                _row(f"{name} = {wanted}", is_well, settings[name] if is_well else f"{settings[name]}: {why}")
            )
        naptime = int(settings[NAPTIME])
        checks.append(_row(f"{NAPTIME} at most 15 s", naptime <= 15, f"{naptime} s; the embedded server uses 5"))
        snapshot = await one_row(db, SQL.oldest_snapshot)
        is_young = snapshot["seconds"] < OLDEST_SNAPSHOT_SECONDS
        checks.append(
            _row("no old snapshot", is_young, f"{snapshot['seconds']:.0f} s, {snapshot['transactions']} transactions")
        )
        checks.append(await _limits(db))
        checks += [_shown(each) for each in await _conditions(context, db)]
        checks += await _servers(db, context.dsn)
        checks.append(await _secrets(db, context.settings))
    if context.mail_door.server:
        fault = await context.mail_door.look()
        checks.append(_row("mail server answers", not fault, fault or context.mail_door.server.place))
    for cell in context.cells.numbers:
        books = await prove_cell(context, cell)
        checks.append(
            _row(f"books of cell {cell} balance", not books.difference_micros, f"difference {books.difference_micros}")
        )
    return checks


async def _conditions(context: Context, db: asyncpg.Connection) -> list[Condition]:
    """Return what `/readyz` looks at that can be seen from here, and what only takes longer to go wrong."""
    row = await one_row(db, SQL.readiness)
    return [
        conditions.disk(context.disk_room),
        conditions.schema(row["migrations"]),
        conditions.standby(row, context.settings.standbys),
        await conditions.archive(db),
        await conditions.backup(context.settings),
        await conditions.clock(db),
        await conditions.transactions(db),
        await conditions.pooler(context, db),
    ]


def _shown(condition: Condition) -> dict[str, Any]:
    return _row(condition.name, condition.is_well, condition.seen)


async def _servers(db: asyncpg.Connection, dsn: str) -> list[dict[str, Any]]:
    """Return the rows about the servers of an address that names several, and whether a standby has every commit."""
    found = await looks(dsn)
    if len(found) == 1:
        return []
    following = int(await db.fetchval(SQL.synchronous_standbys))
    rows = [_row(f"server {place}", seen in (WRITABLE, STANDBY), seen) for place, seen in found.items()]
    return [*rows, _row("every commit is on a standby", following > 0, f"{following} synchronous")]


async def _limits(db: asyncpg.Connection) -> dict[str, Any]:
    """Return the row about the limits of statements, which behind a pooler are our role's."""
    found = {name: str(await db.fetchval("SELECT current_setting($1)", name)) for name in LIMITS}
    other = [f"{name} is {value}" for name, value in found.items() if value != LIMITS[name]]
    seen = f"{', '.join(other)}: let the pooler open its connections anew" if other else "in force"
    return _row("limits of statements", not other, seen)


async def _secrets(db: asyncpg.Connection, settings: Settings) -> dict[str, Any]:
    """Return the row about the installation's keys: whether they can be opened, and by whom."""
    try:
        is_sealed = await check_secrets(db, settings)
    except SecretsUnreadable as error:
        return _row("secrets can be read", False, str(error))
    if is_open_to_others(settings):
        return _row("secrets can be read", False, f"others may read {key_place(settings)} too: chmod 600")
    loose = [name for name, sealed in is_sealed.items() if not sealed]
    seen = f"not sealed before the next start: {', '.join(loose)}" if loose else f"sealed, {key_place(settings)} fits"
    return _row("secrets can be read", True, seen if is_sealed else "none before the first start")


def _row(name: str, is_well: bool, seen: str) -> dict[str, Any]:
    return {"check": name, "well": is_well, "seen": seen}


def _show(result: dict[str, Any]) -> str:
    rows = [
        f"{'well ' if check['well'] else 'WRONG'}  {check['check']} ({check['seen']})" for check in result["checks"]
    ]
    return "\n".join(rows)


NAPTIME, VERSION = "autovacuum_naptime", "server_version"
