"""give_queues: what somebody takes now is theirs at once and alone, not below its floor, and not of who is away."""

from manyeyes.actions.give_queues import GiveQueues, give_queues
from manyeyes.actions.leave import Leave, leave
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
    assert await stage.act(give_queues, GiveQueues(stage.cell, worker_id, (1, 2), ("ru",))) == [None]
    assert await presence(stage, worker_id) == ([2, 1], ["ru"])
    assert [row["answered"] for row in await stage.rows("session")] == [5]
    await stage.hand_out()
    assert len(await stage.desk(worker_id)) == 1


async def test_of_two_choices_in_one_batch_the_later_one_stands_and_not_their_sum(stage: Stage):
    account_id, worker_id, other_id = await stage.account(), await stage.worker(1, 2), await stage.worker(2)
    for _ in range(2):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    assert len(await stage.desk(worker_id)) == 2
    commands = [
        GiveQueues(stage.cell, worker_id, (2,), ("en",)),
        GiveQueues(stage.cell, other_id, (6,), ("en",)),
        GiveQueues(stage.cell, worker_id, (6, 2), ("ru",)),
    ]
    assert await stage.act(give_queues, *commands) == [None, None, None]
    assert await presence(stage, worker_id) == ([2, 6], ["ru"])
    assert await presence(stage, other_id) == ([6], ["en"])
    assert len(await stage.desk(worker_id)) == 1, "they look at it; what lay behind it went back"
    assert [row["held"] for row in await stage.rows("session", "held", f"worker_id = {worker_id}")] == [1]


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
    await stage.act(give_queues, GiveQueues(stage.cell, worker_id, (2,), ("en",)))
    assert len(await on_desk(stage, worker_id)) == 1
    assert (await presence(stage, worker_id))[0] == [2]
    found = (await stage.read(practices.practices_of, stage.cell, worker_id))[1]
    assert not found.is_broken_off, "it would be no try, and could be begun anew for ever"
