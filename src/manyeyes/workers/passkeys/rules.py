"""What holds of passkeys, whoever they sign in (docs/decisions/0082)."""

import hashlib

MOST_PASSKEYS = 20  # of one person
FACTORS = 2  # a device, and the finger, face or PIN that it asked for: what a session of a passkey is worth


def session_mark(credential_id: bytes) -> bytes:
    """Return by which a session is known that a passkey began, and that ends with it."""
    return hashlib.sha256(b"passkey\x00" + credential_id).digest()


def purpose_of(role: str, subject_id: int, person_id: int) -> bytes:
    """Return what a challenge is for that makes a passkey of this person."""
    return f"make {role} {subject_id} {person_id}".encode()
