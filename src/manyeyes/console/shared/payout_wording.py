"""What people read of requests to be paid out: worker and operator alike."""

from typing import Any

from manyeyes.console.shared.languages import mark
from manyeyes.payouts.rules import PayoutState
from manyeyes.roles.payout_parts import PayoutRequest
from manyeyes.values.refusals import Reason

PAYOUT_STATES = {
    PayoutState.REQUESTED: mark("Asked for"),
    PayoutState.APPROVED: mark("Approved"),
    PayoutState.PAID: mark("Paid"),
    PayoutState.DECLINED: mark("Declined"),
    PayoutState.WITHDRAWN: mark("Withdrawn"),
}
PAYOUT_REFUSED = {
    Reason.PAYOUT_TOO_SMALL: mark("That is less than the smallest amount that can be paid out."),
    Reason.PAYOUT_TOO_LARGE: mark("There is less than that to be paid out."),
    Reason.UNREADABLE: mark("Write an amount such as 10.00, and in at most 500 characters where it goes."),
}
_LOOKS = {PayoutState.PAID: "solved", PayoutState.DECLINED: "unsolvable", PayoutState.WITHDRAWN: ""}


def payout_line(translations: Any, one: PayoutRequest) -> dict[str, Any]:
    """Return a request as the templates draw it."""
    return {
        "number": one.request_id,
        "amount_micros": one.amount_micros,
        "state": translations.ugettext(PAYOUT_STATES[one.state]),
        "look": _LOOKS.get(one.state, "waiting"),
        "is_requested": one.state is PayoutState.REQUESTED,
        "is_approved": one.state is PayoutState.APPROVED,
        "to": one.shown,
        "words": one.words,
        "asked_at": one.asked_at,
    }
