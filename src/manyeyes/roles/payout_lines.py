"""Approved requests as CSV for the bank: a line for each, the oldest first; money in USD with six decimals."""

from collections.abc import Iterable, Sequence

from manyeyes.payouts.rules import PayoutState
from manyeyes.roles.payouts import NamedRequest, opened
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.spreadsheet import csv_text

COLUMNS = ("request", "worker", "name", "amount", "currency", "to", "asked_at", "approved_at")


def payout_csv(context: Context, waiting: Iterable[NamedRequest]) -> str:
    """Return the file with those that are approved; where the money goes stands there in full."""
    approved = [each for each in waiting if each.request.state is PayoutState.APPROVED]
    return csv_text([COLUMNS, *(_line(context, each) for each in approved)])


def _line(context: Context, each: NamedRequest) -> Sequence[object]:
    one = each.request
    whom, sums = (one.request_id, one.worker_id, each.worker_name), (money.text(one.amount_micros), "USD")
    approved_at = one.approved_at.isoformat() if one.approved_at else ""
    return *whom, *sums, opened(context, one), one.asked_at.isoformat(), approved_at
