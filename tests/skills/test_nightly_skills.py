"""The night's look at all answers of a queue: skills, and the method that gold chooses (docs/decisions/0062)."""

import random

import msgspec
import pytest

from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.consensus.rules import Method
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.panels.store import LabelAnswer
from manyeyes.runtime.nightly_skills import learn, learned
from manyeyes.skills import evidence
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from manyeyes.tasks.questions import LABEL, ChoiceOptions
from support.action_stage import Stage

OPTIONS = ChoiceOptions(labels=("cat", "dog", "horse"))
OPTIONS_TEXT = msgspec.json.encode(OPTIONS).decode()


def crowd(stage: Stage, tasks: int = 200) -> tuple[list[LabelAnswer], dict[int, str]]:
    """Return answers of three good people and a careless one, and the truths of a half."""
    chance, given, truths = random.Random(7), list[LabelAnswer](), dict[int, str]()
    for task_id in range(1, tasks + 1):
        truth = chance.choice(OPTIONS.labels)
        truths[task_id] = truth
        for worker_id, share in ((1, 0.95), (2, 0.9), (3, 0.9), (4, 0.33)):
            text = truth if chance.random() < share else chance.choice([o for o in OPTIONS.labels if o != truth])
            given.append(
                LabelAnswer(
                    task_id=task_id,
                    worker_id=worker_id,
                    text=text,
                    answered_at=stage.now,
                    kind=LABEL,
                    options=OPTIONS_TEXT,
                )
            )
    return given, {task_id: truth for task_id, truth in truths.items() if task_id % 2}


async def test_careless_people_are_told_from_good_ones_without_their_own_vote(stage: Stage):
    given, truths = crowd(stage)
    found = learned(1, 1, given, truths, stage.now)
    shares = {each.worker_id: each.skill.right / (each.skill.right + each.skill.wrong) for each in found.learned}
    assert shares[1] > 0.85
    assert shares[4] < 0.5
    assert found.method in (Method.ONE_COIN, Method.DAWID_SKENE)
    assert max(each.skill.right + each.skill.wrong for each in found.learned) <= 100, "gold is left out"
    assert learned(1, 1, [], {}, stage.now).learned == ()


async def test_the_program_reads_a_queues_answers_and_runs_once_a_day(stage: Stage, dsn: str):
    account_id = await stage.account(100_000_000)
    people = [await stage.worker() for _ in range(3)]
    for _ in range(4):
        await stage.submit(account_id, kind=LABEL, options=OPTIONS, terms=PeopleTerms(answers=3, answers_at_most=3))
        await stage.hand_out()
        for worker_id, text in zip(people, ("cat", "cat", "dog"), strict=True):
            await stage.answer(worker_id, await stage.lease(worker_id), text)
    assert await learn(dsn, stage.cell) == 1
    assert await learn(dsn, stage.cell) == 0, "once a day"
    await stage.act(count_evidence, CountEvidence(stage.cell))
    rows = {row["worker_id"]: row for row in await stage.rows("skill")}
    assert rows[people[0]]["right_weight"] > rows[people[2]]["right_weight"]


async def test_a_night_tells_how_often_what_others_say_is_right(stage: Stage, dsn: str):
    account_id = await stage.account(100_000_000)
    people = [await stage.worker() for _ in range(3)]
    for _ in range(10):
        await stage.submit(account_id, kind=LABEL, options=OPTIONS, terms=PeopleTerms(answers=3, answers_at_most=3))
        await stage.hand_out()
        for worker_id in people:
            await stage.answer(worker_id, await stage.lease(worker_id), "cat")
    tasks = sorted({row["task_id"] for row in await stage.rows("evidence")})
    verdicts = [
        NewEvidence(
            queue_id=1,
            worker_id=people[0],
            task_id=n,
            source=EvidenceSource.VERDICT,
            truth=truth,
            given="cat",
            labels=3,
        )
        for n, truth in zip(tasks, ("cat", "cat", "dog", "dog", "dog", "dog"), strict=False)
    ]
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, verdicts)
    await stage.act(count_evidence, CountEvidence(stage.cell))
    await stage.change("UPDATE queue SET floor = 0.7, learned_at = NULL WHERE $1::int > 0 AND queue_id = 1")
    try:
        before = (await stage.read(evidence.floors, [1]))[1].rule.peers_right
        assert await learn(dsn, stage.cell) == 1
        after = (await stage.read(evidence.floors, [1]))[1].rule.peers_right
    finally:
        await stage.change("UPDATE queue SET floor = NULL, peers_right = NULL WHERE $1::int > 0 AND queue_id = 1")
    assert (before, after) == (pytest.approx(0.9), pytest.approx((2 + 9) / (6 + 10)))
