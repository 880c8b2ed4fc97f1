"""Approved requests as CSV for the bank: a line for each, the oldest first; money in USD with six decimals."""

import csv
import io
from collections.abc import Iterable

from manyeyes.job_files.result_lines import guarded
from manyeyes.payouts.rules import PayoutState
from manyeyes.roles.payouts import NamedRequest, opened
from manyeyes.runtime.context import Context
from manyeyes.values import money

COLUMNS = ("request", "worker", "name", "amount", "currency", "to", "asked_at", "approved_at")


def payout_csv(context: Context, waiting: Iterable[NamedRequest]) -> str:
    """Return the file with those that are approved; where the money goes stands there in full."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for each in waiting:
        one = each.request
        if one.state is PayoutState.APPROVED and one.approved_at:
            whom = (one.request_id, one.worker_id, guarded(each.worker_name))
            sums = (money.text(one.amount_micros), "USD", guarded(opened(context, one)))
            lines.writerow((*whom, *sums, one.asked_at.isoformat(), one.approved_at.isoformat()))
    return text.getvalue()
