"""manyeyes worker payouts, ask-payout, approve-payout, mark-paid, decline-payout: paying people what they earned."""

import os
from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_worker, numbered
from manyeyes.payouts.rules import PayoutStep
from manyeyes.roles.payout_lines import payout_csv
from manyeyes.roles.payout_parts import PayoutRequest
from manyeyes.roles.payouts import (
    LARGEST_LIST,
    MOST_WAITING,
    NamedRequest,
    ask_payout,
    ended_requests,
    move_request,
    open_requests,
)
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal

Flag = Annotated[bool, Parameter(negative="")]


def payouts(*, ended: Flag = False, csv: Flag = False, common: Common | None = None) -> None:
    """List what workers ask to be paid out, the oldest first.

    Parameters
    ----------
    ended
        Those that were paid, declined or withdrawn last, the newest first.
    csv
        Print the approved ones for the bank instead, with where the money goes in full.
    """

    async def work(context: Context) -> dict[str, Any]:
        if csv:
            return {"csv": payout_csv(context, await open_requests(context, MOST_WAITING))}
        found = await ended_requests(context, LARGEST_LIST) if ended else await open_requests(context, LARGEST_LIST)
        return {"payouts": [_named(each) for each in found]}

    run(common, work, lambda r: r["csv"].rstrip() if csv else _table(r["payouts"]))


def ask(worker: str, *, to: str = "", amount: str = "", disabled: Flag = False, common: Common | None = None) -> None:
    """Ask for a worker to be paid out, who cannot ask themselves.

    Parameters
    ----------
    to
        Where the money goes, such as their bank account. Default: as the last time.
    amount
        How much in USD, such as 10.00. Default: all that is payable.
    disabled
        The worker is one of those who were disabled.
    """

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker, disabled=disabled)
        micros = money.parse(amount) if amount else None
        return _only(await ask_payout(context, found.worker_id, micros, to, os.urandom(16).hex(), who_types()))

    run(common, work, lambda r: f"request {r['request']}: {r['amount']} to {r['to']}")


def approve(request: int, *, common: Common | None = None) -> None:
    """Say that a request will be paid; the worker cannot withdraw it any more."""
    _move(request, PayoutStep.APPROVE, "", common)


def mark_paid(request: int, *, reference: str, amount: str = "", common: Common | None = None) -> None:
    """Note that an approved request was paid.

    Parameters
    ----------
    reference
        By which the payment is found at the bank; the worker sees it.
    amount
        What was paid in USD; where it is not what is approved, nothing is noted. Default: it is not compared.
    """
    _move(request, PayoutStep.MARK_PAID, reference, common, amount)


def decline(request: int, reason: str, *, common: Common | None = None) -> None:
    """Turn a request down and say why; the money is payable again."""
    _move(request, PayoutStep.DECLINE, reason, common)


def _move(request: int, step: PayoutStep, words: str, common: Common | None, amount: str = "") -> None:
    async def work(context: Context) -> dict[str, Any]:
        seen = money.parse(amount) if amount else 0
        number = numbered(request, "request")
        return _only(await move_request(context, number, step, words, seen_micros=seen, actor=who_types()))

    run(common, work, lambda r: f"request {r['request']} is {r['state']}: {r['amount']} to {r['to']}")


def _only(outcome: list[PayoutRequest] | Refusal) -> dict[str, Any]:
    if isinstance(outcome, Refusal):
        raise CommandFailed(outcome.detail)
    return _row(outcome[0])


def _named(each: NamedRequest) -> dict[str, Any]:
    return _row(each.request) | {"worker": each.worker_name}


def _row(one: PayoutRequest) -> dict[str, Any]:
    return {
        "request": one.request_id,
        "worker_id": one.worker_id,
        "amount": money.text(one.amount_micros),
        "state": one.state.name.lower(),
        "to": one.shown,
        "words": one.words,
        "asked_at": one.asked_at.isoformat(),
        "approved_at": one.approved_at.isoformat() if one.approved_at else None,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'request':>7}  {'asked':19}  {'amount':>12}  {'state':9}  {'to':8}  worker"]
    for r in rows:
        name = f"{r['worker']} ({r['worker_id']}) {r['words']}".rstrip()
        lines.append(f"{r['request']:>7}  {r['asked_at'][:19]}  {r['amount']:>12}  {r['state']:9}  {r['to']:8}  {name}")
    return "\n".join(lines)
