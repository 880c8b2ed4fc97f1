"""take_judgements: the oldest result that fits a reviewer, one at a time."""

from support.action_stage import Stage
from support.judged_results import asked, take_judgement


async def test_a_reviewer_gets_only_their_queues_and_the_oldest_first(stage: Stage):
    first, _ = await asked(stage, "12345", "99")
    stage.later(1)
    await asked(stage, "12345", "99")
    assert await take_judgement(stage, stage.number(), 2) is None
    reviewer_id = stage.number()
    judgement = await take_judgement(stage, reviewer_id)
    assert judgement.task_id == first
    assert await take_judgement(stage, reviewer_id) == judgement, "one at a time"


async def test_one_who_answered_all_of_the_oldest_gets_a_later_one(stage: Stage):
    worker_id = stage.number()
    for _ in range(12):
        await asked(stage, "1", "2", people=[worker_id])
        stage.later(1)
    task_id, _ = await asked(stage, "12345", "99")
    assert (await take_judgement(stage, worker_id)).task_id == task_id
