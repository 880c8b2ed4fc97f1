"""The fields by which the operator asks to be paid out for a worker who cannot ask."""

import os

from manyeyes.console.operator.accounts import NO_MONEY
from manyeyes.console.operator.readers import money_in, or_none
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.payout_wording import PAYOUT_REFUSED
from manyeyes.console.shared.sheets import Field
from manyeyes.roles.house.faults import FieldFault
from manyeyes.values.refusals import Reason, Refusal

PAYOUT = (
    Field(
        name="amount",
        label=mark("Amount in USD"),
        hint=mark("Empty: all that may be paid out."),
        mode="decimal",
        reads=or_none(money_in),
        unfit=NO_MONEY,
    ),
    Field(
        name="details",
        label=mark("Where the money goes"),
        hint=mark("Such as their bank account. Empty: as the last time."),
    ),
    Field(name="key", label=mark("Payouts"), kind="hidden"),  # sent twice, it is asked for once
)


def payout_blank() -> dict[str, str]:
    """Return an empty form, with a key of its own."""
    return {"amount": "", "details": "", "key": os.urandom(16).hex()}


def payout_fault(outcome: object) -> FieldFault | None:
    """Return why there is no request, beside the field that it is about; None: there is one."""
    if not isinstance(outcome, Refusal):
        return None
    field = "details" if outcome.reason is Reason.UNREADABLE else "amount"
    return FieldFault(field, PAYOUT_REFUSED.get(outcome.reason, "%(why)s"), {"why": outcome.detail})
