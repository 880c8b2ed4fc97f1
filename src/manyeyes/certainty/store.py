"""Named queries of what audits prove → frozen values."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty.proving import Certainty, first_look
from manyeyes.consensus.rules import Proof
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read

SQL = Queries(__package__)
Scope = tuple[int, int, int, float]  # account, queue, question, target


class FoundWrong(msgspec.Struct, frozen=True, kw_only=True):
    """A result that an audit found wrong: what was delivered (``proposal``), and what the reviewer reads."""

    task_id: int
    queue_id: int
    question_id: int
    proposal: str
    value: str
    decided_at: datetime


class DecidedAudit(msgspec.Struct, frozen=True, kw_only=True):
    """An audit with its outcome; ``stops``: JSON, [score, is wrong] after each answer."""

    task_id: int
    score: float
    stops: str
    until: float
    is_accepted: bool
    is_right: bool
    round: int


async def proofs(
    db: asyncpg.Connection, cell: int, scopes: Collection[tuple[int, int, int]]
) -> dict[tuple[int, int, int, float], Proof]:
    """Return what audits prove, by (account, queue, question, target); of others nothing is proven."""
    rows = await db.fetch(SQL.thresholds, cell, *zip(*sorted(scopes), strict=True)) if scopes else []
    scoped = [((r["account_id"], r["queue_id"], r["question_id"], round(r["target"], 4)), r) for r in rows]
    return {scope: Proof(row["threshold"], row["is_refused"]) for scope, row in scoped}


async def count_accepted(tx: asyncpg.Connection, now: datetime, cell: int, accepted: Mapping[Scope, int]) -> None:
    """Count accepted results for their promises; a promise that is new begins with 0 audits."""
    if accepted:
        rows = [(*scope, accepted[scope], first_look(scope[3])) for scope in sorted(accepted)]
        await tx.execute(SQL.count_accepted, cell, now, *zip(*rows, strict=True))


async def lock(tx: asyncpg.Connection, now: datetime, cell: int, scopes: Collection[Scope]) -> dict[Scope, Certainty]:
    """Return what is known of promises, locked, those that are new among them."""
    if not scopes:
        return {}
    await count_accepted(tx, now, cell, dict.fromkeys(scopes, 0))
    return await lock_known(tx, cell, scopes)


async def lock_known(tx: asyncpg.Connection, cell: int, scopes: Collection[Scope]) -> dict[Scope, Certainty]:
    """Return what is known of those of the promises of which anything is, locked."""
    found = await tx.fetch(SQL.lock_certainties, cell, *zip(*sorted(scopes), strict=True))
    return {known.scope: known for known in read(Certainty, found)}


async def save(tx: asyncpg.Connection, cell: int, changed: Sequence[Certainty]) -> None:
    """Save what is known of locked promises."""
    if changed:
        found = columns(
            changed,
            *("account_id", "queue_id", "question_id", "target", "accepted", "audits", "wrong", "threshold"),
            *("is_refused", "needed", "since", "proven_at", "round", "drawn"),
        )
        await tx.execute(SQL.save_certainties, cell, *found)


async def certainties(
    db: asyncpg.Connection, cell: int, account_id: int | None = None, queue_id: int | None = None
) -> list[Certainty]:
    """Return what is known of the promises of an account (None: of all) in a queue (None: in all)."""
    return read(Certainty, await db.fetch(SQL.certainties, cell, account_id, queue_id))


async def audits_of(db: asyncpg.Connection, cell: int, scope: Scope, of_round: int | None = None) -> list[DecidedAudit]:
    """Return the audits of a promise that could be judged, in their order, of one proving or of all."""
    return read(DecidedAudit, await db.fetch(SQL.audits_of, cell, *scope, of_round))


async def found_wrong(
    db: asyncpg.Connection, cell: int, account_id: int, queue_id: int | None, limit: int
) -> list[FoundWrong]:
    """Return an account's results that audits found wrong, the newest first."""
    return read(FoundWrong, await db.fetch(SQL.found_wrong, cell, account_id, queue_id, limit))
