"""What holds of passkeys, whoever they sign in (docs/decisions/0082)."""

import enum
import hashlib

MOST_PASSKEYS = 20  # of one person
FACTORS = 2  # a device, and the finger, face or PIN that it asked for: what a session of a passkey is worth


class PasskeyKept(enum.Enum):
    """What became of a new passkey. BEFORE: it came before; TOO_LATE: it is another's, or its challenge was used."""

    KEPT = 0
    BEFORE = 1
    TOO_LATE = 2
    TOO_MANY = 3


def session_mark(credential_id: bytes) -> bytes:
    """Return by which a session is known that a passkey began, and that ends with it."""
    return hashlib.sha256(b"passkey\x00" + credential_id).digest()


def purpose_of(role: str, subject_id: int, person_id: int) -> bytes:
    """Return what a challenge is for that makes a passkey of this person."""
    return f"make {role} {subject_id} {person_id}".encode()
