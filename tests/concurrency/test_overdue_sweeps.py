"""What reviewers left undecided for too long is ended in batches that are bounded, until nothing is left of it."""

from types import ModuleType

import pytest

from manyeyes.actions import close_overdue_judgements, settle_overdue_reports
from manyeyes.certainty.rules import JudgementState
from manyeyes.reports.rules import ReportState
from manyeyes.runtime import periodic
from manyeyes.runtime.context import Context
from support.action_stage import Stage
from support.judged_results import asked, taken

AT_ONCE = 2
LONG_AGO = "UPDATE {table} SET filed_at = now() - interval '3 days' + task_id * interval '1 ms' WHERE cell = $1"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each batch end two."""
    swept: list[tuple[ModuleType, str]] = [
        (settle_overdue_reports, "LARGEST_SWEEP"),
        (close_overdue_judgements, "LARGEST_SWEEP"),
        (periodic, "REPORTS_SWEEP"),
        (periodic, "JUDGEMENTS_SWEEP"),
    ]
    for module, name in swept:
        monkeypatch.setattr(module, name, AT_ONCE)


async def complaints(stage: Stage, account_id: int, worker_id: int, count: int) -> list[int]:
    task_ids = [await stage.solve(account_id, worker_id) for _ in range(count)]
    for task_id in task_ids:
        await stage.complain(account_id, task_id)
    return task_ids


async def test_all_complaints_are_settled_though_two_agree_on_the_oldest(context: Context, stage: Stage):
    people = await stage.account(), await stage.worker()
    agreed = await complaints(stage, *people, AT_ONCE)
    for _ in range(AT_ONCE):
        for reviewer_id in [stage.number() for _ in agreed]:
            slot = await stage.take(reviewer_id)
            assert slot
            await stage.vote(slot, "reject", undo_seconds=600)
    others = await complaints(stage, *people, 2 * AT_ONCE + 1)
    await stage.change(LONG_AGO.format(table="report"))
    await periodic.settle_reports(context, stage.cell)
    states = {row["task_id"]: row["state"] for row in await stage.rows("report", "task_id, state")}
    assert states == dict.fromkeys(agreed, ReportState.OPEN) | dict.fromkeys(others, ReportState.CONFIRMED)
    assert (await stage.books()).findings == []


async def test_no_batch_closes_more_judgements_than_it_may_and_all_are_closed(context: Context, stage: Stage):
    for _ in range(3 * AT_ONCE):
        await asked(stage, "12345", "99")
    for _ in range(AT_ONCE + 1):
        await taken(stage)
    await stage.change(LONG_AGO.format(table="judgement"))
    closing = close_overdue_judgements.CloseOverdueJudgements(stage.cell, 24)
    assert await stage.act(close_overdue_judgements.close_overdue_judgements, closing) == [AT_ONCE]
    assert len(await stage.rows("judgement", "task_id", f"state = {JudgementState.CLOSED:d}")) == AT_ONCE
    await periodic.close_judgements(context, stage.cell)
    assert {row["state"] for row in await stage.rows("judgement", "state")} == {JudgementState.CLOSED}
    assert (await stage.books()).findings == []
