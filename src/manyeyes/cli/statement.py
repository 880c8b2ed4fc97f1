"""manyeyes account statement: every entry of a window, and that opening + entries = closing."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import asyncpg
from cyclopts import Parameter

from manyeyes.accounts.store import AccountPlace
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.ledger import store as ledger
from manyeyes.ledger.store import Movement
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.integers import integer

BEGINNING = datetime.fromtimestamp(0, UTC)
PAGE = 5_000


def statement(
    account: str,
    *,
    start: Annotated[str | None, Parameter(name="--from", help="First instant, RFC 3339 or Unix seconds.")] = None,
    end: Annotated[str | None, Parameter(name="--to", help="Instant after the last, likewise.")] = None,
    common: Common | None = None,
) -> None:
    """Print every entry of a window (default: the last 24 hours): opening + entries = closing."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        until = _instant(end) if end else datetime.now(UTC) + timedelta(seconds=1)
        since = _instant(start) if start else until - timedelta(days=1)
        if since > until:
            raise CommandFailed("--from must not be after --to")
        async with (
            context.cells.pool(place.cell).acquire() as db,
            db.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await _read(db, place, since, until)

    run(common, work, _show)


async def _read(db: asyncpg.Connection, place: AccountPlace, since: datetime, until: datetime) -> dict[str, Any]:
    before = await ledger.movement_sums(db, place.cell, place.account_id, BEGINNING, since)
    sums = await ledger.movement_sums(db, place.cell, place.account_id, since, until)
    entries: list[Movement] = []
    while page := await ledger.movements_after(
        db, place.cell, place.account_id, since, until, last=entries[-1] if entries else None, limit=PAGE
    ):
        entries += page
    opening, held = sum(s.available_change for s in before), sum(s.held_change for s in before)
    return {
        "account_id": place.account_id,
        "from": since.isoformat(),
        "to": until.isoformat(),
        "opening": money.text(opening),
        "opening_held": money.text(held),
        "sums": [{"kind": s.kind.name.lower(), "entries": s.entries, **_changes(s)} for s in sums],
        "entries": [
            {
                "at": e.at.isoformat(),
                "kind": e.kind.name.lower(),
                "cause_id": e.cause_id,
                "amount": money.text(e.amount_micros),
                **_changes(e),
            }
            for e in entries
        ],
        "closing": money.text(opening + sum(e.available_change for e in entries)),
        "closing_held": money.text(held + sum(e.held_change for e in entries)),
    }


def _changes(moved: Any) -> dict[str, str]:
    return {"available": money.text(moved.available_change), "held": money.text(moved.held_change)}


def _show(result: dict[str, Any]) -> str:
    def row(what: str, available: str, held: str) -> str:
        return f"{what:47} {available:>16} {held:>16}"

    lines = [
        f"account {result['account_id']}, {result['from']} to {result['to']}",
        row("", "to spend", "held"),
        row("opening", result["opening"], result["opening_held"]),
    ]
    for e in result["entries"]:
        lines.append(row(f"{e['at'][:26]:27} {e['kind']:11} {e['cause_id']:>7}", e["available"], e["held"]))
    lines += [row(f"sum of {s['entries']} {s['kind']}", s["available"], s["held"]) for s in result["sums"]]
    return "\n".join([*lines, row("closing", result["closing"], result["closing_held"])])


def _instant(text: str) -> datetime:
    try:
        unix = integer(text, 12)
        if unix is not None:
            return datetime.fromtimestamp(unix, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise CommandFailed(f"{text!r} is no instant; write 2026-11-22T00:00:00Z or Unix seconds") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
