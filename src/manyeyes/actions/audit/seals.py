"""What the proof of the books takes for proven: the newest seal that a key of ours signed (docs/decisions/0095)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import asyncpg
import msgspec

from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.seals.rules import BEGINNING, NO_SEAL, DroppedGap, MonthGap, Seal, is_signed


class SealedBase(msgspec.Struct, frozen=True, kw_only=True):
    """Where the proof begins. ``books``: micros by (book, owner) up to there. ``flaws``: what is wrong with seals."""

    seal: Seal | None
    books: dict[tuple[int, int], int]
    flaws: list[str]

    @property
    def since(self) -> datetime:
        """Return from when on entries are read."""
        return self.seal.until if self.seal else BEGINNING

    @property
    def transfers(self) -> int:
        """Return how many entries the seal stands for."""
        return self.seal.transfers if self.seal else 0

    def with_books(self, since: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
        """Return the movement of each book from its beginning on, of what came since the seal."""
        found = Counter(self.books)
        found.update(since)
        return dict(found)


async def find_base(db: asyncpg.Connection, cell: int, trusted: Sequence[bytes], *, is_whole: bool) -> SealedBase:
    """Return where the proof begins: at the newest seal that a trusted key signed, or at the beginning.

    A seal of another key is passed over. One that our key signed and whose sums are not what was signed is a flaw, and
    then everything is read that there is: what came after the last month of which tasks were dropped.
    """
    every = await seals.seals(db, cell)
    flaws = [said for seal in every if (said := _forged(seal, trusted))]
    if every and every[-1].until > await db.fetchval("SELECT now()"):
        flaws.append(f"the seal of {every[-1].month} is of a month that is not over")
    dropped = next((seal for seal in reversed(every) if seal.dropped_at), None)
    signed = next((seal for seal in reversed(every) if is_signed(seal, trusted)), None)
    flaw = await flaw_of(db, signed, trusted) if signed else None
    flaws += [flaw] if flaw else []
    seal = dropped if is_whole or flaws or not signed else signed
    if dropped and (signed is None or signed.until < dropped.until):
        flaws.append(
            f"no key of ours signed the seal of {dropped.month}, and its tasks are dropped; name its --public-key"
        )
    books = await seals.sealed_books(db, cell, seal.until) if seal else {}
    return SealedBase(seal=seal, books=books, flaws=flaws)


async def read_month_gaps(db: asyncpg.Connection, cell: int, base: SealedBase) -> list[str]:
    """Return what is wrong with each seal, and how its month differs from it, in their order.

    Tasks were dropped of the months up to the base.
    """
    said: list[str] = []
    for before, seal in pairwise([None, *await seals.seals(db, cell)]):
        assert seal is not None  # only the first may be none
        if seal.previous != (before.digest if before else NO_SEAL):
            said.append(f"the seal of {seal.month} does not follow the one before it")
        if (flaw := await flaw_of(db, seal)) and flaw not in base.flaws:
            said.append(flaw)
        since, is_dropped = before.until if before else BEGINNING, seal.until <= base.since
        gaps = await seals.month_gaps(db, cell, since, seal.until, is_dropped=is_dropped)
        said += [f"{seal.month} is not what was sealed: {_said(gap)}" for gap in gaps]
        lost = await seals.dropped_gaps(db, cell, since, seal.until) if is_dropped else []
        said += [f"{seal.month} is not what was sealed: {_lost(gap)}" for gap in lost]
    return said


async def flaw_of(db: asyncpg.Connection, seal: Seal, trusted: Sequence[bytes] = ()) -> str | None:
    """Return what is wrong with a seal: that its signature is none, or that its sums are not what was signed."""
    if forged := _forged(seal, trusted):
        return forged
    if await seals.digest(db, seal.cell, seal.until, seal.previous) != (seal.digest, seal.transfers):
        return f"the sums of the seal of {seal.month} are not what was signed"
    return None


def _forged(seal: Seal, trusted: Sequence[bytes]) -> str | None:
    """Tell of a seal that names a key of ours, which did not sign it."""
    if seal.public_key not in trusted or is_signed(seal, trusted):
        return None
    return f"the seal of {seal.month} names our key, which did not sign it"


def _lost(gap: DroppedGap) -> str:
    owner = f"account {gap.account_id}" if gap.account_id else f"worker {gap.worker_id}"
    return f"{gap.kind.name.lower()} of {owner} has {-gap.amount_micros:+} micros, with what was dropped"


def _said(gap: MonthGap) -> str:
    sides = f"{gap.debit_book.name.lower()} of {gap.debit_id} to {gap.credit_book.name.lower()} of {gap.credit_id}"
    many = f"{-gap.entries:+} entries, {-gap.amount_micros:+} micros"
    return f"{gap.kind.name.lower()} from {sides} has {many}"
