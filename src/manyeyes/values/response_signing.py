"""The installation's signature under what it answers in TUPU's contract (docs/contracts/tupu.md#envelope)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

_PADDING, _HASH = padding.PKCS1v15(), SHA256()


class ResponseSigner:
    """Signs with RSA, SHA-256, PKCS#1 v1.5."""

    def __init__(self, private_key: bytes) -> None:
        """Take the private key: DER, PKCS#8."""
        self._key = cast(rsa.RSAPrivateKey, load_der_private_key(private_key, None))

    @property
    def public_key(self) -> str:
        """Return what clients verify with: PEM, SPKI."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def bits(self) -> int:
        """Return the key's size in bits."""
        return self._key.key_size

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the public key's DER (SPKI), in hexadecimal."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def signed(self, inner: str) -> bytes:
        """Return the envelope around JSON text made by `inner_json`, in the bytes that every official client accepts.

        Exactly two string members, both levels compact, ASCII, no ``\\/`` (docs/contracts/tupu.md#exact-bytes).
        """
        signature = base64.b64encode(self._key.sign(inner.encode("ascii"), _PADDING, _HASH)).decode()
        return msgspec.json.encode({"json": inner, "signature": signature})


def inner_json(members: Mapping[str, Any]) -> str:
    """Return compact ASCII JSON with the members in their order."""
    # Most answers need no escapes beyond what JSON does anyway; this is ten times quicker for them.
    quick = msgspec.json.encode(members)
    if quick.isascii():
        return quick.decode("ascii")
    return json.dumps(msgspec.to_builtins(members), separators=(",", ":"), ensure_ascii=True)


def new_private_key(bits: int) -> bytes:
    """Return a fresh private key, DER, PKCS#8. It takes about a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
