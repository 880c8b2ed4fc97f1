"""Breaks of reviewers: two hours after the last one nothing new is laid before them (docs/decisions/0088)."""

from collections.abc import Collection, Mapping
from datetime import datetime

import asyncpg

from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks import store as breaks
from manyeyes.workers.breaks.rules import REST, break_due
from manyeyes.workers.breaks.store import ReviewerRest


async def who_rests(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Collection[int], deciding: Collection[int]
) -> dict[int, ReviewerRest]:
    """Return the breaks of those of the reviewers who have one, or for whom it begins, by reviewer.

    ``deciding``: who decided something just now, and has worked until now.
    """
    return {each.reviewer_id: each for each in await breaks.resting(tx, now, cell, reviewer_ids, deciding)}


async def note_work(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    resting: Mapping[int, ReviewerRest],
    shown: Collection[int],
    deciding: Collection[int],
) -> None:
    """Note at an action's end which breaks begin, and who works: something was ``shown`` to them, or they decided."""
    if due := [each for each in resting.values() if not each.begun]:
        await breaks.begin_rests(tx, now, cell, due)
    if working := {*shown, *deciding} - resting.keys():
        await breaks.note_judging(tx, now, cell, working, deciding)


def told(rest: ReviewerRest | None) -> Refusal | None:
    """Return what somebody is told who has a break; None of none."""
    return break_due(rest.since + REST) if rest else None
