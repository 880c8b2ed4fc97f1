"""Whatever happened before: where the matcher has come to rest, nobody who asks waits for a task that they could have.

A seed draws what customers and workers do, on the real database and a clock of its own; between any two steps some time
goes by, and the matcher runs as the dispatcher lets it. Some think for six seconds, some leave, some say nothing.
"""

import random
from collections.abc import Awaitable
from typing import Any

import pytest

from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.hush_workers import HushWorker, hush_workers
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.dispatch.rules import SHOWING_SECONDS, WorkState
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage

QUEUES = (1, 2)
CROWD, STEPS, THINKING_SECONDS = 6, 60, 6.0
SLOWEST_RESTS = 12  # runs of the matcher until nothing changes: far more than it ever takes
NEGLECTED = """SELECT s.worker_id, w.task_id, w.state, w.worker_id AS holder
FROM session AS s
JOIN work AS w ON w.cell = s.cell AND s.queues @> ARRAY[w.queue_id] AND NOT w.tried @> ARRAY[s.worker_id]
LEFT JOIN session AS h ON h.cell = w.cell AND h.worker_id = w.worker_id
WHERE s.cell = $1 AND s.present AND NOT s.silent AND s.held = 0
  AND (w.state = 0 OR w.state = 2 AND (h.silent
       OR w.desk_since + CASE WHEN w.lease > 1 THEN 2 ELSE 1 END * interval '0.5 s' <= $2 OR EXISTS (
       SELECT FROM work AS c WHERE c.cell = $1 AND c.worker_id = w.worker_id AND c.state = 1)))"""


class House:
    """A small house in a closed loop: who asks is shown what lies before them, thinks, and answers."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.chance = stage, random.Random(seed)
        self.until: dict[int, float] = {}  # when a worker has thought enough
        self.seconds = 0.0
        self.taken_from_desks = 0

    async def begin(self) -> None:
        self.accounts = [await self.stage.account(10_000_000) for _ in range(2)]
        self.crowd = [self.stage.number() for _ in range(CROWD)]
        for worker_id in self.crowd:
            await self.come(worker_id)

    async def come(self, worker_id: int) -> None:
        await self.stage.come_silently(worker_id, *self.chance.choice((QUEUES, QUEUES, (1,), (2,))))

    async def step(self) -> None:
        """Let somebody do something."""
        worker_id = self.chance.choice(self.crowd)
        acts: list[tuple[int, Any]] = [
            (6, self.submit),
            (9, lambda: self.ask(worker_id)),
            (14, self.answer),
            (2, self.skip),
            (2, lambda: self.hush(worker_id)),
            (1, lambda: self.stage.go(worker_id, offline=False)),
            (1, lambda: self.stage.go(worker_id)),
            (2, lambda: self.come(worker_id)),
            (1, self.stage.return_lapsed),
        ]
        act = self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        done: Awaitable[Any] = act()
        await done
        await self.matched()
        passed = self.chance.choice((0.0, 0.1, 0.6, 1.0, 2.5, 6.0))
        self.stage.later(passed)
        self.seconds += passed

    async def submit(self) -> None:
        queue_id = self.chance.choice(QUEUES)
        crowd = [
            self.stage.submitting(self.chance.choice(self.accounts), queue_id=queue_id)
            for _ in range(self.chance.choice((1, 1, 2, 5)))
        ]
        await self.stage.act(submit_tasks, *crowd)
        await self.stage.act(hand_out, HandOut(self.stage.cell, queue_id, became_idle=False))

    async def ask(self, worker_id: int) -> None:
        await self.stage.ask(worker_id)

    async def hush(self, worker_id: int) -> None:
        await self.stage.act(hush_workers, HushWorker(self.stage.cell, worker_id, 1))

    async def looks(self) -> None:
        """Show those who ask what lies on their desks, but for one whose line is slow."""
        asking = [row["worker_id"] for row in await self.stage.rows("session", "worker_id", "present AND NOT silent")]
        quick = [worker_id for worker_id in asking if self.chance.random() < 0.8]
        await self.stage.look(*quick)
        for worker_id in quick:
            self.until.setdefault(worker_id, self.seconds + self.chance.choice((0.1, THINKING_SECONDS)))

    async def answer(self) -> None:
        for worker_id, leased in (await self.in_hand()).items():
            if self.until.get(worker_id, 0.0) <= self.seconds:
                await self.stage.answer(worker_id, leased)
                self.until[worker_id] = self.seconds + self.chance.choice((0.1, THINKING_SECONDS))

    async def skip(self) -> None:
        for worker_id, leased in list((await self.in_hand()).items())[:1]:
            await self.stage.skip(worker_id, leased, SkipReason.OTHER)

    async def in_hand(self) -> dict[int, Any]:
        desks = {worker_id: await self.stage.desk(worker_id) for worker_id in self.crowd}
        return {w: self.stage.lease_of(d[0]) for w, d in desks.items() if d and d[0].state is WorkState.LEASED}

    async def matched(self) -> None:
        """Run the matcher until it rests, and once more when what it laid down had its moment to be shown."""
        await self.rest()
        await self.looks()
        self.stage.later(SHOWING_SECONDS)
        self.seconds += SHOWING_SECONDS
        await self.rest()
        await self.nobody_waits()
        await self.looks()

    async def rest(self) -> None:
        for _ in range(SLOWEST_RESTS):
            before = {row["task_id"] for row in await self.stage.rows("work", "task_id", "state = 2")}
            handed = await self.stage.act(hand_out, *[HandOut(self.stage.cell, queue_id) for queue_id in QUEUES])
            fresh = await self.stage.rows("work", "task_id", f"state = 2 AND desk_since = '{self.stage.now}'")
            self.taken_from_desks += (
                len(before & {row["task_id"] for row in fresh}) if any(each.worker_ids for each in handed) else 0
            )
            if not any(each.worker_ids for each in handed):
                return
        raise AssertionError("the matcher does not come to rest")

    async def nobody_waits(self) -> None:
        """See that nobody is idle and asks while a task that they may have waits, or lies somewhere unseen."""
        found = await self.stage.pool.fetch(NEGLECTED, self.stage.cell, self.stage.now)
        assert not found, [dict(row) for row in found]


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_who_asks_waits_while_a_task_lies_with_somebody_else(stage: Stage, seed: int):
    house = House(stage, seed)
    await house.begin()
    for _ in range(STEPS):
        await house.step()
    assert (await stage.books()).difference_micros == 0
    assert len(await stage.rows("result", "task_id", "worker_id > 0")) > 3, "they were at work"
    assert house.taken_from_desks > 2, "and what they had not seen went to others"
