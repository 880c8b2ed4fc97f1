"""manyeyes db: the schema and the proof that the books balance."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.actions.forget_bucket_secrets import ForgetBucketSecrets, forget_bucket_secrets
from manyeyes.actions.forget_secrets import ForgetSecrets, forget_secrets
from manyeyes.cli import months
from manyeyes.cli.acting import who_types
from manyeyes.cli.books import prove_books
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.signing_keys import OlderKeys, read_keys
from manyeyes.db.migrate import migrations, pending
from manyeyes.ledger.seals.rules import month_before
from manyeyes.runtime.books_proof import due_of, seal_cell
from manyeyes.runtime.context import Context
from manyeyes.runtime.installation_keys import SecretsUnreadable, check_secrets

app = App(name="db", help="Schema and books.")
app.command(months.export, name="export-month")
app.command(months.drop, name="drop-month")


@app.command
def migrate(*, common: Common | None = None) -> None:
    """Bring the database to the newest schema (every command and the server do it as well)."""

    async def work(context: Context) -> dict[str, Any]:
        async with context.cells.directory.acquire() as db:
            missing = await pending(db)
        return {"schema": migrations()[-1].name, "pending": missing}

    def show(result: dict[str, Any]) -> str:
        return f"the schema is {result['schema']}; nothing is pending" if not result["pending"] else str(result)

    run(common, work, show, may_create=True)


@app.command
def check(
    *,
    everything: Annotated[
        bool, Parameter(name="--all", help="From the beginning on, and each month against its seal.", negative="")
    ] = False,
    public_key: OlderKeys = None,
    common: Common | None = None,
) -> None:
    """Prove the ledger's invariants from the newest seal on; exit 1 when the difference is not 0."""

    outcome: dict[str, Any] = {}

    async def remember(context: Context) -> dict[str, Any]:
        outcome.update(await prove_books(context, read_keys(public_key), is_whole=everything))
        return outcome

    run(common, remember, _show)
    if outcome["difference"]:
        raise SystemExit(1)


@app.command
def seal(
    *,
    dry_run: Annotated[bool, Parameter(help="Say which months can be sealed, and seal none.", negative="")] = False,
    public_key: OlderKeys = None,
    common: Common | None = None,
) -> None:
    """Seal the months that are over (UTC): sum them up and sign the sums, so that `db check` begins behind them.

    The server does it by itself, a day after a month's end. Exit 1, and nothing sealed, when the books do not balance.
    """

    difference = 0

    async def work(context: Context) -> dict[str, Any]:
        nonlocal difference
        found: list[dict[str, Any]] = []
        for cell in context.cells.numbers:
            if dry_run:
                ends = await due_of(context, cell)
                found.append({"cell": cell, "months": [month_before(end) for end in ends], "difference": 0})
            else:
                sealing = await seal_cell(context, cell, read_keys(public_key))
                found.append({"cell": cell, "months": sealing.months, "difference": sealing.difference_micros})
                difference += sealing.difference_micros
        return {"dry_run": dry_run, "cells": found}

    run(common, work, lambda r: "\n".join(_sealed(row, dry_run) for row in r["cells"]))
    if difference:
        raise SystemExit(1)


@app.command(name="reset-secrets")
def reset_secrets(
    *,
    readable: Annotated[bool, Parameter(help="Also when they can be read: after a theft, say.", negative="")] = False,
    common: Common | None = None,
) -> None:
    """Give up the installation's own keys, which cannot be read any more; the next start makes new ones.

    Customers of TUPU's contract then fetch the new public key, receivers of call-backs take their new secrets, and the
    addresses of pictures that were handed out end. The secrets of customers' buckets go too, and their owners give them
    again. Money, tasks, client keys and sessions stay.
    """

    async def work(context: Context) -> dict[str, Any]:
        async with context.cells.directory.acquire() as db:
            try:
                await check_secrets(db, context.settings)
                is_lost = False
            except SecretsUnreadable:
                is_lost = True
        if not is_lost and not readable:
            raise CommandFailed("the secrets can be read and nothing is lost; --readable gives them up all the same")
        # First what the keys seal: whatever ends this command half-way, nothing is left that a lost key would open.
        cells = context.cells.numbers
        lost = [
            await context.batcher.ask(forget_bucket_secrets, ForgetBucketSecrets(cell, who_types())) for cell in cells
        ]
        await context.batcher.ask(forget_secrets, ForgetSecrets(actor=who_types()))
        return {"reset": True, "bucket_secrets": sum(lost)}

    run(common, work, _show_reset)


def _sealed(row: dict[str, Any], dry_run: bool) -> str:
    if row["difference"]:
        return f"cell {row['cell']}: nothing is sealed, the books differ by {row['difference']}; see manyeyes db check"
    if not row["months"]:
        return f"cell {row['cell']}: no month is to be sealed"
    return f"cell {row['cell']}: {'to be sealed' if dry_run else 'sealed'}: {', '.join(row['months'])}"


def _show_reset(result: dict[str, Any]) -> str:
    said = "the secrets are given up; start all servers anew, which makes new ones"
    lost = result["bucket_secrets"]
    if not lost:
        return said
    return f"{said}\nso are those of {_counted(lost, 'bucket')}: their owners give them again (account add-bucket)"


def _show(result: dict[str, Any]) -> str:
    counts = ", ".join(_counted(result[f"{what}s"], what) for what in ("transfer", "account", "wallet"))
    return "\n".join([f"difference {result['difference']}", f"{counts}, {result['held']} held", *result["findings"]])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
