"""Moves of tests about what was answered or passed on and may still be taken back."""

from collections.abc import Sequence

from manyeyes.actions.lay_aside import LaidAside, LayAside, lay_aside
from manyeyes.actions.settle_aside import AsideSettled, SettleAside, settle_aside
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.take_back import TakeBack, take_back
from manyeyes.dispatch.store import Work
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage

UNDO_SECONDS = 10
OVER = "UPDATE work SET aside_until = now() - (1000 - worker_id) * interval '1 s' WHERE cell = $1 AND state = 4"


async def lay(
    stage: Stage, worker_id: int, lease: LeaseId, text: str | None = "abc", reason: SkipReason = SkipReason.UNREADABLE
) -> LaidAside | Refusal | None:
    """Answer a task, or pass it on (None), so that it can be taken back."""
    (outcome,) = await stage.act(
        lay_aside,
        LayAside(cell=stage.cell, worker_id=worker_id, lease=lease, text=text, reason=reason, seconds=UNDO_SECONDS),
    )
    return outcome


async def people_with_answers(stage: Stage, count: int) -> list[int]:
    """Let so many people lay an answer aside whose time is over, the first one's the longest."""
    people = [await stage.worker() for _ in range(count)]
    await lay_what_is_over(stage, people)
    return people


async def lay_what_is_over(stage: Stage, people: Sequence[int]) -> None:
    """Let each of these people lay an answer aside whose time is over, the first one's the longest."""
    account_id = await stage.account()
    for _ in people:
        await stage.submit(account_id)
    await stage.hand_out()
    for worker_id in people:
        await lay(stage, worker_id, await stage.lease(worker_id))
    await stage.change(OVER)


async def settle(stage: Stage) -> AsideSettled:
    """Settle what is due, of all people at once; return all of it together."""
    people = sorted({row["worker_id"] for row in await stage.rows("work", "worker_id", "state = 4")})
    settled = await stage.act(settle_aside, *[SettleAside(stage.cell, each) for each in people]) if people else []
    return AsideSettled(
        tuple(sorted({queue_id for each in settled for queue_id in each.queue_ids})),
        tuple(sorted({task_id for each in settled for task_id in each.task_ids})),
    )


async def back(stage: Stage, worker_id: int, lease: LeaseId) -> Work | Refusal:
    """Take something back."""
    (outcome,) = await stage.act(take_back, TakeBack(stage.cell, worker_id, lease))
    return outcome


async def lay_some(stage: Stage) -> None:
    """Let two workers lay aside what they look at: one answers, one passes on."""
    shown = await stage.rows("work", "worker_id, task_id, lease", "state = 1 AND purpose < 3 AND site = ''")
    for row, text in zip(shown, ("1", None), strict=False):
        await lay(stage, row["worker_id"], LeaseId(stage.cell, row["task_id"], row["lease"]), text)
