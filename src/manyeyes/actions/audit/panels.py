"""Prove that tasks of several answers are what their seats, answers, results and postings say (docs/decisions/0064)."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.panels import consistency


class PanelBooks(msgspec.Struct, frozen=True):
    """``difference``: how much is wrong, counts and micros together. ``findings``: where, one sentence each."""

    difference: int
    findings: list[str]


async def read_panel_books(db: asyncpg.Connection, cell: int, since: datetime) -> PanelBooks:
    """Return where panels and answers differ from what they should say, in the snapshot of the books, since an instant.

    A panel's open seats are rows of work, its answers rows of answer, each of another person who was asked; what is
    held is what was posted; a result is of all its answers and cost what was settled, a charge for each. An answer's
    pay was booked once, and waits, was vested or was cancelled; it was cancelled where reviewers refused it. Pay is
    held back only for a result that does not stand yet, or a complaint.
    """
    tasks, answers = await consistency.panel_gaps(db, cell, since), await consistency.answer_gaps(db, cell, since)
    findings = [f"{each.what} of task {each.cause_id} is off by {each.gap}" for each in tasks]
    findings += [f"{each.what} of answer {each.cause_id} is off by {each.gap}" for each in answers]
    return PanelBooks(sum(each.gap for each in [*tasks, *answers]), findings)
