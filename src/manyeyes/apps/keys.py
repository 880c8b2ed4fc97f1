"""The customer's key of an app: the public half that we keep, in one form, and pairs for those who bring none."""

from functools import lru_cache
from hashlib import sha256
from typing import cast

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)

from manyeyes.values.response_signing import new_private_key

FEWEST_BITS = 1024  # what clients in the wild have (docs/contracts/tupu.md#keys)
GOOD_BITS = 2048
MOST_BITS = 8192  # a longer one would make every call slow to verify
LONGEST_PEM = 10_000


class KeyPair(msgspec.Struct, frozen=True):
    """A fresh pair as PEM texts. The private halves are the same key in two encodings, and are kept nowhere."""

    public: str  # SPKI
    pkcs1: str  # "BEGIN RSA PRIVATE KEY": Go, Python
    pkcs8: str  # "BEGIN PRIVATE KEY": Java


class Fingerprint(msgspec.Struct, frozen=True):
    """``sha256``: of the key as DER, SPKI, in hex; ``openssl pkey -pubin -outform DER | openssl dgst -sha256``."""

    bits: int
    sha256: str


def read_public_key(pem: bytes) -> str:
    """Return a public key (PEM, SPKI or PKCS#1) as SPKI PEM.

    Raises ValueError, saying what is wanted, for a private key, a certificate, another kind of key, one below 1024 or
    above 8192 bits, and what is no PEM.
    """
    if b"PRIVATE KEY" in pem:
        raise ValueError("this is a private key: keep it; `openssl rsa -in KEY -pubout` gives the public one")
    if b"BEGIN CERTIFICATE" in pem:
        raise ValueError("this is a certificate; `openssl x509 -in FILE -pubkey -noout` gives the public key in it")
    try:
        key = load_pem_public_key(pem[:LONGEST_PEM])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("this is no public key in PEM, such as -----BEGIN PUBLIC KEY-----") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("calls are signed with RSA; this is a key of another kind")
    if not FEWEST_BITS <= key.key_size <= MOST_BITS:
        raise ValueError(f"the key has {key.key_size} bits; {FEWEST_BITS} to {MOST_BITS} are taken")
    return _public_pem(key)


def bits(public_key: str) -> int:
    """Return how long a key is that `read_public_key` returned."""
    return cast(rsa.RSAPublicKey, load_pem_public_key(public_key.encode())).key_size


@lru_cache(maxsize=1024)
def fingerprint(public_key: str) -> Fingerprint:
    """Return how people compare a key that `read_public_key` returned."""
    der = load_pem_public_key(public_key.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Fingerprint(bits(public_key), sha256(der).hexdigest())


def new_pair(key_bits: int) -> KeyPair:
    """Return a fresh pair. It takes about a tenth of a second."""
    key = cast(rsa.RSAPrivateKey, load_der_private_key(new_private_key(key_bits), None))
    pkcs1, pkcs8 = [
        key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
        for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8)
    ]
    return KeyPair(_public_pem(key.public_key()), pkcs1, pkcs8)


def _public_pem(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
