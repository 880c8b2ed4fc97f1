"""Challenges of Web Authentication that need not be remembered until they are answered (docs/decisions/0082).

A challenge carries what it is for and until when, and a MAC of it: whoever shows it again shows that it was made here.
That it is answered once is kept where the answer is taken.
"""

import hashlib
import hmac
import secrets
import struct
from datetime import datetime, timedelta

import msgspec

CHALLENGE_SECONDS = 300
SIGN_IN = b""  # a challenge for whoever comes; one for making a passkey is for whom it is made


class Challenge(msgspec.Struct, frozen=True):
    """``answer_hash``: by which it is known that it was answered."""

    answer_hash: bytes
    expires_at: datetime


class Challenges:
    """Makes challenges and takes them apart again."""

    RANDOM, MAC = 16, 16  # bytes
    _EXPIRY = struct.Struct(">I")

    def __init__(self, key: bytes) -> None:
        self._key = key

    def new(self, purpose: bytes, now: datetime) -> bytes:
        """Return a fresh challenge, good for `CHALLENGE_SECONDS`; ``purpose`` is what alone it may be answered for."""
        expires = int((now + timedelta(seconds=CHALLENGE_SECONDS)).timestamp())
        body = secrets.token_bytes(self.RANDOM) + self._EXPIRY.pack(expires)
        return body + self._mac(purpose, body)

    def open(self, challenge: bytes, purpose: bytes, now: datetime) -> Challenge | None:
        """Return what is to be kept of an answered challenge; None when it is not ours, for another purpose or over."""
        body, mac = challenge[: -self.MAC], challenge[-self.MAC :]
        if len(body) != self.RANDOM + self._EXPIRY.size or not hmac.compare_digest(mac, self._mac(purpose, body)):
            return None
        (expires,) = self._EXPIRY.unpack(body[self.RANDOM :])
        if now.timestamp() >= expires:
            return None
        return Challenge(hashlib.sha256(challenge).digest(), datetime.fromtimestamp(expires, now.tzinfo))

    def handle(self, purpose: bytes) -> bytes:
        """Return what a device knows the person by for whom it makes a passkey; it says nothing about them.

        Web Authentication, section 14.6.1: 64 bytes at the most, the same for all passkeys of a person.
        """
        return hashlib.blake2b(purpose, key=self._key, digest_size=32, person=b"passkey person").digest()

    def _mac(self, purpose: bytes, body: bytes) -> bytes:
        keyed = hashlib.blake2b(key=self._key, digest_size=self.MAC, person=b"passkey")
        keyed.update(len(purpose).to_bytes(2, "big") + purpose + body)
        return keyed.digest()
