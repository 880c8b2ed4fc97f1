"""People round a table: who is asked about one task, and what they say."""

from manyeyes.actions.answer_tasks import Answered
from support.action_stage import Stage


async def team(stage: Stage, count: int) -> list[int]:
    """Bring so many workers online, and return them."""
    return [await stage.worker() for _ in range(count)]


async def seated(stage: Stage, people: list[int]) -> list[int]:
    """Hand out, and return who of the people sits on a seat now."""
    await stage.hand_out()
    await stage.look(*people)
    return [worker_id for worker_id in people if await stage.desk(worker_id)]


async def answer_all(stage: Stage, people: list[int], *texts: str) -> None:
    """Let those who get a seat give these answers, in their order."""
    sitting = await seated(stage, people)
    assert len(sitting) == len(texts)
    for worker_id, text in zip(sitting, texts, strict=True):
        outcome = await stage.answer(worker_id, await stage.lease(worker_id), text)
        assert isinstance(outcome, Answered), outcome
