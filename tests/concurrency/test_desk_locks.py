"""What lies on a desk and what was laid aside from it are locked in the order of their numbers, as customers do."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.laid_aside import back, lay

Act = Callable[[Stage, int, LeaseId, LeaseId], Coroutine[None, None, object]]
IS_ONE_WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
ACTS: dict[str, Act] = {
    "answer": lambda stage, worker_id, _, shown: stage.answer(worker_id, shown),
    "skip": lambda stage, worker_id, _, shown: stage.skip(worker_id, shown),
    "lay_aside": lambda stage, worker_id, _, shown: lay(stage, worker_id, shown),
    "take_back": lambda stage, worker_id, laid, _: back(stage, worker_id, laid),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_who_waits_for_an_earlier_task_holds_no_later_one(stage: Stage, act: Act):
    """A customer cancels both in one batch and has the earlier one, which is aside; the later one is looked at."""
    account_id, worker_id = await stage.account(), await stage.worker()
    earlier, later = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    laid = await stage.lease(worker_id)
    await lay(stage, worker_id, laid)
    shown = await stage.lease(worker_id)
    assert (laid.task_id, shown.task_id) == (earlier, later)
    lock = "SELECT FROM work WHERE cell = $1 AND task_id = $2 FOR UPDATE NOWAIT"
    async with stage.transaction() as tx:
        await tx.execute(lock, stage.cell, earlier)
        acting = asyncio.create_task(act(stage, worker_id, laid, shown))
        async with asyncio.timeout(60):
            while not await stage.pool.fetchval(IS_ONE_WAITING, tx.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        await tx.execute(lock, stage.cell, later)
    assert not isinstance(await acting, Refusal)
