"""Calls, verdicts, skips, ends, votes and imports on the same counts and money, at once: nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.file_complaints import file_complaints
from manyeyes.actions.import_results import import_results
from manyeyes.actions.record_recognitions import record_recognitions
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.skip_tasks import SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.db.pool import open_pool
from manyeyes.recognitions.rules import ReviewState
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage
from support.races import race
from support.recognition_calls import Calls, app_of, importing, recognition_of

ROUNDS = 8
ZONES = {1: "Asia/Shanghai", 2: "Asia/Shanghai"}


@pytest.fixture
async def wide(stage: Stage, dsn) -> AsyncIterator[Stage]:
    """The stage with a connection for each batch of a round."""
    stage.pool = await open_pool(dsn, size=20)
    yield stage
    await stage.pool.close()


async def test_all_that_counts_and_pays_gets_past_each_other(wide: Stage):
    stage = wide
    storm = await Storm.brew(stage)
    for n in range(ROUNDS):
        await asyncio.wait_for(race(stage, *await storm.batches(n)), 60)
        stage.later(25)  # some reviews run out of time
    books = await stage.books(ZONES)
    assert (books.difference_micros, books.findings) == (0, [])
    ended = await stage.rows("recognition_review", "state, refuted")
    assert {(row["state"], row["refuted"]) for row in ended} >= {
        (ReviewState.DECIDED, False),
        (ReviewState.DECIDED, True),
        (ReviewState.UNDECIDED, False),
    }
    for row in await stage.rows("recognition_quarter", "asked - reviewed - undecided AS pending, asked"):
        assert 0 <= row["pending"] <= row["asked"]


class Storm:
    """One account with two recognitions, workers who answer and skip, reviewers who vote."""

    def __init__(self, stage: Stage, calls, workers):
        self.stage, self.calls, self.workers = stage, calls, workers
        self.answered: list[Any] = []

    @classmethod
    async def brew(cls, stage: Stage) -> "Storm":
        app = app_of(await stage.account(10_000_000), cell=stage.cell)
        recognitions = [recognition_of(app, n, review_seconds=100) for n in (1, 2)]
        return cls(stage, Calls(stage, app, *recognitions), [await stage.worker() for _ in range(6)])

    async def batches(self, n) -> list[Any]:
        """Return a round's batches. What was answered in the last one is complained about in this one."""
        stage, account_id = self.stage, self.calls.app.account_id
        for worker_id in self.workers:
            await stage.come(worker_id)
        await stage.hand_out()
        held = [(worker_id, desk[0]) for worker_id in self.workers if (desk := await stage.desk(worker_id))]
        half = len(held) // 3
        answers = [stage.answering(w, stage.lease_of(work), str(n % 3)) for w, work in held[half:]]
        skips = [SkipTask(stage.cell, w, stage.lease_of(work), SkipReason.UNREADABLE) for w, work in held[:half]]
        solved = await stage.rows("result", "task_id", "answer IS NOT NULL")
        complaints = [stage.complaining(account_id, row["task_id"]) for row in solved[-4:]]
        slots = [slot for _ in range(6) if (slot := await stage.take(stage.number()))]
        votes = [stage.voting(slot) for slot in slots]
        history = importing(
            stage,
            self.calls.recognitions[n % 2],
            [f"{stage.now.isoformat()},{label},false,0.95,{n}" for label in (2, 0, 1)],
            first_result_id=20_000_000 + 10 * n,
        )
        optional = [(answer_tasks, answers[::2]), (answer_tasks, answers[1::2]), (skip_tasks, skips)]
        optional += [(cast_votes, votes[::2]), (cast_votes, votes[1::2]), (file_complaints, complaints)]
        return [
            *[(record_recognitions, [self.call(order) for _ in range(2)]) for order in (1, -1)],
            (import_results, [history]),
            (submit_tasks, [stage.submitting(account_id)]),
            (end_overdue_tasks, [EndOverdueTasks(stage.cell)]),
            (settle_overdue_reports, [SettleOverdueReports(stage.cell, 1)]),
            (vest_pay, [VestPay(stage.cell)]),
            *[batch for batch in optional if batch[1]],
        ]

    def call(self, order):
        found = [
            self.calls.found(label=label, rate=0.3 if label else 0.97, ask=True, recognition=of)
            for of in self.calls.recognitions
            for label in (0, 1, 2)
        ]
        return self.calls.call(*found[::order])
