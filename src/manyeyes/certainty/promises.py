"""Promises with what audits say of them: what pages, /v1 and the command line show alike."""

import asyncpg
import msgspec

from manyeyes.certainty import store
from manyeyes.certainty.proving import Certainty, candidates, in_force
from manyeyes.consensus.always_valid import least_wrong, most_wrong
from manyeyes.consensus.proof import Audited, ProofPoint, Stop, prove

_outcomes = msgspec.json.Decoder(list[tuple[float, bool]])


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """``points``: what all audits say of each threshold, the strictest first; what is proven is ``known``'s.

    ``most_wrong`` and ``least_wrong``: of what was accepted since ``known.since``, whenever one looks; None without an
    audit.
    """

    known: Certainty
    points: tuple[ProofPoint, ...]
    most_wrong: float | None
    least_wrong: float | None

    @property
    def threshold(self) -> float:
        """Return the score that accepts a result now."""
        return in_force(round(self.known.target, 4), self.known.threshold)


async def promises(
    db: asyncpg.Connection, cell: int, account_id: int | None = None, queue_id: int | None = None
) -> list[Promise]:
    """Return the promises of an account (None: of all) in a queue (None: in all), by account, queue and question."""
    found = await store.certainties(db, cell, account_id, queue_id)
    return [await _promise(db, cell, known) for known in found]


async def _promise(db: asyncpg.Connection, cell: int, known: Certainty) -> Promise:
    audits = await store.audits_of(db, cell, known.scope)
    audited = [Audited(tuple(Stop(*stop) for stop in _outcomes.decode(a.stops)), a.until) for a in audits]
    target = round(known.target, 4)
    return Promise(
        known=known,
        points=prove(audited, candidates(target, None), target).points,
        most_wrong=most_wrong(known.counted) if known.audits else None,
        least_wrong=least_wrong(known.counted) if known.audits else None,
    )
