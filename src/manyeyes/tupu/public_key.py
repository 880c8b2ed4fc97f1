"""GET /v3/public-key: the key that this installation's answers verify with (docs/contracts/tupu.md#trust)."""

import msgspec

from manyeyes.values.response_signing import ResponseSigner

ALGORITHM = "RSA, SHA-256, PKCS#1 v1.5"


class PublicKey(msgspec.Struct, frozen=True):
    """``public_key``: PEM, SPKI. ``fingerprint``: SHA-256 of its DER, in hexadecimal."""

    public_key: str
    fingerprint: str
    bits: int
    algorithm: str


def public_key(signer: ResponseSigner, accept: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return body and headers: PEM as plain text, or JSON for who asks for that."""
    found = PublicKey(signer.public_key, signer.fingerprint, signer.bits, ALGORITHM)
    is_json = "application/json" in accept.lower()
    body = msgspec.json.encode(found) if is_json else found.public_key.encode()
    headers = [
        (b"content-type", b"application/json" if is_json else b"text/plain; charset=utf-8"),
        (b"cache-control", b"public, max-age=300"),
        (b"vary", b"accept"),
        (b"x-key-fingerprint", f"sha256:{found.fingerprint}".encode()),
    ]
    return body, headers
