"""go_online: a presence begins, or begins anew."""

from manyeyes.actions.go_online import GoOnline, go_online
from support.action_stage import Stage


async def test_a_presence_begins(stage: Stage):
    worker_id = stage.number()
    assert await stage.act(go_online, GoOnline(stage.cell, worker_id, 4, (1, 2), ("en", "ru"))) == [None]
    (session,) = await stage.rows("session")
    assert session == {
        "cell": stage.cell,
        "worker_id": worker_id,
        "node_id": 4,
        "present": True,
        "queues": [1, 2],
        "languages": ["en", "ru"],
        "held": 0,
        "idle_since": stage.now,
        "online_since": stage.now,
        "practice_queue": 0,
        "earned_micros": 0,
        "answered": 0,
        "lapses": 0,
        "silent": True,
        "took_ms": 0,
        "left_at": None,
        "left_queues": [],
        "works_since": stage.now,
    }


async def test_the_last_command_of_a_worker_wins(stage: Stage):
    worker_id, other = stage.number(), stage.number()
    await stage.act(
        go_online,
        GoOnline(stage.cell, worker_id, 1, (1,), ("en",)),
        GoOnline(stage.cell, other, 1, (1,), ("en",)),
        GoOnline(stage.cell, worker_id, 2, (2,), ("ru",)),
    )
    found = await stage.rows("session", "worker_id, node_id, queues, languages")
    assert found == [
        {"worker_id": worker_id, "node_id": 2, "queues": [2], "languages": ["ru"]},
        {"worker_id": other, "node_id": 1, "queues": [1], "languages": ["en"]},
    ]


async def test_coming_again_counts_from_nothing_and_keeps_the_desk(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.solve(account_id, worker_id)
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    stage.later(5)
    await stage.come(worker_id)
    (session,) = await stage.rows("session")
    assert (session["answered"], session["earned_micros"], session["held"]) == (0, 0, 1)
    assert session["online_since"] == stage.now
    assert (await stage.answer(worker_id, await stage.lease(worker_id))).task_id == task_id
