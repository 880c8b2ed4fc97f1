"""The human-review push: what a person decided about a result, in the signed envelope.

See docs/contracts/tupu.md#human-review-push.
"""

import random
from datetime import datetime

from manyeyes.values.response_signing import ResponseSigner, inner_json


def push_body(signer: ResponseSigner, filename: str, label: int, at: datetime) -> bytes:
    """Return what is posted: one review with the label that the person gave; below -1 it is one of the customer's own.

    ``filename``: the address that the picture was called by, or its file's name. ``at``: the instant of this try. Nonce
    and timestamp (in milliseconds) are spelled as in answers to recognition calls (docs/decisions/0026#nonce).
    """
    review = {"filename": filename, "label": label}
    timestamp = int(at.timestamp() * 1_000)
    return signer.signed(inner_json({"reviews": [review], "timestamp": timestamp, "nonce": repr(random.random())}))
