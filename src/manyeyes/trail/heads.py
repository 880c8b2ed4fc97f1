"""The heads of a chain: once a day its last number and hash are signed (Ed25519, RFC 8032; docs/decisions/0076)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from manyeyes.trail.rules import ChainEnd, Flaw, stamp

KEY_BYTES, SIGNATURE_BYTES, HASH_BYTES = 32, 64, 32


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cell's chain had got to on a ``day`` in UTC; ``public_key`` and ``signature`` are raw bytes."""

    cell: int
    day: date
    number: int
    hash: bytes
    signed_at: datetime
    public_key: bytes
    signature: bytes

    @property
    def text(self) -> bytes:
        """Return what is signed: a line each for what it is, cell, day, number, hash and instant."""
        lines = ("manyeyes audit head", self.cell, self.day, self.number, self.hash.hex(), stamp(self.signed_at))
        return "\n".join(map(str, lines)).encode()


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key of a private one, both raw, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def signed(private_key: bytes, cell: int, end: ChainEnd, now: datetime) -> SignedHead:
    """Return the head of a chain at this instant, signed; the same key and head give the same signature."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    bare = SignedHead(
        cell=cell,
        day=now.date(),
        number=end.number,
        hash=end.hash,
        signed_at=now,
        public_key=key.public_key().public_bytes_raw(),
        signature=b"",
    )
    return msgspec.structs.replace(bare, signature=key.sign(bare.text))


def head_flaw(head: SignedHead, trusted: Iterable[bytes]) -> Flaw | None:
    """Return what is wrong with a head by itself: its key is none of the ``trusted``, its signature is another's."""
    if head.public_key not in trusted:
        said = "is not proven: the head of %(day)s is signed with another key, %(key)s"
        return Flaw(head.number, said, {"day": str(head.day), "key": head.public_key.hex()})
    try:
        Ed25519PublicKey.from_public_bytes(head.public_key).verify(head.signature, head.text)
    except (InvalidSignature, ValueError):
        return Flaw(head.number, "is not proven: the head of %(day)s is not what was signed", {"day": str(head.day)})
    return None


def beside(end: ChainEnd, heads: Mapping[int, Sequence[SignedHead]], proven: int) -> Flaw | int:
    """Return up to which number heads prove the chain that has got to ``end``, or what is wrong.

    ``heads``: by their number. Whoever writes a chain anew from some entry on changes all hashes behind it.
    """
    for head in heads.get(end.number, ()):
        if head.hash != end.hash:
            said = (
                "or one of those up to %(number)s was altered, and all behind it hashed anew: "
                "the head of %(day)s signed another entry %(number)s"
            )
            return Flaw(proven + 1, said, {"number": end.number, "day": str(head.day)})
        proven = end.number
    return proven


def head_line(head: SignedHead) -> dict[str, Any]:
    """Return a head as it is exported: bytes in hexadecimal, which `read_head` reads."""
    return {
        "cell": head.cell,
        "day": head.day.isoformat(),
        "number": head.number,
        "hash": head.hash.hex(),
        "signed_at": stamp(head.signed_at),
        "public_key": head.public_key.hex(),
        "signature": head.signature.hex(),
    }


def read_heads(text: str) -> list[SignedHead]:
    """Return the heads of an exported file: a JSON object with `heads`, or one head a line.

    Raises ValueError, with the line's number, for what is none.
    """
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("heads"), list):
        return [_read_head(each, f"head {n}") for n, each in enumerate(whole["heads"], 1)]
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [_read_head(_object(line, n), f"line {n}") for n, line in lines]


def _object(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number} of the heads is no JSON") from error


def _read_head(given: Any, place: str) -> SignedHead:
    try:
        sizes = {"hash": HASH_BYTES, "public_key": KEY_BYTES, "signature": SIGNATURE_BYTES}
        raw = {name: bytes.fromhex(given[name]) for name in sizes}
        if any(len(raw[name]) != size for name, size in sizes.items()):
            raise ValueError("a hash, key or signature of another length")
        day, at = date.fromisoformat(given["day"]), datetime.fromisoformat(given["signed_at"])
        return SignedHead(cell=int(given["cell"]), day=day, number=int(given["number"]), signed_at=at, **raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{place} of the heads is none: {error!r}") from error
