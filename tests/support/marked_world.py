"""Of the day that batches meet: somebody's word about marked pictures, and how the queues looked a minute ago."""

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.sample_queues import SampleQueues, sample_queues
from manyeyes.values.marks import ContentMark
from support.action_stage import Stage


async def look_back(stage: Stage, worker_id: int) -> None:
    """Let a worker say what they are never to be shown, and keep how the queues looked."""
    said = ChooseMarks(cell=stage.cell, worker_id=worker_id, avoided=ContentMark.GORE)
    await stage.act(choose_marks, said)
    await stage.act(sample_queues, SampleQueues(stage.cell))
