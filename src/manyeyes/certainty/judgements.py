"""Named queries of what reviewers are asked to decide → frozen values."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty.rules import Judgement, JudgementPurpose, JudgementState
from manyeyes.certainty.store import SQL
from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import one_row
from manyeyes.db.rows import columns, read

ANY_LAPSED = SQL.any_lapsed_judgement  # whether any judgement of a cell ($1) is to be opened again
ANY_ASIDE = SQL.any_decision_aside  # whether any decision of a cell ($1) can be taken back no more

JudgementKey = tuple[int, int]  # task, purpose


class NewJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer is asked to decide; ``proposal``: the result, or the best there is, with its ``score``.

    ``target``: the promise that it was drawn by lot for, None when it was not drawn; then ``stops`` (JSON: [score,
    value] after each answer) and ``until`` are what consensus/proof.py needs of it.
    """

    task_id: int
    purpose: JudgementPurpose
    account_id: int
    queue_id: int
    question_id: int
    proposal: str
    score: float
    pay_micros: int
    is_accepted: bool = False
    target: float | None = None
    until: float = 0.0
    stops: str = "[]"


class OwnDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as its reviewer sees it later; ``is_right``: people had said the same together."""

    task_id: int
    state: JudgementState
    queue_id: int
    value: str | None
    is_right: bool | None
    pay_micros: int
    decided_at: datetime
    settles_at: datetime | None


class AlikeDecisions(msgspec.Struct, frozen=True):
    """Of ``decided`` results, how many decisions say what people said together (``alike``)."""

    decided: int = 0
    alike: int = 0

    def added(self, other: "AlikeDecisions") -> "AlikeDecisions":
        """Return both together."""
        return AlikeDecisions(self.decided + other.decided, self.alike + other.alike)


async def insert_judgements(
    tx: asyncpg.Connection, now: datetime, cell: int, judgements: Sequence[NewJudgement]
) -> None:
    """Ask reviewers. Raises asyncpg.UniqueViolationError for what was asked before."""
    if judgements:
        found = columns(
            judgements,
            *("task_id", "purpose", "account_id", "queue_id", "question_id", "proposal", "score", "pay_micros"),
            *("is_accepted", "target", "until", "stops"),
        )
        await tx.execute(SQL.insert_judgements, cell, now, *found)


async def any_open(tx: asyncpg.Connection, cell: int) -> bool:
    """Tell whether anything waits for a reviewer's decision."""
    return bool(await tx.fetchval(SQL.any_open_judgement, cell))


async def held(tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Iterable[int]) -> dict[int, Judgement]:
    """Return what those of the reviewers who have a live lease have before them."""
    return (await desks(tx, now, cell, reviewer_ids))[0]


async def desks(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Iterable[int]
) -> tuple[dict[int, Judgement], dict[int, Judgement]]:
    """Return what the reviewers have before them, and what lies behind that, each by reviewer."""
    found = read(Judgement, await tx.fetch(SQL.held_judgements, cell, sorted(reviewer_ids), now))
    return (
        {j.reviewer_id: j for j in found if j.state is JudgementState.LEASED},
        {j.reviewer_id: j for j in found if j.state is JudgementState.AHEAD},
    )


async def lock_open(tx: asyncpg.Connection, cell: int, limit: int) -> list[Judgement]:
    """Lock what has waited for longest."""
    return read(Judgement, await tx.fetch(SQL.lock_open_judgements, cell, limit))


async def lock_open_for(
    tx: asyncpg.Connection, cell: int, reviewer_id: int, queue_ids: Sequence[int], clear: Sequence[int]
) -> list[Judgement]:
    """Lock the one that fits this reviewer best, if there is one; ``clear``: the marks for them, by queue."""
    return read(Judgement, await tx.fetch(SQL.lock_open_judgement_for, cell, reviewer_id, queue_ids, clear))


async def lease(
    tx: asyncpg.Connection, now: datetime, cell: int, given: Sequence[tuple[Judgement, int]], until: datetime
) -> dict[int, Judgement]:
    """Give locked judgements to reviewers, who are shown them now; return each reviewer's."""
    if not given:
        return {}
    found = zip(*[(*judgement.key, reviewer_id) for judgement, reviewer_id in given], strict=True)
    leased = read(Judgement, await tx.fetch(SQL.lease_judgements, cell, *found, until, now))
    return {j.reviewer_id: j for j in leased}


async def lay_ahead(
    tx: asyncpg.Connection, cell: int, given: Sequence[tuple[Judgement, int]], until: datetime
) -> dict[int, Judgement]:
    """Lay locked judgements behind what reviewers look at, who are not shown them; return each reviewer's."""
    if not given:
        return {}
    found = zip(*[(*judgement.key, reviewer_id) for judgement, reviewer_id in given], strict=True)
    laid = read(Judgement, await tx.fetch(SQL.lay_judgements_ahead, cell, *found, until))
    return {j.reviewer_id: j for j in laid}


async def show_ahead(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Sequence[int], until: datetime
) -> dict[int, Judgement]:
    """Show reviewers what lay behind what they looked at; return each reviewer's."""
    rows = await tx.fetch(SQL.show_judgements_ahead, cell, reviewer_ids, until, now)
    return {j.reviewer_id: j for j in read(Judgement, rows)}


async def lock_with_desks(
    tx: asyncpg.Connection, cell: int, task_ids: Sequence[int], reviewer_ids: Sequence[int]
) -> list[Judgement]:
    """Lock all judgements of tasks, and what reviewers have before them and behind that."""
    return read(Judgement, await tx.fetch(SQL.lock_judgements_and_desks, cell, task_ids, reviewer_ids))


