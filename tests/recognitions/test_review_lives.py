"""What a person says about a result: once, beside the recogniser's label, counted where the result is counted."""

from datetime import timedelta

import msgspec
import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.submit_tasks import SubmitTask, submit_tasks
from manyeyes.recognitions.calibration import ReviewVerdict
from manyeyes.recognitions.counters import quarter
from manyeyes.recognitions.duration_histograms import Measure, bucket
from manyeyes.recognitions.rules import ReviewState
from manyeyes.tasks.labels import LABEL_PICTURE, Choice, LabelOptions
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, PICTURE, PRICE, Stage
from support.asked_results import Asked, asked_on
from support.recognition_calls import RATE_PRICE

FUNDS = 1_000_000
OPEN, DECIDED, UNDECIDED = ReviewState


@pytest.fixture
async def asked(stage: Stage) -> Asked:
    return await asked_on(stage)


async def test_a_verdict_stands_beside_the_recogniser_s_label(stage: Stage, asked: Asked):
    result = await asked.ask(label=1, rate=0.4)
    stage.later(90)
    outcome = await asked.say(2)
    assert (outcome.task_id, outcome.earned_micros) == (result.task_id, PAY)
    (review,) = await asked.reviews()
    assert (review["label"], review["verdict"], review["worker_id"]) == (1, 2, asked.worker_id)
    assert (review["state"], review["ended_at"], review["refuted"]) == (DECIDED, stage.now, False)
    assert await asked.counts() == (1, 1, 0)
    times = await stage.rows("recognition_time", "quarter, bucket, times", f"measure = {Measure.VERDICT}")
    asked_at = stage.now - timedelta(seconds=90)
    assert times == [{"quarter": quarter(asked_at), "bucket": bucket(90_000), "times": 1}]


async def test_the_result_itself_does_not_change(stage: Stage, asked: Asked):
    await asked.ask(label=1, rate=0.4)
    before = await stage.rows("recognition_result"), await stage.rows("recognition_day", "total, review")
    await asked.say(2)
    assert (await stage.rows("recognition_result"), await stage.rows("recognition_day", "total, review")) == before


async def test_the_task_s_result_keeps_the_label_s_name(stage: Stage, asked: Asked):
    await asked.decide(1)
    (row,) = await stage.rows("result", "answer")
    assert row["answer"] == '{"name": "qr code", "text": "1"}'


async def test_a_label_that_only_people_give_is_taken(asked: Asked):
    await asked.decide(-2)
    assert [row["verdict"] for row in await asked.reviews("verdict")] == [-2]
    assert await asked.counts() == (1, 1, 0)


@pytest.mark.parametrize("text", ["", "7", "-1", "01", "qr code", "1.0", "one"])
async def test_what_is_none_of_the_labels_is_refused_and_the_lease_stays(stage: Stage, asked: Asked, text):
    await asked.ask()
    refusal = await asked.say(text)
    assert (refusal.reason, refusal.detail) == (Reason.ANSWER_UNFIT, "one of the labels is wanted")
    assert [row["state"] for row in await asked.reviews("state")] == [OPEN]
    assert isinstance(await asked.say("1"), Answered)


async def test_agreement_overturns_nothing(asked: Asked):
    await asked.decide(1, label=1)
    assert await asked.counts() == (1, 0, 0)


async def test_who_has_no_opinion_is_never_overturned(asked: Asked):
    await asked.decide(2, label=0, rate=0.0)
    assert await asked.counts() == (1, 0, 0)


async def test_a_verdict_counts_on_the_day_and_quarter_of_its_result(stage: Stage, asked: Asked):
    stage.now = stage.now.replace(hour=15, minute=59, second=59, microsecond=0)
    await asked.ask()  # a second before midnight in Shanghai
    stage.later(2)
    await asked.say(2)
    days = await stage.rows("recognition_day", "day, label, total, reviewed, overturned")
    assert days == [{"day": stage.now.date(), "label": 1, "total": 1, "reviewed": 1, "overturned": 1}]
    quarters = await stage.rows("recognition_quarter", "quarter, asked, reviewed")
    assert quarters == [{"quarter": quarter(stage.now) - 1, "asked": 1, "reviewed": 1}]


async def test_five_who_cannot_tell_end_it_undecided_and_charged(stage: Stage, asked: Asked):
    result = await asked.ask()
    for worker_id in [asked.worker_id, *[await stage.worker() for _ in range(4)]]:
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id))
    (review,) = await asked.reviews()
    assert (review["task_id"], review["state"], review["verdict"]) == (result.task_id, UNDECIDED, None)
    assert (review["worker_id"], review["ended_at"]) == (0, stage.now)
    assert await asked.counts() == (0, 0, 1)
    assert await stage.available(asked.account_id) == FUNDS - RATE_PRICE - PRICE
    assert await stage.rows("recognition_time", where=f"measure = {Measure.VERDICT}") == []


