"""Somebody below a floor practises: begun, answered, passed or not, left and taken up again (docs/decisions/0065)."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.actions.lay_gold import LayGold, lay_gold
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.dispatch.rules import Purpose, WorkState
from manyeyes.skills import evidence
from manyeyes.skills.practice import store as practices
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, Stage
from support.barred_people import bar
from support.practising import TRUTH, ask_to_practise, barred_worker, begin, give, give_training, on_desk, practice_of


async def test_who_passes_has_the_queue_again_at_once(stage: Stage):
    task_ids = await give_training(stage, 3, pass_mark=0.6)
    worker_id = await barred_worker(stage)
    begun = await begin(stage, worker_id)
    assert (begun.left_ids, begun.pay_micros, begun.tries) == (tuple(task_ids), 0, 1)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["present"], session["queues"], session["practice_queue"], session["held"]) == (True, [], 1, 1)
    (work,) = await stage.desk(worker_id)
    assert (work.purpose, work.of_task, work.state, work.pay_micros) == (
        Purpose.PRACTICE,
        task_ids[0],
        WorkState.LEASED,
        0,
    )
    first = await stage.answer(worker_id, stage.lease_of(work), "9")
    assert isinstance(first, Answered)
    assert first.next_work is not None, "the next picture comes with the reply"
    assert (first.next_work.of_task, first.next_work.state) == (task_ids[1], WorkState.LEASED)
    await give(stage, worker_id, TRUTH, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["correct"], row["is_passed"], row["ended_at"]) == (3, 2, True, stage.now)
    (skill,) = await stage.rows("skill")
    assert (skill["barred_at"], skill["since"], skill["suspicion"]) == (None, stage.now, 1.0)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"], session["answered"]) == ([1], 0, 0, 3)
    assert await stage.rows("evidence") == [], "practice is no evidence"
    answers = await stage.rows("answer", where="purpose = 3")
    assert sorted(a["is_right"] for a in answers) == [False, True, True]
    assert not await stage.rows("pending_pay", where=f"worker_id = {worker_id}")
    assert (await stage.books()).findings == []


async def test_paid_practice_is_paid_by_the_house_right_or_wrong(stage: Stage):
    await give_training(stage, 2, is_paid=True)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    usage = await stage.rows("usage_minute")
    (work,) = await on_desk(stage, worker_id)
    outcome = await stage.answer(worker_id, stage.lease_of(work), "9")
    assert isinstance(outcome, Answered)
    assert outcome.earned_micros == PAY
    again = await stage.answer(worker_id, stage.lease_of(work), "9")
    assert isinstance(again, Answered)
    assert (again.queue_id, again.earned_micros) == (0, PAY), "a repeated answer is known"
    await give(stage, worker_id, TRUTH)
    pending = await stage.rows("pending_pay", where=f"worker_id = {worker_id}")
    assert [row["amount_micros"] for row in pending] == [PAY, PAY]
    assert await stage.rows("usage_minute") == usage, "no customer is charged or told"
    assert (await stage.books()).findings == []
    await stage.change("DELETE FROM pending_pay WHERE cell = $1 AND task_id = $2", work.task_id)
    lost = f"what became of the pay of answer {work.task_id} is off by {PAY}"
    assert lost in (await stage.books()).findings, "the proof of the books looks at practice as well"


async def test_three_tries_then_the_operator_decides(stage: Stage):
    await give_training(stage, 1)
    worker_id = await barred_worker(stage)
    for nth in range(1, 4):
        assert (await begin(stage, worker_id)).tries == nth
        await give(stage, worker_id, "9")
        row = await practice_of(stage, worker_id)
        assert (row["is_passed"], row["ended_at"]) == (False, stage.now)
        (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
        assert (session["practice_queue"], session["queues"]) == (0, [])
    before = await stage.everything()
    outcome = await ask_to_practise(stage, worker_id)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.TRIED_ENOUGH
    assert await stage.everything() == before
    lifting = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=True)
    assert await stage.act(decide_bars, lifting) == [True]
    assert (await practice_of(stage, worker_id))["tries"] == 0


async def test_who_may_not_practise(stage: Stage):
    worker_id = await barred_worker(stage)
    outcome = await ask_to_practise(stage, worker_id)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.NO_TRAINING
    await give_training(stage, 1)
    free = await stage.worker()
    before = await stage.everything()
    outcome = await ask_to_practise(stage, free)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.NOT_BELOW_FLOOR
    assert await stage.everything() == before


async def test_an_appeal_that_waits_is_accepted_by_passing(stage: Stage):
    await give_training(stage, 1)
    worker_id = await barred_worker(stage)
    await stage.act(appeal_bars, AppealBar(stage.cell, worker_id, 1, "I was right"))
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    (skill,) = await stage.rows("skill")
    assert (skill["appeal_accepted"], skill["appeal_decided_at"]) == (True, stage.now)


async def test_practice_lies_behind_other_work_and_comes_up_in_turn(stage: Stage):
    await give_training(stage, 2)
    account_id = await stage.account()
    worker_id = await barred_worker(stage)
    await stage.come(worker_id, 1, 2)
    for _ in range(3):
        await stage.submit(account_id, queue_id=2)
    await stage.hand_out(2)
    ordinary = await stage.desk(worker_id)
    assert isinstance(await ask_to_practise(stage, worker_id), Practice)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([2], 1, len(ordinary) + 1)
    while (work := (await stage.desk(worker_id))[0]).purpose is not Purpose.PRACTICE:
        assert isinstance(await stage.answer(worker_id, stage.lease_of(work)), Answered)
    await give(stage, worker_id, TRUTH, TRUTH)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert sorted(session["queues"]) == [1, 2]
    assert session["practice_queue"] == 0


async def test_what_is_practised_is_never_gold(stage: Stage):
    """A set is held out of gold, and who practised with a picture never gets it later, when it is in no set."""
    await give_training(stage, 1)
    await stage.change("UPDATE queue SET gold_share = 0.5 WHERE $1::int > 0 AND queue_id = 1")
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    account_id = await stage.account()
    for _ in range(4):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    other = await stage.worker()
    await stage.hand_out()
    await stage.answer(other, await stage.lease(other))

    async def laid() -> set[int]:
        found: set[int] = set()
        for n in range(60):
            await stage.change("DELETE FROM gold_draw WHERE cell = $1")
            (workers,) = await stage.act(lay_gold, LayGold(stage.cell, b"%d" % n))
            found |= set(workers)
        return found

    assert await laid() == set()
    await stage.act(set_trainings, SetTraining(cell=stage.cell, queue_id=1))
    assert await laid() == {other}, "only who did not practise with it"


async def test_two_queues_at_once_lay_one_picture_and_the_last_goes_on(stage: Stage):
    """The picture of the first lies there; its answer counts for its own try, and then the other queue's comes."""
    first = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await stage.change("UPDATE skill SET queue_id = 2 WHERE cell = $1")
    async with stage.transaction() as tx:
        await evidence.lock_skills(tx, stage.now, stage.cell, [(1, worker_id)])
    await stage.change("UPDATE skill SET barred_at = $2, barred_why = 'floor' WHERE cell = $1", stage.now)
    second = await give_training(stage, 1, queue_id=2)
    both = [BeginPractice(stage.cell, worker_id, 1, queue_id, ("en",)) for queue_id in (1, 2)]
    outcomes = await stage.act(begin_practice, *both)
    assert [outcome.queue_id for outcome in outcomes if isinstance(outcome, Practice)] == [1, 2]
    (work,) = await on_desk(stage, worker_id)
    assert work.of_task == first[0]
    await give(stage, worker_id, TRUTH)
    (work,) = await on_desk(stage, worker_id)
    assert work.of_task == second[0]
    await give(stage, worker_id, TRUTH)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([2], 0, 0)
    tries = await stage.rows("practice", "queue_id, given, is_passed")
    assert tries == [
        {"queue_id": 1, "given": 1, "is_passed": False},
        {"queue_id": 2, "given": 1, "is_passed": True},
    ]


