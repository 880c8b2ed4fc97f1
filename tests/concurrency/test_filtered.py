"""A worker whose token an account reported gets no more of its tokens for an hour, or comes last; reports that race."""

import pytest

from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.report_tokens import ReportToken, TokenReported, report_tokens
from manyeyes.allow_list.rules import STANDING_SECONDS, FilterTerms
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_KINDS, RECAPTCHA_V3, TOKEN_KINDS
from manyeyes.values.refusals import Reason
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage
from support.races import race


async def current(stage: Stage, worker_id) -> int | None:
    desk = await stage.desk(worker_id)
    return desk[0].task_id if desk else None


async def test_a_filtered_worker_gets_no_token_of_that_account(stage: Stage):
    await stage.crowd()
    account_id, other = await stage.account(), await stage.account()
    filtered = await stage.worker()
    task_id = await stage.submit(account_id, kind=RECAPTCHA_V3)
    await stage.think(account_id, filtered, filtered=True)
    assert await stage.hand_out() == ()
    foreign = await stage.submit(other, kind=RECAPTCHA_V3)
    assert await stage.hand_out() == (filtered,)
    assert await current(stage, filtered) == foreign, "they are not stuck behind what they may not have"
    somebody = await stage.worker()
    assert await stage.hand_out() == (somebody,)
    assert await current(stage, somebody) == task_id


async def test_a_filtered_worker_gets_no_token_queued_on_their_desk_nor_by_stealing(stage: Stage):
    await stage.crowd(4)
    account_id, other = await stage.account(), await stage.account()
    filtered, busy = await stage.worker(), await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    for _ in range(2):
        await stage.submit(other, kind=RECAPTCHA_V3)
    await stage.hand_out()
    task_id = await stage.submit(account_id, kind=RECAPTCHA_V3)
    await stage.hand_out()
    assert [work.task_id for work in await stage.desk(busy)][1:] == [task_id]
    assert len(await stage.desk(filtered)) == 1
    await stage.answer(filtered, await stage.lease(filtered))
    assert await stage.hand_out() == ()
    assert not await stage.desk(filtered)


async def test_pictures_are_never_filtered(stage: Stage):
    account_id, filtered = await stage.account(), await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    await stage.submit(account_id)
    assert await stage.hand_out() == (filtered,)


async def test_the_filter_ends_with_its_hour(stage: Stage):
    await stage.crowd()
    account_id, filtered = await stage.account(), await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    await stage.go(filtered)
    await stage.submit(account_id, kind=HCAPTCHA)
    await stage.come(filtered)
    stage.later(STANDING_SECONDS - 0.001)
    assert await stage.hand_out() == ()
    stage.later(0.001)
    assert await stage.hand_out() == (filtered,)


async def test_one_who_may_not_and_one_who_would_not_hide_nothing_behind_the_head(stage: Stage):
    """The head is as long as there are workers: tasks that each of them is out for must not fill it."""
    await stage.crowd()
    account_id, other = await stage.account(), await stage.account()
    picky = await stage.worker()
    for _ in range(3):
        await stage.submit(account_id, kind=RECAPTCHA_V3)
        await stage.hand_out()
        await stage.skip(picky, await stage.lease(picky), SkipReason.OTHER)
    filtered = await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    behind = [await stage.submit(other, kind=RECAPTCHA_V3) for _ in range(2)]
    await stage.hand_out()
    await stage.hand_out()
    assert {await current(stage, w) for w in (picky, filtered)} == set(behind)


@pytest.mark.parametrize("_", range(5))
async def test_two_reports_on_one_task_through_two_methods_race_and_one_wins(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id, kind=RECAPTCHA_V3)
    words = [
        ReportToken(cell=stage.cell, account_id=account_id, task_id=task_id, kind=kind, takes=RECAPTCHA_KINDS)
        for kind in (ReportKind.TOKEN_CORRECT, ReportKind.TOKEN_INCORRECT)
    ]
    outcomes = [o for (o,) in await race(stage, *[(report_tokens, [word]) for word in words])]
    won = [isinstance(outcome, TokenReported) for outcome in outcomes]
    assert sorted(won) == [False, True]
    assert outcomes[won.index(False)].reason is Reason.REPORT_REPEATED
    [report] = await stage.rows("report", "kind")
    [row] = await stage.rows("standing", "filtered")
    assert report["kind"] == words[won.index(True)].kind
    assert row["filtered"] is (report["kind"] == ReportKind.TOKEN_INCORRECT), "the loser said nothing"


