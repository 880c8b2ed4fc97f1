"""Practice that several connections are at: one try, one picture, lifted once, no deadlock (docs/decisions/0065)."""

import random

import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.actions.forget_tasks import ForgetTasks, forget_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.replace_answers import ReplaceAnswers, replace_answers
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.actions.skip_tasks import SkipTask, skip_tasks
from manyeyes.actions.take_queues import TakeQueues, take_queues
from manyeyes.dispatch.rules import Purpose
from manyeyes.skills import evidence
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage
from support.practising import TRUTH, barred_worker, begin, give_training, on_desk, practice_of
from support.races import Batch, race

ROUNDS, STORMS = range(4), range(6)


def beginning(stage: Stage, *people: int) -> Batch:
    return begin_practice, [BeginPractice(stage.cell, worker_id, 1, 1, ("en",)) for worker_id in people]


async def answering(stage: Stage, *people: int, text: str = TRUTH) -> Batch:
    """Return the batch that answers what these people practise."""
    held = [(w, work) for w in people for work in await on_desk(stage, w)]
    return answer_tasks, [stage.answering(w, stage.lease_of(work), text) for w, work in held]


async def presences_hold_what_lies_there(stage: Stage) -> None:
    for row in await stage.rows("session", "worker_id, held"):
        assert row["held"] == len(await stage.desk(row["worker_id"]))
        assert len(await on_desk(stage, row["worker_id"])) <= 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_begun_in_two_tabs_and_by_a_stream_that_opens(stage: Stage, _: int):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    ask: Batch = attach_workers, [AttachWorker(stage.cell, worker_id, 1)]
    outcomes = await race(stage, beginning(stage, worker_id), beginning(stage, worker_id), ask)
    assert all(isinstance(outcome, Practice) for (outcome,) in outcomes[:2])
    assert (await practice_of(stage, worker_id))["tries"] == 1
    assert len(await on_desk(stage, worker_id)) == 1
    await presences_hold_what_lies_there(stage)


async def test_begun_twice_at_once_by_somebody_who_never_came(stage: Stage):
    await give_training(stage, 1)
    worker_id = stage.number()
    async with stage.transaction() as tx:
        await evidence.lock_skills(tx, stage.now, stage.cell, [(1, worker_id)])
    await stage.change("UPDATE skill SET barred_at = $2 WHERE cell = $1", stage.now)
    await race(stage, beginning(stage, worker_id), beginning(stage, worker_id))
    assert (await practice_of(stage, worker_id))["tries"] == 1
    await presences_hold_what_lies_there(stage)


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_last_answer_twice_against_going_and_the_operators_decision(stage: Stage, _: int):
    await give_training(stage, 1, is_paid=True)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    lift = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=True)
    one, other, (lifted,), _gone = await race(
        stage,
        await answering(stage, worker_id),
        await answering(stage, worker_id),
        (decide_bars, [lift]),
        (leave, [Leave(stage.cell, worker_id, offline=True)]),
    )
    taken = [outcome for (outcome,) in (one, other) if isinstance(outcome, Answered) and outcome.queue_id]
    row = await practice_of(stage, worker_id)
    if row["left_ids"]:
        assert (row["given"], row["is_passed"], lifted) == (0, False, True), "it was broken off before"
    else:
        assert (row["given"], row["is_passed"]) == (len(taken), bool(taken))
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == len(taken) <= 1
    assert taken or lifted is True
    (skill,) = await stage.rows("skill")
    assert skill["barred_at"] is None
    assert isinstance(lifted, (bool, Refusal))
    await presences_hold_what_lies_there(stage)
    assert (await stage.books()).findings == []


async def storm(stage: Stage, chance: random.Random) -> list[Batch]:
    """Return batches that all want the same few people, their tries, their skills and their gold."""
    account_id = await stage.account()
    pictures = await give_training(stage, 3, is_paid=True, pass_mark=0.5)
    people = [await barred_worker(stage) for _ in range(5)]
    for worker_id in people[:4]:
        await begin(stage, worker_id)
    free = [await stage.worker() for _ in range(2)]
    for _ in range(3):
        await stage.submit(account_id)
    await stage.hand_out()
    pieces = [
        NewEvidence(
            queue_id=1,
            worker_id=w,
            task_id=pictures[0],
            source=EvidenceSource.GOLD,
            truth=TRUTH,
            given=chance.choice((TRUTH, "9")),
        )
        for w in (*people, *free)
    ]
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, pieces)
    chance.shuffle(people)
    skips = [(w, work) for w in people[2:4] for work in await on_desk(stage, w)]
    lift = [DecideBar(cell=stage.cell, worker_id=w, queue_id=1, is_lifted=True) for w in people[:3]]
    sweeps: list[Batch] = [
        (replace_answers, [ReplaceAnswers(stage.cell)]),
        (forget_tasks, [ForgetTasks(stage.cell)]),
        (set_trainings, [SetTraining(cell=stage.cell, queue_id=1)]),
        (return_lapsed_leases, [ReturnLapsedLeases(stage.cell)]),
        (take_queues, [TakeQueues(stage.cell, w, (1, 2)) for w in people[1:4]]),
    ]
    return [
        await answering(stage, *people[:2]),
        (
            skip_tasks,
            [SkipTask(stage.cell, w, stage.lease_of(work), SkipReason.OTHER) for w, work in skips]
            or [SkipTask(stage.cell, people[0], stage.lease_of((await stage.desk(free[0]))[0]), SkipReason.OTHER)],
        ),
        beginning(stage, *people),
        (decide_bars, lift),
        (count_evidence, [CountEvidence(stage.cell)]),
        chance.choice(sweeps),
        (hand_out, [HandOut(stage.cell, 1)]),
    ]


@pytest.mark.parametrize("seed", STORMS)
async def test_everything_at_once_neither_deadlocks_nor_loses_anything(stage: Stage, seed: int):
    batches = await storm(stage, random.Random(seed))
    await race(stage, *batches)
    await presences_hold_what_lies_there(stage)
    answers = await stage.rows("answer", "answer_id, pay_micros", f"purpose = {Purpose.PRACTICE}")
    paid = await stage.rows("transfer", "cause_id", "kind = 5")
    assert {row["answer_id"] for row in answers} <= {row["cause_id"] for row in paid}
    for each in await stage.rows("practice"):
        assert each["left_ids"] or each["ended_at"] is not None
        assert not (each["left_ids"] and each["is_passed"])
        assert each["correct"] <= each["given"]
    assert (await stage.books()).findings == []
