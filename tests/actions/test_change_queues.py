"""change_queues: what is given of a queue changes, the rest stays."""

from typing import Any

import msgspec

from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms
from support.action_stage import Stage
from support.told_changes import ANN, told

OWN = QueueTerms(
    queue_id=901,
    name="own",
    language="en",
    price_micros=900,
    pay_micros=600,
    capacity=10,
    lease_seconds=30,
    vote_micros=150,
)
OTHER = msgspec.structs.replace(OWN, queue_id=902, name="other")


async def test_what_is_given_changes_in_its_order(stage: Stage):
    await stage.act(add_queues, AddQueue(stage.cell, OWN), AddQueue(stage.cell, OTHER))
    batch = [
        ChangeQueue(cell=stage.cell, queue_id=902, price_micros=1_000, marks=1),
        ChangeQueue(cell=stage.cell, queue_id=901, pay_micros=1, capacity=2, lease_seconds=3, vote_micros=4),
        ChangeQueue(cell=stage.cell, queue_id=901, accepts_complaints=False, life_seconds=3_600),
        ChangeQueue(cell=stage.cell, queue_id=999, capacity=1),
        ChangeQueue(cell=stage.cell, queue_id=902, price_micros=2_000),
    ]
    assert await stage.act(change_queues, *batch) == [True, True, True, False, True]
    found = await stage.read(tasks.queues)
    changed = {"pay_micros": 1, "capacity": 2, "lease_seconds": 3, "vote_micros": 4, "accepts_complaints": False}
    changed["life_seconds"] = 3_600
    assert found[901] == msgspec.structs.replace(OWN, **changed)
    assert found[902] == msgspec.structs.replace(OTHER, price_micros=2_000, marks=1)
    await stage.act(change_queues, ChangeQueue(cell=stage.cell, queue_id=901, life_seconds=0))
    assert (await stage.read(tasks.queues))[901].life_seconds is None


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(stage: Stage):
    await stage.act(add_queues, AddQueue(stage.cell, OWN))
    mine: dict[str, Any] = {"cell": stage.cell, "queue_id": 901, "seen": OWN}
    batch = [
        ChangeQueue(**mine, price_micros=1_000),
        ChangeQueue(**mine, price_micros=2_000, capacity=20),
        ChangeQueue(**mine, capacity=20),
        ChangeQueue(cell=stage.cell, queue_id=999, seen=OWN, capacity=1),
    ]
    assert await stage.act(change_queues, *batch) == [True, False, True, False]
    assert (await stage.read(tasks.queues))[901] == msgspec.structs.replace(OWN, price_micros=1_000, capacity=20)


async def test_each_change_is_told_as_it_lies_in_the_database(stage: Stage):
    await stage.act(add_queues, AddQueue(stage.cell, OWN))
    own: dict[str, Any] = {"cell": stage.cell, "queue_id": 901, "actor": ANN}
    nothing = ChangeQueue(marks=0, **own)
    changes = [ChangeQueue(floor=0.85, life_seconds=60, **own), nothing, ChangeQueue(floor=0.0, pay_micros=1, **own)]
    await stage.act(change_queues, *changes, ChangeQueue(cell=stage.cell, queue_id=999, capacity=1, actor=ANN))
    assert await told(stage) == [
        ("queue.set", "queue:901", {"floor": None, "life_seconds": None}, {"floor": "0.85", "life_seconds": 60}),
        ("queue.set", "queue:901", {"floor": "0.85", "pay_micros": 600}, {"floor": None, "pay_micros": 1}),
    ]
