"""A try that is left, skipped in, forgotten of, changed under, begun twice: what is promised (docs/decisions/0065)."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.actions.skip_tasks import Skipped
from manyeyes.dispatch.rules import Purpose
from manyeyes.panels import store as panels
from manyeyes.skills.practice import store as practices
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Refusal
from support.action_stage import LEASE_SECONDS, Stage
from support.practising import TRUTH, ask_to_practise, barred_worker, begin, give, give_training, on_desk, practice_of


async def test_two_tabs_are_one_try(stage: Stage):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    first, second = await begin(stage, worker_id), await begin(stage, worker_id)
    assert first == second
    assert len(await on_desk(stage, worker_id)) == 1
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 1


async def test_skipped_is_not_right_and_never_comes_again(stage: Stage):
    task_ids = await give_training(stage, 2, pass_mark=0.5)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    (work,) = await on_desk(stage, worker_id)
    outcome = await stage.skip(worker_id, stage.lease_of(work))
    assert isinstance(outcome, Skipped)
    assert outcome.next_work is not None
    assert outcome.next_work.of_task == task_ids[1]
    await give(stage, worker_id, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["correct"], row["is_passed"]) == (2, 1, True)
    assert len(await stage.rows("answer", where="purpose = 3")) == 1
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 0


async def test_a_skip_that_is_sent_again_is_answered_as_the_first_in_each_try(stage: Stage):
    task_ids = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    for _ in range(2):
        await begin(stage, worker_id)
        (work,) = await on_desk(stage, worker_id)
        first = await stage.skip(worker_id, stage.lease_of(work))
        again = await stage.skip(worker_id, stage.lease_of(work))
        assert isinstance(first, Skipped)
        assert isinstance(again, Skipped)
        assert first.next_work is not None
        assert again.next_work == first.next_work
        assert (again.next_work.of_task, (await practice_of(stage, worker_id))["given"]) == (task_ids[1], 1)
        other = await stage.skip(worker_id + 1, stage.lease_of(work))
        assert isinstance(other, Refusal), "it was not theirs"
        for _ in range(2):
            assert isinstance(await stage.skip(worker_id, stage.lease_of(again.next_work)), Skipped)
        assert (await practice_of(stage, worker_id))["ended_at"] == stage.now


async def test_a_lease_that_ran_out_comes_again_when_they_ask(stage: Stage):
    task_ids = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    stage.later(LEASE_SECONDS + 1)
    await stage.return_lapsed()
    assert await on_desk(stage, worker_id) == []
    await stage.ask(worker_id)
    (work,) = await on_desk(stage, worker_id)
    assert (work.of_task, (await practice_of(stage, worker_id))["given"]) == (task_ids[0], 0)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["held"], session["practice_queue"]) == (1, 1)


@pytest.mark.parametrize("is_first", [False, True])
async def test_a_picture_waits_unseen_as_long_as_what_is_before_it_takes(stage: Stage, is_first: bool):
    """Behind other queues' long leases, laid before or after it, it neither goes nor costs the worker their try."""
    long = 20 * LEASE_SECONDS
    await stage.set_queue(2, lease_seconds=long)
    task_ids, account_id, worker_id = await give_training(stage, 1), await stage.account(), await barred_worker(stage)
    for _ in range(2):
        await stage.submit(account_id, queue_id=2)
    await stage.come(worker_id, 2)
    if is_first:
        assert isinstance(await ask_to_practise(stage, worker_id), Practice)
    await stage.hand_out(2)
    if not is_first:
        await stage.match(2)
        assert isinstance(await ask_to_practise(stage, worker_id), Practice)
    while (before := (await stage.desk(worker_id))[0]).purpose is not Purpose.PRACTICE:
        for _ in range(19):
            stage.later(LEASE_SECONDS)
            await stage.return_lapsed()
        assert [work.of_task for work in await on_desk(stage, worker_id)] == task_ids
        assert isinstance(await stage.answer(worker_id, stage.lease_of(before)), Answered)
    await give(stage, worker_id, TRUTH)
    assert (await practice_of(stage, worker_id))["is_passed"]
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 0


async def test_who_goes_in_the_middle_goes_on_where_they_were(stage: Stage):
    task_ids = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    await stage.go(worker_id)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["held"], session["practice_queue"], session["present"]) == (0, 0, False)
    await stage.ask(worker_id)
    assert await on_desk(stage, worker_id) == [], "who went must say that they go on"
    assert (await begin(stage, worker_id)).tries == 1
    (work,) = await on_desk(stage, worker_id)
    assert work.of_task == task_ids[1]
    await give(stage, worker_id, TRUTH)
    assert (await practice_of(stage, worker_id))["is_passed"]


