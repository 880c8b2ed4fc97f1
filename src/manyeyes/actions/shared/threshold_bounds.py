"""What a customer may choose of a recognition, and what the operator may leave them (docs/decisions/0087)."""

import msgspec

from manyeyes.recognitions.rules import Recognition, check, why_out_of_bounds
from manyeyes.values.refusals import MemberFault, Reason, Refusal


def refused_threshold(recognition: Recognition, threshold: float) -> Refusal | None:
    """Return why the customer cannot have this threshold; None when they can."""
    if not recognition.bounds:
        return Refusal(Reason.THRESHOLD_FIXED, "the operator alone sets the threshold of this recognition")
    lowest, highest = recognition.bounds
    said = ""
    if not lowest <= threshold <= highest:
        said = f"the threshold may be from {lowest:g} to {highest:g} and cannot be {threshold:g}"
    else:
        try:
            check(msgspec.structs.replace(recognition, threshold=threshold))
        except ValueError as error:
            said = str(error)
    return Refusal(Reason.THRESHOLD_OUT_OF_BOUNDS, said, (MemberFault(said, "/threshold"),)) if said else None


def refused_bounds(recognition: Recognition) -> Refusal | None:
    """Return why a recognition cannot have the bounds that it has; None when it can."""
    said = why_out_of_bounds(recognition)
    return Refusal(Reason.THRESHOLD_OUT_OF_BOUNDS, said) if said else None
