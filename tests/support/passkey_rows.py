"""Passkeys and answered challenges as the store has them, without a device."""

from datetime import UTC, datetime, timedelta

from manyeyes.values.challenges import Challenge
from manyeyes.workers.passkeys.store import NewPasskey


def new_passkey(credential_id: bytes, sign_count: int = 0) -> NewPasskey:
    """Return a passkey of that id; its key opens nothing."""
    return NewPasskey(
        credential_id=credential_id, user_handle=b"handle", public_key=b"key", sign_count=sign_count, name="Phone"
    )


def challenge(answer: bytes) -> Challenge:
    """Return a challenge that was answered just now."""
    return Challenge(answer, datetime.now(UTC) + timedelta(seconds=60))