async def test_a_try_whose_bar_was_lifted_does_not_lift_the_next_one(stage: Stage):
    """What was right before somebody fell again says nothing of now: they begin anew, and it was no try."""
    task_ids = await give_training(stage, 2, is_paid=True, pass_mark=0.6)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    lifting = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=True)
    assert await stage.act(decide_bars, lifting) == [True]
    lifted_at = stage.now
    stage.later(5)
    await bar(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["is_passed"], row["ended_at"], row["tries"], row["given"]) == (False, lifted_at, 0, 1)
    (skill,) = await stage.rows("skill")
    assert skill["barred_at"] == stage.now
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == 2, "what lay there is paid"
    assert await on_desk(stage, worker_id) == []
    begun = await begin(stage, worker_id)
    assert (begun.tries, begun.left_ids, begun.given) == (1, tuple(task_ids), 0)


@pytest.mark.parametrize("is_paid", [False, True])
@pytest.mark.parametrize("is_seen", [False, True])
async def test_who_gets_the_queue_from_the_operator_practises_no_more(stage: Stage, is_paid: bool, is_seen: bool):
    """They have it again at once. A paid picture that they look at they may answer; no other one comes, or is paid."""
    await give_training(stage, 3, is_paid=is_paid)
    worker_id = await barred_worker(stage)
    assert isinstance(await ask_to_practise(stage, worker_id), Practice)
    if is_seen:
        await stage.look(worker_id)
    lifting = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=True)
    assert await stage.act(decide_bars, lifting) == [True]
    stays = is_paid and is_seen
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([1], 0, int(stays))
    assert len(await on_desk(stage, worker_id)) == stays
    if stays:
        await give(stage, worker_id, TRUTH)
    assert await on_desk(stage, worker_id) == []
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 0
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == stays
    found = (await stage.read(practices.practices_of, stage.cell, worker_id))[1]
    assert (found.is_broken_off, found.is_open, found.tries, found.given) == (True, False, 0, 0)
    assert (await stage.books()).findings == []


async def test_a_bar_that_fell_with_its_evidence_ends_the_try_too(stage: Stage):
    """Gold that stood against them was denied: they have the queue with the next thing that they do."""
    await give_training(stage, 3, is_paid=True)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await stage.change("UPDATE skill SET barred_at = NULL, barred_why = '' WHERE cell = $1")
    found = (await stage.read(practices.practices_of, stage.cell, worker_id))[1]
    assert (found.is_broken_off, found.is_open) == (True, False), "it reads so at once"
    await give(stage, worker_id, TRUTH)
    assert await on_desk(stage, worker_id) == []
    row = await practice_of(stage, worker_id)
    assert (row["ended_at"], row["is_passed"], row["tries"], row["given"]) == (stage.now, False, 0, 0)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["queues"], session["practice_queue"], session["held"]) == ([1], 0, 0)


async def test_going_on_after_another_bar_begins_anew(stage: Stage):
    """A break in between changes nothing: the open try is of the bar that is gone."""
    task_ids = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    await stage.go(worker_id)
    stage.later(60)
    await bar(stage, worker_id)
    begun = await begin(stage, worker_id)
    assert (begun.tries, begun.left_ids, begun.given) == (1, tuple(task_ids), 0)
    (work,) = await on_desk(stage, worker_id)
    assert work.of_task == task_ids[0]
