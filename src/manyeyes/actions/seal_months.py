"""Seal months that are over: sum them up, once, and sign the sums (docs/decisions/0095)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import asyncpg

from manyeyes.actions.audit.seals import flaw_of
from manyeyes.db.settled import settled_until
from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.seals.rules import BEGINNING, NO_SEAL, QUIET, Seal, is_signed, month_start, next_month, signed


async def due_months(db: asyncpg.Connection, cell: int) -> list[datetime]:
    """Return the ends of the months that are closed and not sealed, the oldest first.

    A month is closed when it is over for a day and every transaction that began in it has ended: what comes later bears
    a later instant.
    """
    settled = await settled_until(db) - QUIET
    sealed = await seals.seals(db, cell)
    if sealed:
        return list(_ends(sealed[-1].until, settled))
    first = await seals.first_entry(db, cell)
    return list(_ends(month_start(first), settled)) if first else []


def _ends(start: datetime, settled: datetime) -> Iterator[datetime]:
    while (start := next_month(start)) <= settled:
        yield start


async def seal_months(
    db: asyncpg.Connection, cell: int, private_key: bytes, due: Sequence[datetime], older_keys: Sequence[bytes] = ()
) -> list[str]:
    """Seal a cell, whose books balance, up to each of these ends of months; return the names of the months sealed.

    Each seal is a transaction of its own: it is there whole or not at all. Of two who seal at once the second one finds
    it made. ``older_keys``: that the seal before may be signed with, too. Raises ValueError for an end before which
    something may still be written, and where the seal before cannot be built on.
    """
    if due and due[-1] > await settled_until(db):
        raise ValueError("something may still be written into that month")
    made = [await _seal(db, cell, private_key, until, older_keys) for until in due]
    return [seal.month for seal in made if seal]


async def _seal(
    db: asyncpg.Connection, cell: int, private_key: bytes, until: datetime, older_keys: Sequence[bytes]
) -> Seal | None:
    """Seal a cell up to an instant; None: somebody else did."""
    async with db.transaction():
        await seals.hold_seals(db)
        await db.execute("SET LOCAL statement_timeout = 0")
        found = await seals.seals(db, cell)
        if found and found[-1].until >= until:
            return None
        since, previous = (found[-1].until, found[-1].digest) if found else (BEGINNING, NO_SEAL)
        await seals.sum_up(db, cell, since, until)
        digest, transfers = await seals.digest(db, cell, until, previous)
        bare = Seal(
            cell=cell,
            until=until,
            transfers=transfers,
            previous=previous,
            digest=digest,
            sealed_at=await db.fetchval("SELECT now()"),
            public_key=b"",
            signature=b"",
        )
        seal = signed(private_key, bare)
        if found:
            await _check_ground(db, found[-1], [seal.public_key, *older_keys])
        await seals.insert_seal(db, seal)
        return seal


async def _check_ground(db: asyncpg.Connection, before: Seal, trusted: Sequence[bytes]) -> None:
    """Refuse to build on sums that are not those signed, or that no trusted key signed and the entries do not prove."""
    flaw = await flaw_of(db, before, trusted)
    if not flaw and not is_signed(before, trusted) and await seals.month_gaps(db, before.cell, BEGINNING, before.until):
        flaw = f"no key of ours signed the seal of {before.month}, and the entries are not what it says"
    if flaw:
        raise ValueError(flaw)
