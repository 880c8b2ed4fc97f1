"""give_queues: what somebody takes besides comes to them at once, but not below its floor, and not to who is away."""

from manyeyes.actions.give_queues import GiveQueues, give_queues
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.take_queues import TakeQueues, take_queues
from manyeyes.skills.practice import store as practices
from support.action_stage import Stage
from support.practising import barred_worker, begin, give_training, on_desk


async def presence(stage: Stage, worker_id: int) -> tuple[list[int], list[str]]:
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    return session["queues"], session["languages"]


async def test_a_queue_joins_at_once_and_what_was_counted_stays(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker(2)
    await stage.submit(account_id)
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
    await stage.change("UPDATE session SET answered = 5 WHERE cell = $1 AND worker_id = $2", worker_id)
    commands = [GiveQueues(stage.cell, worker_id, (2, 1), ("en",)), GiveQueues(stage.cell, worker_id, (6,), ("ru",))]
    assert await stage.act(give_queues, *commands) == [None, None]
    assert await presence(stage, worker_id) == ([2, 1, 6], ["ru"])
    assert [row["answered"] for row in await stage.rows("session")] == [5]
    await stage.hand_out()
    assert len(await stage.desk(worker_id)) == 1


async def test_who_is_not_online_stays_so(stage: Stage):
    worker_id = await stage.worker()
    await stage.act(leave, Leave(stage.cell, worker_id, offline=True))
    await stage.act(give_queues, GiveQueues(stage.cell, worker_id, (1, 2), ("en",)))
    assert (await presence(stage, worker_id))[0] == []


async def test_below_the_floor_nothing_joins_and_declining_ends_no_practice(stage: Stage):
    await give_training(stage, 3)
    worker_id = await barred_worker(stage)
    await stage.come(worker_id, 2)
    await stage.act(give_queues, GiveQueues(stage.cell, worker_id, (1, 2, 6), ("en",)))
    assert (await presence(stage, worker_id))[0] == [2, 6]
    await begin(stage, worker_id)
    await stage.act(take_queues, TakeQueues(stage.cell, worker_id, (1, 6), keeps_practice=True))
    assert len(await on_desk(stage, worker_id)) == 1
    assert (await presence(stage, worker_id))[0] == [2]
    found = (await stage.read(practices.practices_of, stage.cell, worker_id))[1]
    assert not found.is_broken_off, "it would be no try, and could be begun anew for ever"