@pytest.mark.parametrize("_", range(5))
async def test_words_of_two_processes_on_many_workers_meet_no_dead_lock(stage: Stage, _):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(4)]
    tasks = []
    for _ in range(2):
        tasks += [await stage.submit(account_id, kind=RECAPTCHA_V3) for _ in workers]
        await stage.hand_out()
        for worker_id in workers:
            await stage.answer(worker_id, await stage.lease(worker_id))
    praise = [
        ReportToken(cell=stage.cell, account_id=account_id, task_id=t, kind=ReportKind.TOKEN_CORRECT, takes=TOKEN_KINDS)
        for t in tasks
    ]
    await race(stage, (report_tokens, praise[:4]), (report_tokens, praise[:3:-1]), (hand_out, [HandOut(stage.cell, 1)]))
    assert len(await stage.rows("report")) == 8
    assert {row["worker_id"] for row in await stage.rows("standing")} == set(workers)


async def test_where_nobody_else_is_they_get_it(stage: Stage):
    account_id, lone = await stage.account(), await stage.worker()
    await stage.solve(account_id, lone, kind=RECAPTCHA_V3)
    await stage.think(account_id, lone, filtered=True)
    task_id = await stage.submit(account_id, kind=RECAPTCHA_V3)
    assert await stage.hand_out() == (lone,)
    assert await current(stage, lone) == task_id
    behind = await stage.submit(account_id, kind=RECAPTCHA_V3)
    await stage.hand_out()
    assert [work.task_id for work in await stage.desk(lone)] == [task_id, behind], "the next one is there as well"


@pytest.mark.parametrize(("others", "gets"), [(4, True), (5, False)])
async def test_they_come_last_while_fewer_than_five_others_are_there(stage: Stage, others, gets):
    account_id, filtered = await stage.account(), await stage.worker()
    await stage.crowd(others)
    await stage.think(account_id, filtered, filtered=True)
    await stage.submit(account_id, kind=RECAPTCHA_V3)
    assert await stage.hand_out() == ((filtered,) if gets else ())


@pytest.mark.parametrize(("seconds", "gets"), [(599.999, False), (600, True)])
@pytest.mark.parametrize("offline", [True, False])
async def test_others_count_for_ten_minutes_after_they_left(stage: Stage, seconds, gets, offline):
    account_id, others = await stage.account(), [await stage.worker() for _ in range(5)]
    for worker_id in others:
        await stage.go(worker_id, offline=offline)
    stage.later(seconds)
    filtered = await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    await stage.submit(account_id, kind=RECAPTCHA_V3)
    assert await stage.hand_out() == ((filtered,) if gets else ())


async def test_others_of_another_queue_do_not_count(stage: Stage):
    account_id, filtered = await stage.account(), await stage.worker()
    await stage.crowd(5, 2)
    await stage.think(account_id, filtered, filtered=True)
    await stage.submit(account_id, kind=RECAPTCHA_V3)
    assert await stage.hand_out() == (filtered,)


async def test_they_come_after_everybody_else(stage: Stage):
    account_id, filtered = await stage.account(), await stage.worker()
    stage.later(9)
    other = await stage.worker()
    await stage.think(account_id, filtered, filtered=True)
    first, second, third = [await stage.submit(account_id, kind=RECAPTCHA_V3) for _ in range(3)]
    assert set(await stage.hand_out()) == {filtered, other}
    assert (await current(stage, other), await current(stage, filtered)) == (first, second)
    await stage.answer(filtered, await stage.lease(filtered))
    await stage.hand_out()
    assert [work.task_id for work in await stage.desk(other)] == [first, third], "the other one has room for it"
    assert await current(stage, filtered) is None
    stage.later(2)
    await stage.hand_out()
    assert await current(stage, filtered) == third, "who asks does not wait for who is busy for ever"


async def test_the_number_of_others_and_the_time_are_settings(stage: Stage):
    account_id, filtered = await stage.account(), await stage.worker()
    await stage.crowd(2)
    await stage.think(account_id, filtered, filtered=True)
    await stage.submit(account_id, kind=RECAPTCHA_V3)
    for terms, expected in ((FilterTerms(0), ()), (FilterTerms(2), ()), (FilterTerms(3), (filtered,))):
        [handed] = await stage.act(hand_out, HandOut(stage.cell, 1, terms=terms))
        assert handed.worker_ids == expected
