"""manyeyes account top-ups, approve-top-up, decline-top-up, low-balance: money that customers ask for."""

from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.accounts.top_ups import TopUpState
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account, numbered
from manyeyes.roles.customer.top_ups import Requested, decide_top_up, every_request, low_balance_of, set_low_balance
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal

InCell = Annotated[int, Parameter(help="Where it is, when several cells have a request of this number.")]


def top_ups(
    *,
    every: Annotated[bool, Parameter(name="--all", negative="", help="Those that were decided too.")] = False,
    common: Common | None = None,
) -> None:
    """List what customers ask to be topped up with, and nobody decided yet."""

    async def work(context: Context) -> dict[str, Any]:
        return {"requests": [_shown(each) for each in await every_request(context, is_open=not every)]}

    def show(found: dict[str, Any]) -> str:
        lines = [f"{'request':>12} {'cell':>4} {'account':>8} {'amount':>14}  {'state':9} note"]
        for r in found["requests"]:
            where = f"{r['request_id']:>12} {r['cell']:>4} {r['account_id']:>8}"
            lines.append(f"{where} {r['amount']:>14}  {r['state']:9} {r['note']}".rstrip())
        return "\n".join(lines)

    run(common, work, show)


def approve_top_up(request: int, *, cell: InCell = 0, common: Common | None = None) -> None:
    """Approve REQUEST: the money is there at once, and once, however often it is approved."""
    _decide(request, TopUpState.APPROVED, "", cell, common)


def decline_top_up(
    request: int,
    *,
    word: Annotated[str, Parameter(help="What the customer reads of it.")] = "",
    cell: InCell = 0,
    common: Common | None = None,
) -> None:
    """Decline REQUEST."""
    _decide(request, TopUpState.DECLINED, word, cell, common)


def low_balance(
    account: str, *, below: str | None = None, url: str | None = None, common: Common | None = None
) -> None:
    """Show below what balance an account's people are told, or change it.

    Parameters
    ----------
    below
        In USD, such as 5.00; 0: nobody is told.
    url
        Address that is told too; empty: only their pages say it.
    """

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        found = await low_balance_of(context, place)
        if below is not None or url is not None:
            said = money.text(found.low_micros) if below is None else below
            changed = await set_low_balance(context, place, said, found.low_url if url is None else url, who_types())
            if isinstance(changed, Refusal):
                raise CommandFailed(changed.detail)
            found = changed
        return {"account_id": place.account_id, "below": money.text(found.low_micros), "url": found.low_url}

    def show(found: dict[str, Any]) -> str:
        where = f" at {found['url']}" if found["url"] else ""
        return f"account {found['account_id']} is told below {found['below']}{where}"

    run(common, work, show)


def _decide(request: int, state: TopUpState, word: str, cell: int, common: Common | None) -> None:
    async def work(context: Context) -> dict[str, Any]:
        number = numbered(request, "request")
        found = await decide_top_up(context, who_types(), number, state, word, cell=cell)
        if isinstance(found, Refusal):
            raise CommandFailed(f"{found.detail}; see `manyeyes account top-ups --all`")
        return {
            "request_id": found.request_id,
            "account_id": found.account_id,
            "amount": money.text(found.amount_micros),
            "state": found.state.name.lower(),
        }

    run(common, work, lambda r: f"{r['amount']} for account {r['account_id']}: {r['state']}")


def _shown(each: Requested) -> dict[str, Any]:
    request = each.request
    return {
        "cell": each.cell,
        "request_id": request.request_id,
        "account_id": request.account_id,
        "account": each.account_name,
        "amount": money.text(request.amount_micros),
        "note": request.note,
        "asked_by": request.asked_by,
        "asked_at": request.asked_at.isoformat(),
        "state": request.state.name.lower(),
        "word": request.word,
    }
