"""What reviewers are asked about results, and which results are drawn by lot (docs/decisions/0055)."""

import enum
import hashlib


class JudgementPurpose(enum.IntEnum):
    """Why a reviewer is asked; they are not told, and see the same screen."""

    ADJUDICATION = 0  # people do not settle it
    AUDIT = 1  # an accepted result, drawn by lot


class JudgementState(enum.IntEnum):
    """open → leased → decided; leased → open; open → closed."""

    OPEN = 0
    LEASED = 1
    DECIDED = 2
    CLOSED = 3  # nobody decided in time, or nobody needs it any more


def is_drawn(seed: bytes, task_id: int, share: float) -> bool:
    """Tell whether a result is drawn by lot, with this share; ``seed`` is chance's, so nobody can tell beforehand.

    Without a seed nothing is drawn.
    """
    if not seed:
        return False
    lot = hashlib.blake2b(task_id.to_bytes(8), digest_size=8, key=seed).digest()
    return int.from_bytes(lot) < share * 2**64
