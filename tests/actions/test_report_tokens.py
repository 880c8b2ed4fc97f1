"""report_tokens: who may praise or report which token, how long, how often; what it does to the worker's standing."""

from collections import Counter
from typing import Any

import pytest

from manyeyes.actions.report_tokens import ReportToken, TokenReported, report_tokens
from manyeyes.allow_list.rules import STANDING_SECONDS
from manyeyes.reports.rules import UNKNOWN_TASKS_KEPT, WHY_OUTLIER, ReportKind, ReportState
from manyeyes.tasks.rules import (
    HCAPTCHA,
    IMAGE_TO_TEXT,
    RECAPTCHA_KINDS,
    RECAPTCHA_V2,
    RECAPTCHA_V2_ENTERPRISE,
    RECAPTCHA_V3,
    TURNSTILE,
)
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage

PRAISE, COMPLAINT = ReportKind.TOKEN_CORRECT, ReportKind.TOKEN_INCORRECT


def saying(stage: Stage, account_id, task_id, kind=PRAISE, takes=RECAPTCHA_KINDS, **given) -> ReportToken:
    return ReportToken(cell=stage.cell, account_id=account_id, task_id=task_id, kind=kind, takes=takes, **given)


async def say(stage: Stage, *arguments, **given) -> TokenReported | Refusal:
    return (await stage.act(report_tokens, saying(stage, *arguments, **given)))[0]


async def standings(stage: Stage) -> set[Any]:
    """What is thought of workers now, as (account, worker, is filtered)."""
    rows = await stage.rows("standing")
    return {(r["account_id"], r["worker_id"], r["filtered"]) for r in rows if r["until"] > stage.now}


async def reasons(stage: Stage) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for row in await stage.rows("refused_report", "reason, times"):
        found[row["reason"]] += row["times"]
    return found


@pytest.fixture
async def pair(stage: Stage) -> tuple[int, int]:
    """An account and a worker."""
    return await stage.account(), await stage.worker()


async def test_praise_lists_the_worker_for_an_hour(stage: Stage, pair):
    account_id, worker_id = pair
    task_id = await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3)
    stage.later(5)
    assert await say(stage, account_id, task_id) == TokenReported(task_id, ReportState.COUNTED)
    assert await standings(stage) == {(account_id, worker_id, False)}
    [row] = await stage.rows("standing", "until")
    assert (row["until"] - stage.now).total_seconds() == STANDING_SECONDS == 3600
    [report] = await stage.rows("report")
    assert (report["kind"], report["state"], report["why"]) == (PRAISE, ReportState.COUNTED, "")
    assert (report["account_id"], report["worker_id"], report["queue_id"]) == (account_id, worker_id, 1)
    assert (report["filed_at"] - report["ended_at"]).total_seconds() == 5


async def test_its_twin_takes_them_off_and_filters_them_and_praise_lifts_that(stage: Stage, pair):
    account_id, worker_id = pair
    tasks = [await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3) for _ in range(3)]
    for task_id, kind, filtered in zip(tasks, (PRAISE, COMPLAINT, PRAISE), (False, True, False), strict=True):
        assert await say(stage, account_id, task_id, kind) == TokenReported(task_id, ReportState.COUNTED)
        assert await standings(stage) == {(account_id, worker_id, filtered)}


async def test_praise_again_renews_the_hour(stage: Stage, pair):
    account_id, worker_id = pair
    for _ in range(2):
        await say(stage, account_id, await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3))
        stage.later(STANDING_SECONDS - 0.001)
        assert await standings(stage) == {(account_id, worker_id, False)}
    stage.later(0.001)
    assert await standings(stage) == set(), "over at exactly one hour"


async def test_of_one_batch_the_last_word_on_a_worker_counts(stage: Stage, pair):
    account_id, worker_id = pair
    tasks = [await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3) for _ in range(2)]
    words = [saying(stage, account_id, task_id, kind) for task_id, kind in zip(tasks, (PRAISE, COMPLAINT), strict=True)]
    await stage.act(report_tokens, *words)
    assert await standings(stage) == {(account_id, worker_id, True)}
    assert len(await stage.rows("report")) == 2