async def put_behind(tx: asyncpg.Connection, cell: int, keys: Sequence[JudgementKey], until: datetime) -> None:
    """Lay locked judgements behind what their reviewers took back."""
    if keys:
        await tx.execute(SQL.put_judgements_behind, cell, *zip(*keys, strict=True), until)


async def lay_aside(tx: asyncpg.Connection, now: datetime, cell: int, laid: Sequence[Judgement]) -> None:
    """Write decisions that can be taken back until the instants that these say."""
    if laid:
        found = columns(laid, "task_id", "purpose", "value", "settles_at")
        await tx.execute(SQL.lay_decisions_aside, cell, *found, now)


async def take_back(tx: asyncpg.Connection, cell: int, back: Sequence[Judgement]) -> None:
    """Let these, whose decisions were aside, lie before their reviewers again, for as long as they say."""
    if back:
        await tx.execute(
            SQL.take_decisions_back, cell, *columns(back, "task_id", "purpose", "lease_until", "looked_marks")
        )


async def due(db: asyncpg.Connection, cell: int, but: Collection[int], limit: int) -> list[int]:
    """Return the tasks of the ``limit`` decisions that could be taken back for longest, and can no more.

    ``but``: these tasks are left out.
    """
    return [row["task_id"] for row in await db.fetch(SQL.decisions_aside, cell, list(but), limit)]


async def renew(tx: asyncpg.Connection, cell: int, renewed: Sequence[Judgement]) -> None:
    """Let locked judgements lie before their reviewers until the instants that these say."""
    if renewed:
        await tx.execute(
            SQL.renew_judgements, cell, *columns(renewed, "task_id", "purpose", "lease_until", "looked_marks")
        )


async def lock(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[JudgementKey, Judgement]:
    """Lock all judgements of tasks whose panels are locked already."""
    return {j.key: j for j in read(Judgement, await tx.fetch(SQL.lock_judgements, cell, task_ids))}


async def save(tx: asyncpg.Connection, now: datetime, cell: int, ended: Sequence[Judgement]) -> None:
    """Write what became of locked judgements."""
    if ended:
        found = columns(ended, "task_id", "purpose", "state", "value", "is_right", "stops", "round")
        await tx.execute(SQL.save_judgements, cell, *found, now)


async def pass_on(tx: asyncpg.Connection, cell: int, passed: Sequence[tuple[int, int, int]]) -> None:
    """Open locked judgements, given as (task, purpose, reviewer), again for others than these reviewers."""
    if passed:
        await tx.execute(SQL.pass_judgements, cell, *zip(*passed, strict=True))


async def lock_lapsed(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[JudgementKey]:
    """Lock judgements whose leases are over."""
    return [tuple(row) for row in await tx.fetch(SQL.lock_lapsed_judgements, cell, now, limit)]


async def lock_held(tx: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[Judgement]:
    """Lock what these reviewers have before them and behind that, but what somebody is at now."""
    return read(Judgement, await tx.fetch(SQL.lock_held_judgements, cell, reviewer_ids))


async def reopen(tx: asyncpg.Connection, cell: int, keys: Sequence[JudgementKey]) -> None:
    """Open locked judgements again."""
    if keys:
        await tx.execute(SQL.reopen_judgements, cell, *zip(*keys, strict=True))


async def overdue(tx: asyncpg.Connection, cell: int, filed_until: datetime, limit: int) -> list[int]:
    """Return the tasks of the first ``limit`` judgements that were asked for so long ago; not locked."""
    return [row["task_id"] for row in await tx.fetch(SQL.overdue_judgements, cell, filed_until, limit)]


async def undecided(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> set[int]:
    """Return those of the tasks about which a reviewer is asked."""
    return {row["task_id"] for row in await tx.fetch(SQL.undecided_judgements, cell, task_ids)}


async def judged_since(db: asyncpg.Connection, cell: int, reviewer_id: int, since: datetime) -> tuple[int, int]:
    """Return how many judgements a reviewer made since an instant, and the micros they earned."""
    row = await one_row(db, SQL.judged_since, cell, reviewer_id, since)
    return row["judgements"], row["pay_micros"]


async def agreement(
    db: asyncpg.Connection, cell: int, reviewer_id: int, since: datetime
) -> tuple[AlikeDecisions, AlikeDecisions]:
    """Return how far a reviewer's decisions since an instant agree with people's, and how far the others' do."""
    rows = await db.fetch(SQL.agreement_of, cell, reviewer_id, since)
    found = {row["is_own"]: AlikeDecisions(row["decided"], row["alike"]) for row in rows}
    return found.get(True, AlikeDecisions()), found.get(False, AlikeDecisions())


async def decisions_by(
    db: asyncpg.Connection, cell: int, reviewer_id: int, before: tuple[datetime, int], limit: int
) -> list[OwnDecision]:
    """Return a reviewer's decisions before the place (decided at, task), newest first."""
    return read(OwnDecision, await db.fetch(SQL.decisions_by, cell, reviewer_id, *before, limit))


async def all_judgements(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return what every reviewer's decisions earned, in micros."""
    return dict(await db.fetch(SQL.all_judgements, cell, timeout=PROOF_SECONDS))


async def forget(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Forget what reviewers were shown of ended tasks and what they decided; all figures about it stay."""
    if task_ids:
        await tx.execute(SQL.forget_judgements, cell, task_ids)
