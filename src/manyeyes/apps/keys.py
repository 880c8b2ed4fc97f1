"""A customer's public key as people compare it: its size and its fingerprint."""

from functools import lru_cache
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key


class KeyFacts(msgspec.Struct, frozen=True):
    """``sha256``: of the key as DER, SPKI, in hex; ``openssl pkey -pubin -outform DER | openssl dgst -sha256``."""

    bits: int
    sha256: str


@lru_cache(maxsize=1024)
def key_facts(pem: str) -> KeyFacts:
    """Return what is told of an RSA public key in PEM (SPKI or PKCS#1). Raises ValueError for anything else."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("an RSA key is wanted")
    return KeyFacts(key.key_size, sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest())
