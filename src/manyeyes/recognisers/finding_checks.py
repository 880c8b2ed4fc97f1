"""Whether what a recogniser said of a picture may be believed and kept."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from manyeyes.recognisers.interface import Failure, Finding

LARGEST_DETAILS_BYTES = 16_384
LONGEST_FAULT = 300


def sound(outcome: Finding | Failure, labels: Mapping[int, str]) -> Finding | Failure:
    """Return the outcome, or the failure that stands for one no recogniser may give: a foreign label, no rate.

    What PostgreSQL cannot keep as JSON (U+0000) is taken out of the details; details too long are left out.
    """
    if isinstance(outcome, Failure):
        return Failure(_without_nul(outcome.fault)[:LONGEST_FAULT])
    if outcome.label not in labels or outcome.label < 0:
        return Failure(f"the recogniser gave label {outcome.label}, which the recognition has not got")
    if not (math.isfinite(outcome.rate) and 0 <= outcome.rate <= 1):
        return Failure(f"the recogniser gave {outcome.rate} for a rate, which is from 0 to 1")
    details = _without_nul(outcome.details)
    if len(msgspec.json.encode(details)) > LARGEST_DETAILS_BYTES:
        details = {"left_out": f"more than {LARGEST_DETAILS_BYTES} bytes of details"}
    return Finding(outcome.label, outcome.rate, details)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(part) for part in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(part) for name, part in value.items()}
    return value
