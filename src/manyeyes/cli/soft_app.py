"""manyeyes soft-app: applications of developers, who get a share of what is spent through them."""

from typing import Any

from cyclopts import App

from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from manyeyes.actions.register_soft_apps import RegisterSoftApp, register_soft_apps
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.runtime.context import Context
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from manyeyes.values import money
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name

LARGEST_SOFT_ID = 2_147_483_647  # an int32 on the wire and in the table

app = App(name="soft-app", help="Applications of developers and their shares.")


@app.command
def create(name: str, *, account: str, soft_id: int | None = None, common: Common | None = None) -> None:
    """Register an application; from then on its owner gets a share of what is spent through it.

    Parameters
    ----------
    account
        The owner.
    soft_id
        Number that the application sends as softId; many have theirs built in. Default: a free one.
    """

    async def work(context: Context) -> dict[str, Any]:
        called = read_name(name)
        owner = await find_account(context, account)
        if soft_id is not None and not 0 < soft_id <= LARGEST_SOFT_ID:
            raise CommandFailed(f"a softId is from 1 to {LARGEST_SOFT_ID}")
        taken = await context.lookups.soft_apps()
        number = soft_id or await context.id_blocks.take_number("soft_app")
        while soft_id is None and number in taken:
            number = await context.id_blocks.take_number("soft_app")
        new = SoftApp(number, called, owner.cell, owner.account_id)
        if not await context.batcher.ask(register_soft_apps, RegisterSoftApp(new, actor=who_types())):
            raise CommandFailed(f"the softId {number} is taken; see `manyeyes soft-app list`")
        await context.notifier.tell_changed()
        return {"soft_id": number, "name": called, "account_id": owner.account_id}

    run(common, work, lambda r: f"softId {r['soft_id']} is {r['name']}, of account {r['account_id']}")


@app.command(name="list")
def list_soft_apps(*, common: Common | None = None) -> None:
    """List all applications with what their owners are owed."""

    async def work(context: Context) -> dict[str, Any]:
        rows = []
        for each in (await context.lookups.soft_apps()).values():
            owed = sum([await _owed(context, each.soft_id, cell) for cell in context.cells.numbers])
            rows.append(
                {
                    "soft_id": each.soft_id,
                    "name": each.name,
                    "account_id": each.account_id,
                    "owed": money.text(owed),
                }
            )
        return {"soft_apps": rows}

    run(
        common,
        work,
        lambda r: "\n".join(
            [f"{'softId':>10} {'owner':>6} {'owed':>14}  name"]
            + [f"{a['soft_id']:>10} {a['account_id']:>6} {a['owed']:>14}  {a['name']}" for a in r["soft_apps"]]
        ),
    )


@app.command(name="pay-out")
def pay_out(soft_id: int, *, common: Common | None = None) -> None:
    """Move all that an application's owner is owed into what they may spend."""

    async def work(context: Context) -> dict[str, Any]:
        found = (await context.lookups.soft_apps()).get(soft_id)
        if found is None:
            raise CommandFailed(f"there is no soft app {soft_id}")
        elsewhere = sum([await _owed(context, soft_id, c) for c in context.cells.numbers if c != found.cell])
        pay_out_id = await context.id_blocks.take(found.cell)
        command = PayOutShares(found.cell, pay_out_id, soft_id, found.account_id, elsewhere, who_types())
        paid = await context.batcher.ask(pay_out_shares, command)
        if isinstance(paid, Refusal):
            raise CommandFailed(paid.detail)
        if not paid:
            raise CommandFailed(f"nothing is owed for soft app {soft_id}")
        return {"soft_id": soft_id, "account_id": found.account_id, "paid_out": money.text(paid)}

    run(common, work, lambda r: f"account {r['account_id']} got {r['paid_out']}")


async def _owed(context: Context, soft_id: int, cell: int) -> int:
    async with context.cells.pool(cell).acquire() as db:
        return await soft_apps.owed(db, cell, soft_id)
