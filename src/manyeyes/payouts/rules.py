"""What may become of a worker's request to be paid out (docs/decisions/0078). Pure."""

import enum

LONGEST_DETAILS = 500  # characters of where the money is to go
LONGEST_WORD = 200  # of a reference, or of why a request was declined
SHOWN_CHARACTERS = 4  # of the details' end, by which people know their own account again
FEWEST_HIDDEN = 4  # of the details: a short text shows less of itself


class PayoutState(enum.IntEnum):
    """Where a request is; what is below `PAID` still holds its money."""

    REQUESTED = 0
    APPROVED = 1
    PAID = 2
    DECLINED = 3
    WITHDRAWN = 4


class PayoutStep(enum.StrEnum):
    """What the operator, or of `WITHDRAW` the worker, does with a request."""

    APPROVE = "approve"
    MARK_PAID = "mark_paid"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


STEPS = {
    PayoutStep.APPROVE: (frozenset({PayoutState.REQUESTED}), PayoutState.APPROVED),
    PayoutStep.MARK_PAID: (frozenset({PayoutState.APPROVED}), PayoutState.PAID),
    PayoutStep.DECLINE: (frozenset({PayoutState.REQUESTED, PayoutState.APPROVED}), PayoutState.DECLINED),
    PayoutStep.WITHDRAW: (frozenset({PayoutState.REQUESTED}), PayoutState.WITHDRAWN),
}
OPEN_STATES = frozenset({PayoutState.REQUESTED, PayoutState.APPROVED})


def state_after(state: PayoutState, step: PayoutStep) -> PayoutState | None:
    """Return the state that a step leads to; the same state where it was taken before, None where it may not be."""
    allowed, target = STEPS[step]
    return target if state in allowed or state is target else None


def shown_end(details: str) -> str:
    """Return the end of where money is to go, as it is shown back: four characters, fewer of a short text."""
    visible = min(SHOWN_CHARACTERS, max(0, len(details) - FEWEST_HIDDEN))
    return f"…{details[len(details) - visible :].strip()}"


def sealed_as(request_id: int) -> str:
    """Return what a request's details are sealed for, so that they open in no other row."""
    return f"payout {request_id}"


def split(amount_micros: int, payable: dict[int, int]) -> dict[int, int]:
    """Return what each cell gives of an amount, by cell: cells in their order, each all that it has until it is enough.

    ``payable``: micros by cell. It gives less in sum where that is all there is.
    """
    parts: dict[int, int] = {}
    for cell in sorted(payable):
        part = min(payable[cell], amount_micros - sum(parts.values()))
        if part > 0:
            parts[cell] = part
    return parts