async def test_a_word_is_the_one_account_s_alone(stage: Stage, pair):
    account_id, worker_id = pair
    other = await stage.account()
    await say(stage, account_id, await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3))
    await say(stage, other, await stage.solve(other, worker_id, kind=RECAPTCHA_V3), COMPLAINT)
    assert await standings(stage) == {(account_id, worker_id, False), (other, worker_id, True)}


@pytest.mark.parametrize("kind", [RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3])
async def test_both_kinds_that_praise_is_meant_for_are_listed(stage: Stage, pair, kind):
    await say(stage, pair[0], await stage.solve(*pair, kind=kind))
    assert await standings(stage) == {(*pair, False)}


async def test_praise_for_v2_is_taken_and_without_effect(stage: Stage, pair):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V2)
    assert await say(stage, pair[0], task_id) == TokenReported(task_id, ReportState.COUNTED)
    assert [row["state"] for row in await stage.rows("report", "state")] == [ReportState.COUNTED]
    assert await standings(stage) == set()
    incorrect, correct = [await stage.solve(*pair, kind=RECAPTCHA_V2) for _ in range(2)]
    await say(stage, pair[0], incorrect, COMPLAINT)
    assert await standings(stage) == {(*pair, True)}
    assert await say(stage, pair[0], correct) == TokenReported(correct, ReportState.COUNTED)
    assert await standings(stage) == {(*pair, True)}, "it lifts no filter either"


@pytest.mark.parametrize("kind", [IMAGE_TO_TEXT, HCAPTCHA, TURNSTILE])
@pytest.mark.parametrize("word", [PRAISE, COMPLAINT])
async def test_the_recaptcha_methods_take_nothing_else(stage: Stage, pair, kind, word):
    outcome = await say(stage, pair[0], await stage.solve(*pair, kind=kind), word)
    assert outcome.reason is Reason.REPORT_WRONG_KIND
    assert await reasons(stage) == {"report_wrong_kind": 1}
    assert await stage.rows("report") == await stage.rows("standing") == []


@pytest.mark.parametrize(
    ("kind", "is_taken"), [(HCAPTCHA, True), (RECAPTCHA_V3, False), (TURNSTILE, False), (IMAGE_TO_TEXT, False)]
)
async def test_the_hcaptcha_method_takes_hcaptcha_alone(stage: Stage, pair, kind, is_taken):
    outcome = await say(stage, pair[0], await stage.solve(*pair, kind=kind), COMPLAINT, frozenset({HCAPTCHA}))
    assert isinstance(outcome, TokenReported) is is_taken
    assert await standings(stage) == ({(*pair, True)} if is_taken else set())


@pytest.mark.parametrize(("seconds", "is_taken"), [(59.9, True), (59.999999, True), (60, False), (60.1, False)])
async def test_sixty_seconds_from_the_task_s_end(stage: Stage, pair, seconds, is_taken):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    stage.later(seconds)
    outcome = await say(stage, pair[0], task_id)
    assert isinstance(outcome, TokenReported) is is_taken
    assert await reasons(stage) == ({} if is_taken else {"report_late": 1})


async def test_once_per_task_whichever_method(stage: Stage, pair):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    await say(stage, pair[0], task_id)
    for times, word in enumerate((PRAISE, COMPLAINT), 1):
        assert (await say(stage, pair[0], task_id, word)).reason is Reason.REPORT_REPEATED
        assert await reasons(stage) == {"report_repeated": times}
    assert await standings(stage) == {(*pair, False)}
    assert (await stage.complain(pair[0], task_id)).reason is Reason.REPORT_REPEATED
    assert len(await stage.rows("report")) == 1


async def test_a_complaint_about_the_picture_was_the_one_report(stage: Stage, pair):
    task_id = await stage.solve(*pair)
    await stage.complain(pair[0], task_id)
    assert (await say(stage, pair[0], task_id)).reason is Reason.REPORT_REPEATED


