"""No path shows anybody one marked picture more, or for one second longer, than their day allows (decision 0079)."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from manyeyes.actions.answer_tasks import AnswerTask, answer_tasks
from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.lay_aside import LayAside, lay_aside
from manyeyes.actions.lay_gold import LayGold, lay_gold
from manyeyes.actions.mark_works import MarkWork, mark_works
from manyeyes.actions.renew_leases import RenewLease, renew_leases
from manyeyes.actions.renew_slots import RenewSlot, renew_slots
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.actions.settle_aside import SettleAside, settle_aside
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.take_back import TakeBack, take_back
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.dispatch.rules import WorkState
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing.rules import PAUSE_SECONDS, Cap
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, Stage
from support.races import Batch, race

MARKS = ContentMark.VIOLENCE | ContentMark.GORE
PICTURES, MINUTES = 6, 9
STEPS = 60


async def agree(stage: Stage, worker_id: int, marks: int = MARKS, cap: Cap | None = None, queue_id: int = 1) -> None:
    """Let somebody say yes to marks of a queue; ``cap``: of gore a day."""
    chosen = ChooseMarks(cell=stage.cell, worker_id=worker_id, queue_id=queue_id, agreed=marks)
    await stage.act(choose_marks, chosen)
    if cap:
        await stage.act(set_caps, SetCaps(cell=stage.cell, worker_id=worker_id, caps={ContentMark.GORE: cap}))


class _Watch:
    """Counts, without asking what is counted, what one person had before them that was marked, and for how long."""

    def __init__(self, stage: Stage, worker_id: int) -> None:
        self._stage, self._worker_id = stage, worker_id
        self.pictures: set[tuple[Any, ...]] = set()
        self.seconds = 0.0

    async def look(self) -> int:
        """Note what lies before them; return how many things do."""
        before = await self._before()
        self.pictures |= {key for key, _ in before}
        return len(before)

    async def later(self, seconds: float) -> None:
        """Let time go by, and count what lies before them meanwhile."""
        for _, until in await self._before():
            self.seconds += min(seconds, (until - self._stage.now).total_seconds())
        self._stage.later(seconds)

    async def _before(self) -> list[tuple[tuple[Any, ...], Any]]:
        mine = f"= {self._worker_id} AND state = 1"
        works = await self._stage.rows("work", "task_id, lease, lease_until, marks", f"worker_id {mine}")
        slots = await self._stage.rows("vote_slot", "task_id, n, lease, lease_until", f"reviewer_id {mine}")
        found: list[tuple[tuple[Any, ...], Any]] = []
        found += [(("work", w["task_id"], w["lease"]), w["lease_until"]) for w in works if w["marks"]]
        found += [(("slot", s["task_id"], s["n"], s["lease"]), s["lease_until"]) for s in slots]
        return [(key, until) for key, until in found if until > self._stage.now]


class _Worker:
    """Does at random what people, their programs and what happens by itself can do, some of it at the same time."""

    def __init__(self, stage: Stage, worker_id: int, chance: random.Random) -> None:
        self._stage, self._worker_id, self._chance = stage, worker_id, chance
        self._aside: list[LeaseId] = []

    async def act(self) -> None:
        """Do one thing, or several at once."""
        steps = [self._matching, self._showing, self._answering, self._laying, self._back, self._renewing]
        steps += [self._reviewing, self._renewing_slot, self._gold, self._settling, self._marking]
        chosen = self._chance.sample(steps, self._chance.choice((1, 1, 2, 3)))
        batches = [batch for step in chosen if (batch := await step())]
        if batches:
            await race(self._stage, *batches)

    async def by_themselves(self) -> None:
        """Go and come, pass something on, lose what lies there to time."""
        step: Callable[[], Awaitable[object]] = self._chance.choice((self._away, self._skip, self._stage.return_lapsed))
        await step()

    async def _lease(self) -> LeaseId | None:
        held = await self._stage.desk(self._worker_id)
        return self._stage.lease_of(self._chance.choice(held)) if held else None

    async def _matching(self) -> Batch:
        return hand_out, [HandOut(self._stage.cell, 1)]

    async def _showing(self) -> Batch:
        return show_desks, [ShowDesk(self._stage.cell, self._worker_id)]

    async def _answering(self) -> Batch | None:
        lease = await self._lease()
        return (answer_tasks, [AnswerTask(self._stage.cell, self._worker_id, lease, "12345")]) if lease else None

    async def _laying(self) -> Batch | None:
        lease = await self._lease()
        if not lease:
            return None
        self._aside.append(lease)
        command = LayAside(
            cell=self._stage.cell,
            worker_id=self._worker_id,
            lease=lease,
            text=self._chance.choice(("12345", None)),
            reason=SkipReason.UPSETTING,
            seconds=10,
        )
        return lay_aside, [command]

    async def _back(self) -> Batch | None:
        if not self._aside:
            return None
        return take_back, [TakeBack(self._stage.cell, self._worker_id, self._aside[-1])]

    async def _renewing(self) -> Batch | None:
        lease = await self._lease()
        return (renew_leases, [RenewLease(self._stage.cell, self._worker_id, lease)]) if lease else None

    async def _reviewing(self) -> Batch:
        return take_slots, [TakeSlot(self._stage.cell, self._worker_id, (1,))]

    async def _renewing_slot(self) -> Batch | None:
        held = await self._stage.rows(
            "vote_slot", "task_id, n, lease", f"reviewer_id = {self._worker_id} AND state = 1"
        )
        if not held:
            return None
        slot = SlotId(self._stage.cell, held[0]["task_id"], held[0]["n"], held[0]["lease"])
        return renew_slots, [RenewSlot(self._stage.cell, self._worker_id, slot)]

    async def _gold(self) -> Batch:
        return lay_gold, [LayGold(self._stage.cell, b"seed")]

    async def _settling(self) -> Batch:
        return settle_aside, [SettleAside(self._stage.cell, self._worker_id)]

    async def _marking(self) -> Batch:
        return mark_works, [MarkWork(self._stage.cell, 1, ContentMark.GORE)]

    async def _away(self) -> None:
        await self._stage.go(self._worker_id, offline=self._chance.choice((True, False)))
        await self._stage.act(return_lapsed_slots, ReturnLapsedSlots(self._stage.cell, self._worker_id))
        await self._stage.come(self._worker_id)

    async def _skip(self) -> None:
        lease = await self._lease()
        if lease:
            await self._stage.skip(self._worker_id, lease)


@pytest.mark.parametrize("seed", range(8))
async def test_the_next_one_never_comes_by_any_path(stage: Stage, seed: int):
    chance = random.Random(seed)
    stage.now = stage.now.replace(hour=6) + timedelta(days=1)  # a cap is a day's, which does not end meanwhile
    account_id, other = await stage.account(), await stage.worker()
    disputed = [await stage.solve(account_id, other) for _ in range(4)]
    await stage.change("UPDATE task SET marks = $2 WHERE cell = $1", MARKS)
    for task_id in disputed:
        await stage.complain(account_id, task_id)
    await stage.go(other)
    worker_id = await stage.worker()
    await agree(stage, worker_id, cap=Cap(PICTURES, MINUTES))
    for n in range(3 * PICTURES):
        await stage.submit(account_id, marks=MARKS if n % 4 else 0)
    watch, worker = _Watch(stage, worker_id), _Worker(stage, worker_id, chance)
    for _ in range(STEPS):
        await worker.act() if chance.random() < 0.8 else await worker.by_themselves()
        await watch.look()
        await watch.later(chance.choice((0, 1, 5, 20, PAUSE_SECONDS)))
        assert len(watch.pictures) <= PICTURES
        assert watch.seconds <= 60 * MINUTES
    assert len(watch.pictures) >= PICTURES - 1, "they were shown what they may be"
    assert (await stage.books()).difference_micros == 0


async def test_a_whole_day_is_used_up_and_the_next_one_begins_anew(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await agree(stage, worker_id, cap=Cap(3, 60))
    for _ in range(8):
        await stage.submit(account_id, marks=MARKS)
    stage.now = stage.now.replace(hour=20, minute=0) + timedelta(days=1)
    for expected in (1, 1, 1, 0):
        await stage.hand_out()
        held = await stage.desk(worker_id)
        assert len(held) == expected
        for work in held:
            await stage.answer(worker_id, stage.lease_of(work))
    stage.later(4 * 3_600 + 1)
    await stage.hand_out()
    assert [work.state for work in await stage.desk(worker_id)] == [WorkState.LEASED]


async def test_a_cap_in_minutes_ends_a_look_and_gives_back_what_was_not_used(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await agree(stage, worker_id, cap=Cap(100, 2))
    for _ in range(4):
        await stage.submit(account_id, marks=MARKS)
    for looked in (50, 50):
        await stage.hand_out()
        lease = await stage.lease(worker_id)
        stage.later(looked)
        await stage.answer(worker_id, lease)
    await stage.hand_out()
    (last,) = await stage.desk(worker_id)
    assert last.lease_until == stage.now + timedelta(seconds=20), "two minutes, less what was looked"
    (renewed,) = await stage.act(renew_leases, RenewLease(stage.cell, worker_id, stage.lease_of(last)))
    assert renewed.expires_at == last.lease_until
    stage.later(21)
    await stage.return_lapsed()
    await stage.come(worker_id)
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
    assert LEASE_SECONDS == 60
