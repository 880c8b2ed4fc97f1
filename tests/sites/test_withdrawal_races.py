"""A withdrawal in the middle of everything: tasks come, are handed out, answered and swept at once, from many sides."""

import asyncio
from typing import Any

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.end_barred_tasks import EndBarredTasks, end_barred_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.tasks.rules import Ending
from support import proven_sites
from support.action_stage import Stage

TASKS, WORKERS = 24, 6


async def test_every_task_is_either_answered_and_charged_or_ended_free_and_none_is_left(stage: Stage):
    await proven_sites.open_on(stage)
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    hands = [await stage.worker(6) for _ in range(WORKERS)]
    submitted: list[Any] = []

    async def submit() -> None:
        for _ in range(TASKS // 3):
            submitted.extend(await stage.act(submit_tasks, stage.submitting(account_id, **proven_sites.asking())))

    async def work(worker_id: int) -> None:
        for _ in range(6):
            await stage.act(hand_out, HandOut(stage.cell, 6))
            for held in await stage.desk(worker_id):
                await stage.act(answer_tasks, stage.answering(worker_id, stage.lease_of(held), proven_sites.TOKEN))

    async def withdraw() -> None:
        await stage.act(withdraw_sites, WithdrawSite(stage.cell, stage.number(), account_id, "shop.example"))
        for _ in range(6):
            await stage.act(end_barred_tasks, EndBarredTasks(stage.cell))

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(submit())
        for worker_id in hands:
            group.create_task(work(worker_id))
        await asyncio.sleep(0.05)
        group.create_task(withdraw())
    while (await stage.act(end_barred_tasks, EndBarredTasks(stage.cell)))[0].ended:
        pass
    taken = {outcome.task_id for outcome in submitted if isinstance(outcome, Submitted)}
    results = await stage.rows("result", "task_id, ending, charged_micros")
    assert {row["task_id"] for row in results} == taken
    assert {(row["ending"], row["charged_micros"] > 0) for row in results} <= {
        (Ending.SOLVED, True),
        (Ending.BARRED, False),
    }
    assert await stage.rows("work") == []
    assert {row["held"] for row in await stage.rows("session", "held")} == {0}
    (row,) = await stage.rows("site", "swept")
    assert row["swept"] is True
    assert (await stage.books()).difference_micros == 0
