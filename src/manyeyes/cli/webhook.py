"""manyeyes webhook: results that are sent to their callbackUrl, what became of them, and sending them again."""

from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from manyeyes.accounts.store import Owner
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.roles.customer.deliveries import (
    LARGEST_PAGE,
    CallbackLog,
    deliveries_of,
    delivery_of,
    owners_of,
    replay_given_up,
)
from manyeyes.roles.customer.deliveries import replay as send_again
from manyeyes.runtime.context import Context
from manyeyes.v1.webhook_views import deliveries_view, delivery_log
from manyeyes.values.refusals import Refusal

app = App(name="webhook", help="Results that are sent to their callbackUrl.")


@app.command(name="list")
def list_deliveries(
    account: str,
    *,
    failed: Annotated[bool, Parameter(negative="")] = False,
    limit: int = 50,
    common: Common | None = None,
) -> None:
    """List an account's newest call-backs.

    Parameters
    ----------
    failed
        Only those that were given up.
    limit
        How many, 1 to 200.
    """

    async def work(context: Context) -> dict[str, Any]:
        if not 1 <= limit <= LARGEST_PAGE:
            raise CommandFailed(f"--limit must be from 1 to {LARGEST_PAGE}")
        place = await find_account(context, account)
        page = await deliveries_of(context, place, limit=limit, is_given_up=failed)
        if isinstance(page, Refusal):
            raise CommandFailed(page.detail)
        return _plain(deliveries_view(page))

    run(common, work, _show_list)


@app.command
def show(task: int, *, account: str | None = None, common: Common | None = None) -> None:
    """Show every try to send one task's result.

    Parameters
    ----------
    account
        Whose task it is; needed only where several cells have a task of this number.
    """

    async def work(context: Context) -> dict[str, Any]:
        return _plain(delivery_log((await _found(context, task, account))[1]))

    run(common, work, _show_log)


@app.command
def replay(
    task: int | None = None,
    *,
    failed: Annotated[bool, Parameter(negative="")] = False,
    account: str | None = None,
    common: Common | None = None,
) -> None:
    """Send the result of TASK again, or with --failed all results of an account that were given up.

    Parameters
    ----------
    failed
        All that were given up; needs --account.
    account
        Whose they are.
    """

    async def work(context: Context) -> dict[str, Any]:
        if failed == (task is not None):
            raise CommandFailed("name either a task or --failed")
        if task is not None:
            owner, _ = await _found(context, task, account)
            outcome = await send_again(context, owner, task)
            if isinstance(outcome, Refusal):
                raise CommandFailed(outcome.detail)
            return {"replayed": 1}
        if account is None:
            raise CommandFailed("--failed needs --account")
        return {"replayed": await replay_given_up(context, await find_account(context, account))}

    run(common, work, lambda r: f"{r['replayed']} will be sent again")


async def _found(context: Context, task: int, account: str | None) -> tuple[Owner, CallbackLog]:
    """Return whose call-back that of a task is, and its log. Raises `CommandFailed` when there is none, or several."""
    owners = [await find_account(context, account)] if account is not None else await owners_of(context, task)
    if len(owners) > 1:
        raise CommandFailed(f"several cells have a task {task}; say whose it is with --account")
    log = await delivery_of(context, owners[0], task) if owners else None
    if not isinstance(log, CallbackLog):
        raise CommandFailed(
            f"no result of a task {task} was to be sent anywhere, or the task has not ended, or ended over a month ago"
        )
    return owners[0], log


def _plain(value: Any) -> dict[str, Any]:
    plain = msgspec.to_builtins(value)
    assert isinstance(plain, dict)
    return plain


def _show_list(result: dict[str, Any]) -> str:
    head = f"{'task':>10}  {'state':9}  {'tries':>5}  {'last':>4}  {'next try':20}  address"
    return "\n".join([head, *map(_line, result["deliveries"])])


def _line(d: dict[str, Any]) -> str:
    following = (d["next_try_at"] or "")[:19]
    return (
        f"{d['task_id']:>10}  {d['state']:9}  {d['tries']:>5}  {d['last_status'] or '-':>4}  {following:20}  {d['url']}"
    )


def _show_log(result: dict[str, Any]) -> str:
    d = result["delivery"]
    lines = [f"{d['webhook_id']} to {d['url']}: {d['state']}, {d['tries']} {'try' if d['tries'] == 1 else 'tries'}"]
    if d["next_try_at"]:
        lines.append(f"next try {d['next_try_at']}")
    lines += [
        f"{t['at'][:19]}  {t['status'] or '-':>4}  {t['seconds']:>7.3f} s  {t['fault'] or 'delivered'}"
        for t in result["tries"]
    ]
    return "\n".join(lines)
