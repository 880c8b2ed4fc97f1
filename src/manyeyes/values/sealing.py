"""Sealing what must not be read, or put in another's place, where it is stored: ChaCha20-Poly1305 (RFC 8439)."""

import base64
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES, NONCE_BYTES = 32, 12


class Sealer:
    """Seals and opens with one key. ``key_id`` (8 bytes) names the key and says nothing about it."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self.key_id = hashlib.blake2b(key, digest_size=8, person=b"sealing key").digest()

    def seal(self, name: str, clear: bytes) -> bytes:
        """Return ``clear`` sealed for the row of this name: a nonce, then what only `open` reads."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return what was sealed for the row of this name. Raises ValueError for what was not, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:  # the second: it is too short to have been sealed
            raise ValueError(f"{name!r} was changed after it was sealed") from error


def new_sealing_key() -> str:
    """Return a fresh key as `sealers` reads it: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def sealers(text: str) -> Sequence[Sealer]:
    """Return the sealers of a text's keys, which blanks or line breaks part: the first seals, the others only open.

    Raises ValueError when there is none, or one is not 32 bytes in base64.
    """
    keys = [_key(word) for word in text.split()]
    if not keys:
        raise ValueError("there is no key in it")
    return [Sealer(key) for key in keys]


def _key(word: str) -> bytes:
    try:
        key = base64.b64decode(word, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes in base64, and another text stands there")
    return key
