"""manyeyes account statement: what an account was charged and given back in any time, as a table, JSON or CSV."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.recognitions.time_spans import Grain
from manyeyes.roles.customer.statement import Moved, Statement, read_statement
from manyeyes.roles.customer.statement_csv import signed, statement_csv
from manyeyes.roles.customer.statement_span import USUAL_ZONE, read_span
from manyeyes.runtime.context import Context
from manyeyes.values import money

HEAD = ("charged", "refunded", "net", "topped up", "shares", "balance")


def statement(
    account: str,
    *,
    month: Annotated[str, Parameter(help="A month, such as 2026-11. Default: this one.")] = "",
    start: Annotated[str, Parameter(name="--from", help="First day or instant.")] = "",
    end: Annotated[str, Parameter(name="--to", help="Last day, or the instant after the last. Default: now.")] = "",
    tz: Annotated[str, Parameter(help="Time zone of days, such as Asia/Bangkok.")] = USUAL_ZONE,
    csv: Annotated[
        Literal["entry", "day", "job"] | None, Parameter(help="Print CSV: a line for each of these.")
    ] = None,
    common: Common | None = None,
) -> None:
    """Print what a month, or any time, moved of an account's money: opening + all changes = closing.

    Signs are a bookkeeper's: what the customer has less of is below zero. Held money is still theirs.
    """

    async def work(context: Context) -> dict[str, Any]:
        if csv and common and common.json:
            raise CommandFailed("give either --csv or --json")
        span = read_span({"month": month, "from": start, "to": end, "tz": tz}, datetime.now(UTC))
        place = await find_account(context, account)
        found = await read_statement(context, place, span)
        if csv:
            queues = await context.lookups.queues()
            async for part in statement_csv(context, place, found, csv, queues):
                if not _written(part):
                    break
        return {"account_id": place.account_id, **_told(found)}

    run(common, work, lambda r: None if csv else _show(r))


def _written(text: str) -> bool:
    """Write a part of a file to stdout; return False when its reader has had enough of it (`| head`)."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _told(found: Statement) -> dict[str, Any]:
    span = found.span
    return {
        "from": span.start.astimezone(span.zone).isoformat(),
        "to": span.end.astimezone(span.zone).isoformat(),
        "tz": span.tz,
        "opening": money.text(found.opening_micros),
        **_moved(found.total),
        "closing": money.text(found.closing_micros),
        "unexplained": money.text(found.unexplained_micros),
        "rows": [
            {
                "from": row.start.isoformat(),
                "to": row.end.isoformat(),
                **_moved(row.moved),
                "balance": money.text(row.balance_micros),
            }
            for row in found.rows
        ],
        "grain": str(span.grain),
    }


def _moved(moved: Moved) -> dict[str, Any]:
    return {"tasks": moved.tasks, **{name: money.text(micros) for name, micros in signed(moved).items()}}


def _show(told: dict[str, Any]) -> str:
    def row(what: str, of: dict[str, Any], balance: str) -> str:
        sums = (of["charged"], of["refunded"], of["net"], of["topped_up"], of["shares"], balance)
        return f"{what:19} {of['tasks']:>9} " + " ".join(f"{text:>14}" for text in sums)

    length = 16 if told["grain"] == Grain.HOUR else 10
    moving = [each for each in told["rows"] if each["tasks"] or each["net"] != money.text(0) or _has_come(each)]
    return "\n".join(
        [
            f"account {told['account_id']}, {told['from']} to {told['to']} ({told['tz']})",
            f"{'':19} {'tasks':>9} " + " ".join(f"{name:>14}" for name in HEAD),
            f"{'opening':19} {'':9} " + " ".join(f"{text:>14}" for text in ("",) * 5 + (told["opening"],)),
            *[row(each["from"][:length].replace("T", " "), each, each["balance"]) for each in moving],
            row("together, closing", told, told["closing"]),
        ]
    )


def _has_come(row: dict[str, Any]) -> bool:
    return any(row[name] != money.text(0) for name in ("refunded", "topped_up", "shares"))