async def test_who_loses_the_connection_gets_the_picture_again_when_they_ask(stage: Stage):
    task_ids = await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    assert isinstance(await ask_to_practise(stage, worker_id), Practice)
    await stage.go(worker_id, offline=False)
    assert await on_desk(stage, worker_id) == [], "nobody had seen it"
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["held"], session["practice_queue"], session["present"]) == (0, 1, False)
    await stage.ask(worker_id)
    await stage.ask(worker_id)
    (work,) = await on_desk(stage, worker_id)
    assert work.of_task == task_ids[0]
    await stage.look(worker_id)
    await stage.go(worker_id, offline=False)
    assert len(await on_desk(stage, worker_id)) == 1, "what they look at they may answer"
    await stage.ask(worker_id)
    assert len(await on_desk(stage, worker_id)) == 1


async def test_two_leases_in_a_row_end_the_presence_and_not_the_try(stage: Stage):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    for _ in range(2):
        await begin(stage, worker_id)
        stage.later(LEASE_SECONDS + 1)
        await stage.return_lapsed()
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    row = await practice_of(stage, worker_id)
    assert (session["held"], session["present"], row["tries"], row["ended_at"]) == (0, False, 1, None)


async def test_a_try_keeps_its_terms_when_the_set_changes_or_goes(stage: Stage):
    task_ids = await give_training(stage, 2, is_paid=True, pass_mark=0.5)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    other = SetTraining(cell=stage.cell, queue_id=1, task_ids=(task_ids[0],), pass_mark=1.0)
    await stage.act(set_trainings, other)
    await give(stage, worker_id, "9")
    await stage.act(set_trainings, SetTraining(cell=stage.cell, queue_id=1))
    await give(stage, worker_id, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["correct"], row["is_passed"]) == (2, 1, True)
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == 2


async def test_a_forgotten_picture_counts_for_nothing_and_is_paid_if_it_lay_there(stage: Stage):
    task_ids = await give_training(stage, 7, is_paid=True, pass_mark=0.9)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await stage.change("DELETE FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[])", task_ids[:2])
    await give(stage, worker_id, "9")
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["left_ids"]) == (0, task_ids[2:])
    assert len(await stage.rows("pending_pay", where=f"worker_id = {worker_id}")) == 1
    await give(stage, worker_id, *[TRUTH] * 5)
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["correct"], row["is_passed"]) == (5, 5, True)


async def test_a_try_of_which_too_little_is_left_is_broken_off_and_begun_anew(stage: Stage):
    """Somebody who leaves a try open until most of its pictures are forgotten does not pass by a coin."""
    task_ids = await give_training(stage, 10, pass_mark=0.8)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    await stage.go(worker_id)
    await stage.change("DELETE FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[])", task_ids[3:])
    again = await begin(stage, worker_id)
    assert (again.tries, again.given, again.left_ids) == (1, 0, tuple(task_ids[:3])), "typed ones are hardly guessed"
    await stage.change("DELETE FROM gold WHERE cell = $1 AND task_id = $2", task_ids[2])
    await give(stage, worker_id, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["ended_at"], row["is_passed"], row["tries"], row["given"]) == (stage.now, False, 0, 1)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert (session["practice_queue"], session["held"]) == (0, 0)
    (skill,) = await stage.rows("skill")
    assert skill["barred_at"] is not None


async def test_a_try_of_which_all_was_forgotten_is_none(stage: Stage):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await stage.change("DELETE FROM gold WHERE cell = $1")
    await give(stage, worker_id, TRUTH)
    row = await practice_of(stage, worker_id)
    assert (row["given"], row["tries"], row["is_passed"], row["ended_at"]) == (0, 0, False, stage.now)
    (skill,) = await stage.rows("skill")
    assert skill["barred_at"] is not None


async def test_a_picture_whose_truth_is_denied_is_not_held_against_them_afterwards(stage: Stage):
    """It counted for nothing, so "not right" must not stand on their page, with a truth that is none."""
    task_ids = await give_training(stage, 6, pass_mark=0.9)
    worker_id = await barred_worker(stage)
    begun = await begin(stage, worker_id)
    await stage.change("UPDATE gold SET aside_at = now() WHERE cell = $1 AND task_id = $2", task_ids[0])
    await give(stage, worker_id, "9", TRUTH)
    assert (await practice_of(stage, worker_id))["given"] == 1
    shown = await stage.read(practices.practised, stage.cell, begun)
    assert [(each.task_id, each.is_right) for each in shown] == [(task_ids[1], True)]


async def test_practice_says_nothing_of_how_fast_tasks_are_done(stage: Stage):
    await give_training(stage, 1)
    worker_id = await barred_worker(stage)
    await begin(stage, worker_id)
    await give(stage, worker_id, TRUTH)
    assert await stage.read(panels.answered_lately, stage.cell, 1, 10**9) == 0
