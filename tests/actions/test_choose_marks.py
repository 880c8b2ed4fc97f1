"""choose_marks: nothing marked comes before a yes, and what is taken back is gone at once."""

import pytest

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.dispatch.rules import WorkState
from manyeyes.values.actor import Actor
from manyeyes.values.marks import ContentMark
from support.action_stage import Stage

GORE, HATE = ContentMark.GORE, ContentMark.HATE
ANN = Actor(role="worker", actor_id=7, name="Ann", via="screen")


def saying(stage: Stage, worker_id: int, agreed: int | None = None, avoided: int | None = None) -> ChooseMarks:
    """Return the command by which somebody says something of queue 1."""
    return ChooseMarks(cell=stage.cell, worker_id=worker_id, queue_id=1, agreed=agreed, avoided=avoided, actor=ANN)


async def test_nothing_marked_comes_before_a_yes_and_unmarked_ones_do(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    marked = await stage.submit(account_id, marks=GORE)
    plain = await stage.submit(account_id)
    await stage.hand_out()
    assert [work.task_id for work in await stage.desk(worker_id)] == [plain]
    await stage.answer(worker_id, await stage.lease(worker_id))
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
    await stage.act(choose_marks, saying(stage, worker_id, agreed=GORE))
    await stage.hand_out()
    assert [work.task_id for work in await stage.desk(worker_id)] == [marked]


@pytest.mark.parametrize(("agreed", "avoided"), [(0, None), (None, GORE), (HATE, None)])
async def test_what_is_taken_back_goes_back_at_once_and_fails_nobody(stage: Stage, agreed, avoided):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.act(choose_marks, saying(stage, worker_id, agreed=GORE))
    tasks = [await stage.submit(account_id, marks=GORE) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    assert len(await stage.desk(worker_id)) == 2
    (chosen,) = await stage.act(choose_marks, saying(stage, worker_id, agreed=agreed, avoided=avoided))
    assert chosen.queue_ids == (1,)
    rows = await stage.rows("work", "task_id, state, failures, tried")
    assert rows == [{"task_id": n, "state": WorkState.WAITING, "failures": 0, "tried": []} for n in tasks]
    assert [row["held"] for row in await stage.rows("session", "held")] == [0]
    await stage.hand_out()
    assert await stage.desk(worker_id) == []


async def test_a_yes_covers_what_it_named(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.act(choose_marks, saying(stage, worker_id, agreed=GORE))
    await stage.submit(account_id, marks=GORE | HATE)
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
    await stage.set_queue(marks=HATE)
    await stage.submit(account_id, marks=GORE)
    await stage.hand_out()
    assert await stage.desk(worker_id) == [], "the queue was marked after the yes"


async def test_each_choice_is_told(stage: Stage):
    worker_id = await stage.worker()
    await stage.act(
        choose_marks,
        saying(stage, worker_id, agreed=GORE),
        saying(stage, worker_id, agreed=GORE),
        saying(stage, worker_id),
    )
    told = await stage.rows("trail_entry", "deed, subject, after")
    assert told == [{"deed": "worker.marks", "subject": f"worker:{worker_id}", "after": '{"agreed":{"1":["gore"]}}'}]
