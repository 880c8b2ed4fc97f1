"""What a night says of people is written, and nothing counted twice (docs/decisions/0062)."""

from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.actions.learn_skills import LearnedSkill, LearnSkills, learn_skills
from manyeyes.consensus.rules import Method, Skill
from manyeyes.skills import evidence
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from support.action_stage import Stage


async def test_what_is_learned_is_written_and_nothing_counted_twice(stage: Stage):
    piece = NewEvidence(
        queue_id=1, worker_id=7, task_id=1, source=EvidenceSource.GOLD, truth="cat", given="cat", labels=3
    )
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, [piece])
    skill = LearnedSkill(worker_id=7, skill=Skill(right=10, wrong=5, confusion={"cat": {"dog": 5.0}}))
    command = LearnSkills(cell=stage.cell, queue_id=1, method=Method.ONE_COIN, learned=(skill,))
    assert await stage.act(learn_skills, command, command) == [True, True]
    await stage.act(count_evidence, CountEvidence(stage.cell))
    (row,) = await stage.rows("skill")
    assert (round(row["right_weight"], 3), round(row["wrong_weight"], 3)) == (3.0, 1.0)
    assert (row["gold_asked"], row["answered"]) == (1, 1)
    assert await stage.act(learn_skills, command) == [True]
    (again,) = await stage.rows("skill")
    assert round(again["right_weight"], 3) == 3.0
