"""What is known of people in the world that batches meet: gold, evidence, somebody who is stopped and practises."""

from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.skills import evidence, gold_items
from manyeyes.skills.alike import AlikeKind, FoundAlike
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.findings import store as findings
from manyeyes.skills.gold_items import DueDraws, SeenGold
from manyeyes.skills.rules import EvidenceSource
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage

FIRST_CHECKED = 7_000_000  # tasks of which nothing else is known


async def make_skills(stage: Stage, author: int) -> None:
    """Let evidence wait to be counted, and two be below the floor, one of them with an appeal."""
    others = sorted(row["worker_id"] for row in await stage.rows("session") if row["worker_id"] != author)
    worker_ids = [author, *others[:3]]
    pieces = [
        NewEvidence(
            queue_id=1,
            worker_id=worker_id,
            task_id=FIRST_CHECKED + n,
            source=EvidenceSource.GOLD,
            truth="12345",
            given="12345" if n % 2 else "99",
        )
        for worker_id in worker_ids
        for n in range(3)
    ]
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, pieces)
        rows = await evidence.lock_skills(tx, stage.now, stage.cell, [(1, worker_id) for worker_id in worker_ids])
        own = DueDraws(worker_ids[0], (1,), answered=1, draws=0, drawn=0)
        await gold_items.save_draws(tx, stage.cell, [own])
        seen = SeenGold(worker_ids[0], FIRST_CHECKED, 1, FIRST_CHECKED)
        await gold_items.insert_seen(tx, stage.now, stage.cell, [seen])
    assert rows
    stopped = (
        "UPDATE skill SET barred_at = $3, barred_why = 'floor', is_to_replace = true WHERE cell = $1 AND worker_id = $2"
    )
    for worker_id in worker_ids[:2]:
        await stage.change(stopped, worker_id, stage.now)
    appealed = "UPDATE skill SET appealed_at = $3, appeal_words = 'I was right' WHERE cell = $1 AND worker_id = $2"
    await stage.change(appealed, worker_ids[0], stage.now)
    await _practise(stage, worker_ids[1])
    pair = FoundAlike(worker_id=1, kind=AlikeKind.PAIR, other_id=2, tasks=20, alike=18, expected=6.0)
    async with stage.transaction() as tx:
        await findings.save_alike(tx, stage.now, stage.cell, 1, [pair])


async def _practise(stage: Stage, worker_id: int) -> None:
    """Make a training set of two ended tasks, and lay the first before somebody who is below the floor."""
    await stage.change(
        "INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at) "
        "SELECT t.cell, t.task_id, t.account_id, t.queue_id, t.question_id, '12345', 0, $2 "
        "FROM task AS t JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id WHERE t.cell = $1 "
        "AND t.queue_id = 1 AND r.kept AND r.media <> '' AND r.ending = 0 ORDER BY t.task_id DESC LIMIT 3 "
        "ON CONFLICT DO NOTHING",
        stage.now,
    )
    command = SetTraining(cell=stage.cell, queue_id=1, items=2, is_paid=True, pass_mark=0.5)
    (made,) = await stage.act(set_trainings, command)
    assert not isinstance(made, Refusal), made
    (begun,) = await stage.act(begin_practice, BeginPractice(stage.cell, worker_id, 1, 1, ("en",)))
    assert isinstance(begun, Practice), begun
