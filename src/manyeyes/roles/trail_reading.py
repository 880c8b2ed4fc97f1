"""Reading the audit trail: its entries, the newest first, and the proof that none was altered or is missing."""

import asyncio
import heapq
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.trail import store as trail
from manyeyes.trail.heads import SignedHead, beside, head_flaw, public_key_of
from manyeyes.trail.rules import BEGINNING, ChainedEntry, ChainEnd, Flaw, follow_all
from manyeyes.trail.store import NEWEST, PAGE, TrailFilter, TrailPlace
from manyeyes.values.actor import ACTING

WHO = re.compile(r"(?P<role>[a-z]+)(?::(?P<id>[0-9]{1,18}))?", re.ASCII)


class TrailPage(msgspec.Struct, frozen=True):
    """Entries of all cells, the newest first; ``next_place`` None: there are no more."""

    entries: list[ChainedEntry]
    next_place: TrailPlace | None


class ChainProof(msgspec.Struct, frozen=True):
    """What was found of a cell's chain: how many ``entries`` are whole, and how many of them signed heads prove.

    ``flaw`` None: nothing is wrong. Cell 0 is the look-ups'. ``is_cut``: there are more, which were not looked at.
    """

    cell: int
    entries: int
    proven: int
    flaw: Flaw | None
    is_cut: bool = False


class ProofPlace(msgspec.Struct, frozen=True):
    """Where a proof goes on that is made in parts: behind this entry of a cell's chain."""

    cell: int
    number: int


def cells_of(context: Context) -> list[int]:
    """Return the cells that have a trail, the look-ups' first."""
    return [DIRECTORY, *context.cells.numbers]


async def trail_page(
    context: Context, wanted: TrailFilter, *, place: TrailPlace = NEWEST, limit: int = 50
) -> TrailPage:
    """Return the entries that are asked for and come before a place, the newest first."""
    found: list[ChainedEntry] = []
    for cell in cells_of(context):

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[ChainedEntry]:
            return await trail.entries_before(db, cell, wanted, place, limit + 1)

        found += await read_patiently(context.cells.pool(cell), read)
    first = heapq.nlargest(limit + 1, found, key=place_of)
    return TrailPage(first[:limit], place_of(first[limit - 1]) if len(first) > limit else None)


def place_of(entry: ChainedEntry) -> TrailPlace:
    """Return where an entry stands in the list of all cells'."""
    return TrailPlace(entry.at, entry.cell, entry.number)


def asked_for(
    who: str | None, what: str | None, subject: str | None, since: str | None, until: str | None
) -> TrailFilter:
    """Return the filter of what somebody typed; None or empty: whatever it is.

    ``who``: a role, one of it as operator:3, or a name. Of a day ``since`` is its beginning, ``until`` its end (UTC).
    Raises ValueError for an instant that cannot be read.
    """
    role = WHO.fullmatch(who or "")
    is_role = role is not None and role["role"] in ACTING
    return TrailFilter(
        deed=what or None,
        subject=subject or None,
        role=role["role"] if role and is_role else None,
        actor_id=int(role["id"]) if role and is_role and role["id"] else None,
        name=who if who and not is_role else None,
        since=_instant(since, days=0) if since else None,
        until=_instant(until, days=1) if until else None,
    )


def _instant(text: str, days: int) -> datetime:
    """Return an instant; of a day its beginning, or ``days`` later."""
    try:
        if len(text) == len("2026-11-30"):
            return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=days)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text} is no day or instant; write it as 2026-11-30 or 2026-11-30T12:00") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


async def every_head(context: Context) -> list[SignedHead]:
    """Return the signed heads of all cells, by cell and day."""
    found = []
    for cell in cells_of(context):
        async with context.cells.pool(cell).acquire() as db:
            found += await trail.heads(db, cell)
    return found