async def test_twice_in_one_batch_the_first_counts(stage: Stage, pair):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    words = [saying(stage, pair[0], task_id, kind) for kind in (COMPLAINT, PRAISE)]
    first, second = await stage.act(report_tokens, *words)
    assert (first, second.reason) == (TokenReported(task_id, ReportState.COUNTED), Reason.REPORT_REPEATED)
    assert await standings(stage) == {(*pair, True)}


async def test_somebody_else_s_task_an_unknown_one_and_an_unfinished_one(stage: Stage, pair):
    stranger = await stage.account()
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    assert (await say(stage, stranger, task_id)).reason is Reason.UNKNOWN_TASK
    assert (await say(stage, pair[0], 987654)).reason is Reason.UNKNOWN_TASK
    open_task = await stage.submit(pair[0], kind=RECAPTCHA_V3)
    assert (await say(stage, pair[0], open_task)).reason is Reason.TASK_UNFINISHED
    assert await reasons(stage) == {"unknown_task": 2, "task_unfinished": 1}
    assert await stage.rows("report") == []


async def test_a_task_that_failed_has_no_token_to_report(stage: Stage, pair):
    account_id, _ = pair
    task_id = await stage.submit(account_id, kind=RECAPTCHA_V3)
    stage.later(1)
    for _ in range(5):
        await stage.hand_out()
        [row] = await stage.rows("work", "worker_id")
        await stage.skip(row["worker_id"], await stage.lease(row["worker_id"]))
        await stage.worker()
    assert (await say(stage, account_id, task_id)).reason is Reason.TASK_FAILED


async def test_reports_of_tasks_that_never_were_fill_no_table(stage: Stage):
    account_id = await stage.account()
    guesses = [saying(stage, account_id, 10_000 + n) for n in range(UNKNOWN_TASKS_KEPT + 5)]
    for guess in guesses:
        await stage.act(report_tokens, guess)
    assert len(await stage.rows("refused_report")) == UNKNOWN_TASKS_KEPT + 1


async def test_a_batch_that_is_tried_again_answers_what_it_did(stage: Stage, pair):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    before = await say(stage, pair[0], task_id)
    assert await say(stage, pair[0], task_id, retried=True) == before
    assert (await say(stage, pair[0], task_id, COMPLAINT, retried=True)).reason is Reason.REPORT_REPEATED


async def test_an_ignored_account_is_told_success_and_changes_nothing(stage: Stage, pair):
    account_id, worker_id = pair
    await say(stage, account_id, await stage.solve(*pair, kind=RECAPTCHA_V3))
    await stage.change(
        "INSERT INTO ignored_reporter (cell, account_id, until, why) VALUES ($1, $2, $3, 'test')", account_id, stage.now
    )
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    await stage.change("UPDATE ignored_reporter SET until = until + interval '1 s' WHERE cell = $1")
    assert await say(stage, account_id, task_id, COMPLAINT) == TokenReported(task_id, ReportState.IGNORED)
    [report] = await stage.rows("report", "state, why", f"task_id = {task_id}")
    assert report == {"state": ReportState.IGNORED, "why": WHY_OUTLIER}
    assert await standings(stage) == {(account_id, worker_id, False)}, "they stay listed"
    praised = await stage.solve(*pair, kind=RECAPTCHA_V3)
    assert (await say(stage, account_id, praised)).state is ReportState.COUNTED, "praise is never ignored"
    stage.later(1)
    again = await stage.solve(*pair, kind=RECAPTCHA_V3)
    assert (await say(stage, account_id, again, COMPLAINT)).state is ReportState.COUNTED


async def test_no_money_moves(stage: Stage, pair):
    task_id = await stage.solve(*pair, kind=RECAPTCHA_V3)
    before = await stage.rows("transfer"), await stage.rows("balance"), await stage.rows("pending_pay")
    await say(stage, pair[0], task_id, COMPLAINT)
    assert (await stage.rows("transfer"), await stage.rows("balance"), await stage.rows("pending_pay")) == before
    assert (await stage.books()).findings == []
