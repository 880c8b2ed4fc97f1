"""take_queues: what an operator takes away is gone at once from who is there, practice included (decision 0072)."""

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.take_queues import TakeQueues, take_queues
from manyeyes.dispatch.rules import WorkState
from manyeyes.skills.practice import store as practices
from manyeyes.skills.training import Practice
from support.action_stage import Stage
from support.practising import TRUTH, ask_to_practise, barred_worker, begin, give, give_training, on_desk, practice_of


async def take(stage: Stage, worker_id: int, *queue_ids: int) -> None:
    assert await stage.act(take_queues, TakeQueues(stage.cell, worker_id, queue_ids)) == [None]


async def test_nothing_more_of_the_queue_comes_and_what_is_seen_may_be_answered(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker(1, 2)
    for _ in range(2):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    current, behind = await stage.desk(worker_id)
    assert behind.state is WorkState.QUEUED
    await take(stage, worker_id, 1, 7)
    (session,) = await stage.rows("session")
    assert (session["queues"], session["held"], session["present"]) == ([2], 1, True)
    waiting = await stage.rows("work", where=f"task_id = {behind.task_id}")
    assert [(row["state"], row["worker_id"]) for row in waiting] == [(0, 0)]
    assert isinstance(await stage.answer(worker_id, stage.lease_of(current)), Answered)
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
    assert (await stage.books()).findings == []


async def test_who_has_no_queue_left_is_not_online(stage: Stage):
    worker_id = await stage.worker()
    await take(stage, worker_id, 1)
    await stage.ask(worker_id)
    (session,) = await stage.rows("session")
    assert session["queues"] == []
    assert await stage.match() == ()


async def test_practice_ends_and_neither_asking_nor_answering_brings_it_back(stage: Stage):
    await give_training(stage, 3)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    await take(stage, worker_id, 1)
    assert await on_desk(stage, worker_id) == []
    await stage.ask(worker_id)
    assert await stage.desk(worker_id) == []
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([], 0, 0)
    row = await practice_of(stage, worker_id)
    assert (row["ended_at"], row["is_passed"], row["tries"]) == (stage.now, False, 0)
    found = (await stage.read(practices.practices_of, stage.cell, worker_id))[1]
    assert (found.is_broken_off, found.is_open) == (True, False)


async def test_a_paid_picture_in_hand_is_paid_and_gives_no_queue_back(stage: Stage):
    """The last picture, all right: it would have lifted the bar."""
    await give_training(stage, 1, is_paid=True)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await take(stage, worker_id, 1)
    await give(stage, worker_id, TRUTH)
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == 1
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([], 0, 0)
    (skill,) = await stage.rows("skill")
    assert skill["barred_at"] is not None
    assert (await stage.books()).findings == []


async def test_practice_of_another_queue_goes_on(stage: Stage):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await stage.come(worker_id, 2)
    begun = await ask_to_practise(stage, worker_id)
    assert isinstance(begun, Practice)
    await take(stage, worker_id, 2)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([], 1, 1)
    await stage.look(worker_id)
    await give(stage, worker_id, TRUTH, TRUTH)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["queues"] == [1]
