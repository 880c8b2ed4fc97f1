"""Seals: what the books of a cell were at the end of each month in UTC, signed (docs/decisions/0095). Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from manyeyes.ledger.rules import Book, TransferKind

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # before all that was ever booked
# What is booked for a task that can be dropped (tasks/dropping/queries.sql).
DROPPED_KINDS = (
    *(TransferKind.HOLD, TransferKind.SETTLE, TransferKind.RELEASE),
    *(TransferKind.PAY, TransferKind.VEST, TransferKind.SHARE),
)
NO_SEAL = bytes(32)  # the digest before the first one
QUIET = timedelta(days=1)  # after a month's end, before it is sealed by itself: clocks are not that far off


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """The books of a cell as they were at ``until``, a month's end. ``digest``: of their sums and of ``previous``.

    What follows the signature is not signed: when the month was written to files, when its tasks were dropped, up to
    which number.
    """

    cell: int
    until: datetime
    transfers: int
    previous: bytes
    digest: bytes
    sealed_at: datetime
    public_key: bytes
    signature: bytes
    exported_at: datetime | None = None
    dropped_at: datetime | None = None
    gone_through: int = 0

    @property
    def text(self) -> bytes:
        """Return what is signed, a line each."""
        lines = ("manyeyes month seal", self.cell, self.until.isoformat(), self.transfers, self.digest.hex())
        return "\n".join(map(str, lines)).encode()

    @property
    def month(self) -> str:
        """Return the name of the month that it ends, such as 2026-01."""
        return month_before(self.until)


class MonthGap(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries, and micros, a seal says beyond what the ledger has of a kind between two books."""

    kind: TransferKind
    debit_book: Book
    debit_id: int
    credit_book: Book
    credit_id: int
    account_id: int
    worker_id: int
    entries: int
    amount_micros: int


class DroppedGap(msgspec.Struct, frozen=True, kw_only=True):
    """Micros that an account was charged, or a worker got by entries of a kind, beyond what is left to show for it."""

    kind: TransferKind
    account_id: int
    worker_id: int
    amount_micros: int


def month_start(at: datetime) -> datetime:
    """Return when the month of an instant began, in UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(start: datetime) -> datetime:
    """Return when the month ends that begins then."""
    return month_start(start + timedelta(days=31))


def months_before(at: datetime, many: int) -> datetime:
    """Return when the month began that was so many months before an instant's."""
    years, month = divmod(month_start(at).year * 12 + at.astimezone(UTC).month - 1 - many, 12)
    return datetime(years, month + 1, 1, tzinfo=UTC)


def month_before(end: datetime) -> str:
    """Return the name of the month that ends then, such as 2026-01."""
    return f"{end.astimezone(UTC) - timedelta(days=1):%Y-%m}"


def month_named(name: str) -> datetime:
    """Return when the month of this name, such as 2026-01, begins. Raises ValueError for what is none."""
    try:
        return datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{name} is no month: it is written as 2026-01") from None


def signed(private_key: bytes, seal: Seal) -> Seal:
    """Return the seal with its signature by this key, raw (Ed25519)."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    seal = msgspec.structs.replace(seal, public_key=key.public_key().public_bytes_raw())
    return msgspec.structs.replace(seal, signature=key.sign(seal.text))


def is_signed(seal: Seal, trusted: Iterable[bytes]) -> bool:
    """Tell whether one of these keys signed the seal as it is."""
    if seal.public_key not in trusted:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(seal.public_key).verify(seal.signature, seal.text)
    except (InvalidSignature, ValueError):
        return False
    return True