async def prove(context: Context, kept: Sequence[SignedHead], trusted: Iterable[bytes]) -> list[ChainProof]:
    """Return what is found of each cell's chain; ``kept``: heads that were kept elsewhere.

    ``trusted``: the public keys, one of which each head must be signed with. Memory stays flat at any length.
    """
    keys, cells = set(trusted), cells_of(context)
    strangers = sorted({head.cell for head in kept} - set(cells))
    proofs = [ChainProof(cell, 0, 0, Flaw(1, "is missing: a head was signed of this cell")) for cell in strangers]
    for cell in cells:
        acquire = context.cells.pool(cell).acquire
        async with acquire() as db:
            heads = [*await trail.heads(db, cell), *(head for head in kept if head.cell == cell)]
        proofs.append(await prove_chain(acquire, cell, heads, keys))
    return proofs


async def prove_part(context: Context, place: ProofPlace, most: int) -> list[ChainProof]:
    """Return what is found of the next ``most`` entries behind a place, cell by cell; the last one may be cut."""
    keys, cells, left = {public_key_of(context.trail_key)}, cells_of(context), most
    first = cells.index(place.cell) if place.cell in cells else 0
    proofs: list[ChainProof] = []
    for cell in cells[first:]:
        if left > 0:
            behind = place.number if cell == place.cell else 0
            acquire = context.cells.pool(cell).acquire
            async with acquire() as db:
                heads = await trail.heads(db, cell)
            proofs.append(await prove_chain(acquire, cell, heads, keys, behind, left))
            left = 0 if proofs[-1].is_cut else left - max(0, proofs[-1].entries - behind)
    return proofs


async def prove_chain(
    acquire: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]],
    cell: int,
    heads: Sequence[SignedHead],
    keys: set[bytes],
    behind: int = 0,
    most: int | None = None,
) -> ChainProof:
    """Follow one chain to its end, and compare it with its heads on the way.

    Others go on meanwhile: no connection is held between two pages of it, and hashes are made in a thread.
    ``behind``: the entry from which it is followed, its beginning where there is no such entry; ``most``: how far.
    """
    by_number, wrong = await asyncio.to_thread(_judged, heads, keys)
    async with acquire() as db:
        said_end = await trail.chain_end(db, cell) or BEGINNING
        end = await _end_at(db, cell, behind)
    proven = max((number for number in by_number if number <= end.number), default=0)
    stop = None if most is None else end.number + most
    while True:
        async with acquire() as db:
            wanted = min(PAGE, stop - end.number) if stop else PAGE
            page = await trail.entries_after(db, cell, end.number, wanted)
        if not page:
            break
        for step in await asyncio.to_thread(list, follow_all(page, end)):
            checked = step if isinstance(step, Flaw) else _at(step, said_end, by_number, proven)
            if isinstance(checked, Flaw):
                return ChainProof(cell, end.number, proven, checked)
            assert isinstance(step, ChainEnd)
            end, proven = step, checked
    is_cut = end.number == stop
    last = max([said_end.number, *by_number])
    if last > end.number and not is_cut:
        return ChainProof(cell, end.number, proven, Flaw(end.number + 1, "is missing"))
    if end.number and not said_end.number:
        wrong.append(Flaw(end.number, "is the last that is there, and what says where the chain has got to is gone"))
    return ChainProof(cell, end.number, proven, min(wrong, key=lambda flaw: flaw.number, default=None), is_cut)


def _judged(heads: Iterable[SignedHead], keys: set[bytes]) -> tuple[dict[int, list[SignedHead]], list[Flaw]]:
    """Return the heads that are what was signed, by their numbers, and what is wrong with the others."""
    by_number: defaultdict[int, list[SignedHead]] = defaultdict(list)
    wrong: list[Flaw] = []
    for head in heads:
        if flaw := head_flaw(head, keys):
            wrong.append(flaw)
        else:
            by_number[head.number].append(head)
    return by_number, wrong


async def _end_at(db: asyncpg.Connection, cell: int, number: int) -> ChainEnd:
    """Return where a chain has got to with an entry; its beginning where there is no such entry."""
    found = await trail.entries_after(db, cell, number - 1, 1) if number else []
    return ChainEnd(number, found[0].hash) if found and found[0].number == number else BEGINNING


def _at(end: ChainEnd, said_end: ChainEnd, heads: dict[int, list[SignedHead]], proven: int) -> Flaw | int:
    if end.number == said_end.number and end.hash != said_end.hash:
        return Flaw(end.number, "is not the last one that was written")
    return beside(end, heads, proven)
