"""add_queues: a queue of the operator's own, in one database."""

import msgspec

from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms
from support.action_stage import Stage

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


async def test_a_batch_of_queues(stage: Stage):
    other = msgspec.structs.replace(OWN, queue_id=902, name="other")
    assert await stage.act(add_queues, AddQueue(stage.cell, OWN), AddQueue(stage.cell, other)) == [None, None]
    found = await stage.read(tasks.queues)
    assert (found[901], found[902]) == (OWN, other)


async def test_a_queue_that_is_there_stays_as_it_is(stage: Stage):
    await stage.act(add_queues, AddQueue(stage.cell, OWN))
    dearer = msgspec.structs.replace(OWN, price_micros=1_000)
    await stage.act(add_queues, AddQueue(stage.cell, dearer), AddQueue(stage.cell, dearer))
    assert (await stage.read(tasks.queues))[901] == OWN