async def test_nobody_in_time_ends_it_undecided_and_released(stage: Stage, asked: Asked):
    await asked.ask()
    stage.later(asked.calls.recognitions[0].review_seconds)
    assert await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell)) == [1]
    assert [row["state"] for row in await asked.reviews("state")] == [UNDECIDED]
    assert await asked.counts() == (0, 0, 1)
    assert await stage.available(asked.account_id) == FUNDS - RATE_PRICE
    assert (await stage.books()).findings == []


async def test_the_same_answer_again_counts_once(stage: Stage, asked: Asked):
    await asked.ask()
    await stage.hand_out()
    lease = await stage.lease(asked.worker_id)
    first, again = [await stage.answer(asked.worker_id, lease, "2") for _ in range(2)]
    assert (first.earned_micros, again.earned_micros, again.queue_id) == (PAY, PAY, 0)
    assert await asked.counts() == (1, 1, 0)


async def test_a_batch_of_verdicts_is_counted_in_one_row_each(stage: Stage, asked: Asked):
    workers = [asked.worker_id, *[await stage.worker() for _ in range(5)]]
    for n in range(6):
        await asked.ask(label=n % 2)
    await stage.hand_out()
    await stage.act(answer_tasks, *[stage.answering(w, await stage.lease(w), "1") for w in workers])
    days = await stage.rows("recognition_day", "label, reviewed, overturned")
    assert [tuple(day.values()) for day in days] == [(0, 3, 3), (1, 3, 0)]
    assert await asked.counts() == (6, 3, 0)


async def test_a_label_task_that_is_about_no_result_ends_as_any_task(stage: Stage, asked: Asked):
    options = LabelOptions((Choice(0, "cat"), Choice(1, "dog")))
    command = SubmitTask(
        cell=stage.cell,
        task_id=stage.number(),
        account_id=asked.account_id,
        queue=stage.queues[1],
        options=options,
        picture=PICTURE,
        life_seconds=600,
        kind=LABEL_PICTURE,
    )
    await stage.act(submit_tasks, command)
    assert isinstance(await asked.say(1), Answered)
    assert await asked.reviews() == []
    assert await stage.rows("recognition_quarter") == []


class TestComplaints:
    async def refuted(self, stage: Stage, asked, *votes, **given):
        result = await asked.decide(2, **given)
        filed = await stage.complain(asked.account_id, result.task_id)
        assert filed.task_id == result.task_id
        await stage.judge(*votes)
        return (await asked.reviews("refuted, state, verdict"))[0]

    async def test_a_confirmed_one_refutes_the_verdict_and_takes_its_counts_back(self, stage: Stage, asked: Asked):
        before = await stage.available(asked.account_id)
        row = await self.refuted(stage, asked, "confirm", "confirm")
        assert row == {"refuted": True, "state": DECIDED, "verdict": 2}
        assert await asked.counts() == (0, 0, 1)
        assert await stage.available(asked.account_id) == before - RATE_PRICE
        assert await asked.verdicts() == []

    async def test_a_rejected_one_leaves_it(self, stage: Stage, asked: Asked):
        row = await self.refuted(stage, asked, "reject", "reject")
        assert row["refuted"] is False
        assert await asked.counts() == (1, 1, 0)
        assert len(await asked.verdicts()) == 1

    async def test_one_that_reviewers_left_undecided_refutes_it_too(self, stage: Stage, asked: Asked):
        result = await asked.decide(1)
        await stage.complain(asked.account_id, result.task_id)
        stage.later(25 * 3600)
        await stage.act(settle_overdue_reports, SettleOverdueReports(stage.cell, 24))
        assert [row["refuted"] for row in await asked.reviews("refuted")] == [True]
        assert await asked.counts() == (0, 0, 1)

    async def test_the_books_of_the_ledger_still_balance(self, stage: Stage, asked: Asked):
        await self.refuted(stage, asked, "confirm", "confirm")
        assert (await stage.books()).findings == []

    async def test_a_queue_that_accepts_no_complaints_is_not_reported(self, stage: Stage, asked: Asked):
        result = await asked.decide(2)
        stage.queues = {
            1: msgspec.structs.replace(stage.queues[1], accepts_complaints=False)
        }  # complaints bring the terms along
        refusal = await stage.complain(asked.account_id, result.task_id)
        assert refusal.reason is Reason.REPORT_NOT_ACCEPTED


async def test_a_calibration_sees_what_was_said_with_the_chance_to_be_asked(stage: Stage, asked: Asked):
    uncertain = await asked.decide(2, label=1, rate=0.4)
    sampled = await asked.decide(1, label=1, rate=0.97)
    await asked.ask()  # nobody has said anything about this one
    assert await asked.verdicts() == [
        ReviewVerdict(
            task_id=uncertain.task_id, rate=0.4, is_wrong=True, threshold=0.9, sample_share=0.02, sampled=False
        ),
        ReviewVerdict(
            task_id=sampled.task_id, rate=0.97, is_wrong=False, threshold=0.9, sample_share=0.02, sampled=True
        ),
    ]
