"""What a signature of TUPU's contract is over, and whether it holds (docs/contracts/tupu.md#signature). Pure."""

import base64
import binascii
import functools
import hashlib
import itertools
import math
import re
from decimal import Decimal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

MILLISECONDS_FROM = 100_000_000_000  # seconds would be the year 5138 (docs/decisions/0026#timestamp)
LONGEST_TEXT = 64  # of a timestamp or a nonce; the longest that a client sends has 20 characters
KEYS_KEPT = 10_000
_PADDING, _HASH = padding.PKCS1v15(), SHA256()
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")


class Triple(msgspec.Struct, frozen=True):
    """What a signed call carries, as the texts that came: the raw token of a JSON number, a string's content."""

    timestamp: str
    nonce: str
    signature: str


@functools.lru_cache(KEYS_KEPT)
def public_key(pem: str) -> rsa.RSAPublicKey:
    """Return the RSA key in a PEM, SPKI or PKCS#1. Raises ValueError when there is none."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError) as error:
        raise ValueError("it holds no public key in PEM") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("it holds another kind of key than RSA")
    return key


def holds(key: rsa.RSAPublicKey, signature: str, text: str) -> bool:
    """Tell whether a base64 signature (RSA, SHA-256, PKCS#1 v1.5) is the key's over a text.

    Line breaks are skipped, as some encoders put them in, and a space is a plus sign that a form did not escape.
    """
    try:
        raw = base64.b64decode("".join(signature.replace(" ", "+").split()), validate=True)
        key.verify(raw, text.encode(), _PADDING, _HASH)
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def signed_text(key: rsa.RSAPublicKey, secret_id: str, triple: Triple) -> str | None:
    """Return the text that the triple's signature is over, None when it is over no reading of it.

    The texts as they came are tried first, and nearly always are it; then the other spellings of the same numbers.
    """
    if max(len(triple.timestamp), len(triple.nonce)) > LONGEST_TEXT:
        return None
    as_it_came = f"{secret_id},{triple.timestamp},{triple.nonce}"
    if holds(key, triple.signature, as_it_came):
        return as_it_came
    others = itertools.product(spellings(triple.timestamp), spellings(triple.nonce))
    texts = (f"{secret_id},{timestamp},{nonce}" for timestamp, nonce in itertools.islice(others, 1, None))
    return next((text for text in texts if holds(key, triple.signature, text)), None)


def spellings(text: str) -> tuple[str, ...]:
    """Return a text and, when it is a number, what JavaScript and Python make of it, whole ones without ``.0``.

    A program in between may have read and written the number anew: 5e-05 becomes 0.00005, 5e-7 becomes 5e-07.
    """
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        return (text,)
    python = repr(float(text))
    plain = format(Decimal(python), "f").removesuffix(".0")
    short_exponent = re.sub(r"e([+-])0", r"e\1", python)
    return tuple(dict.fromkeys((text, plain, python, short_exponent)))


def unix_seconds(timestamp: str) -> float | None:
    """Return the instant that a timestamp in seconds or milliseconds means, a fraction allowed; None for no number."""
    if len(timestamp) > LONGEST_TEXT or not _NUMBER.fullmatch(timestamp):
        return None
    value = float(timestamp)
    return value / 1000 if value >= MILLISECONDS_FROM else value


def is_timely(timestamp: str, now: float, window_seconds: int) -> bool:
    """Tell whether a timestamp can be read and lies at most so far from ``now``, either way (both Unix seconds)."""
    at = unix_seconds(timestamp)
    return at is not None and abs(at - now) <= window_seconds


def triple_digest(text: str) -> bytes:
    """Return what names a call, for recognising the same one: SHA-256 of the text that was signed.

    The signed text, not the one that came: another spelling of the same triple is the same triple.
    """
    return hashlib.sha256(text.encode()).digest()
