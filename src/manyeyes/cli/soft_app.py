"""manyeyes soft-app: applications of developers, who get a share of what is spent through them."""

from typing import Any

from cyclopts import App

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.roles.house import sites as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name

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
        new = await house.register_soft_app(context, called, owner, soft_id, who_types())
        if isinstance(new, FieldFault):
            raise CommandFailed(f"{new.sentence}; see `manyeyes soft-app list`")
        return {"soft_id": new.soft_id, "name": called, "account_id": owner.account_id}

    run(common, work, lambda r: f"softId {r['soft_id']} is {r['name']}, of account {r['account_id']}")


@app.command(name="list")
def list_soft_apps(*, common: Common | None = None) -> None:
    """List all applications with what their owners are owed."""

    async def work(context: Context) -> dict[str, Any]:
        rows = [
            {
                "soft_id": each.app.soft_id,
                "name": each.app.name,
                "account_id": each.app.account_id,
                "owed": money.text(each.owed_micros),
            }
            for each in await house.every_soft_app(context)
        ]
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
        paid = await house.pay_out_share(context, found, who_types())
        if isinstance(paid, Refusal):
            raise CommandFailed(paid.detail)
        if not paid:
            raise CommandFailed(f"nothing is owed for soft app {soft_id}")
        return {"soft_id": soft_id, "account_id": found.account_id, "paid_out": money.text(paid)}

    run(common, work, lambda r: f"account {r['account_id']} got {r['paid_out']}")
