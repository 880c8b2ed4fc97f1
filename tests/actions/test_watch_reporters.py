"""watch_reporters: who reports far more tokens as incorrect than the others is ignored for three days."""

from datetime import timedelta

import pytest

from manyeyes.actions.watch_reporters import WatchReporters, watch_reporters
from manyeyes.reports.rules import ReportKind
from support.action_stage import Stage

DAY, THREE_DAYS = 86_400, 3 * 86_400
QUEUE = 18


async def watch(stage: Stage) -> tuple[int, ...]:
    return (await stage.act(watch_reporters, WatchReporters(stage.cell)))[0]


async def usage(stage: Stage, account_id, tasks, queue_id=QUEUE, seconds_ago=0) -> None:
    """Let an account have been charged for tasks."""
    minute = int((stage.now - timedelta(seconds=seconds_ago)).timestamp()) // 60
    await stage.change(
        "INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros) "
        "VALUES ($1, $2, $3, $4, 0, '', $5, 0)",
        *(account_id, minute, queue_id, tasks),
    )


async def reports(
    stage: Stage, account_id, count, kind=ReportKind.TOKEN_INCORRECT, queue_id=QUEUE, seconds_ago=0
) -> None:
    """Let an account have reported so many tokens."""
    await stage.change(
        "INSERT INTO report (cell, task_id, account_id, queue_id, worker_id, kind, state, ended_at, filed_at) "
        "SELECT $1, $7::bigint * 1000 + n, $2, $4, 1, $5, 4, $6, $6 FROM generate_series(1, $3::int) AS n",
        *(account_id, count, queue_id, int(kind), stage.now - timedelta(seconds=seconds_ago), stage.number()),
    )


@pytest.fixture
async def others(stage: Stage) -> None:
    await usual_reports(stage)


async def usual_reports(stage: Stage) -> None:
    """Six accounts that report between 8 and 12 of 100 tasks, as is usual (docs/contracts/anticaptcha.md#outliers)."""
    for account_id, count in zip(range(1, 7), (8, 9, 10, 10, 11, 12), strict=True):
        await usage(stage, account_id, 100)
        await reports(stage, account_id, count)


async def test_one_who_suddenly_reports_everything_is_ignored_for_three_days(stage: Stage, others):
    await usage(stage, 50, 120)
    await reports(stage, 50, 120)
    assert await watch(stage) == (50,)
    [row] = await stage.rows("ignored_reporter")
    assert (row["account_id"], row["until"] - stage.now) == (50, timedelta(days=3))
    assert "120 of 120" in row["why"]
    assert await watch(stage) == (), "told once"
    assert [r["until"] for r in await stage.rows("ignored_reporter", "until")] == [row["until"]]


async def test_the_usual_share_passes(stage: Stage, others):
    await usage(stage, 50, 1_000)
    await reports(stage, 50, 130)
    assert await watch(stage) == ()


async def test_fewer_than_a_hundred_tasks_of_a_day_are_not_judged(stage: Stage, others):
    await usage(stage, 50, 99)
    await usage(stage, 50, 500, seconds_ago=DAY + 60)
    await usage(stage, 50, 500, queue_id=1)
    await reports(stage, 50, 99)
    assert await watch(stage) == ()
    await usage(stage, 50, 1, queue_id=QUEUE, seconds_ago=60)
    assert await watch(stage) == (50,)


async def test_reports_of_yesterday_and_praise_do_not_count(stage: Stage, others):
    await usage(stage, 50, 120)
    await reports(stage, 50, 120, seconds_ago=DAY + 1)
    await reports(stage, 50, 120, ReportKind.TOKEN_CORRECT)
    assert await watch(stage) == ()


async def test_complaints_about_pictures_do_not_count(stage: Stage, others):
    await usage(stage, 50, 120)
    await reports(stage, 50, 120, ReportKind.IMAGE_INCORRECT)
    assert await watch(stage) == ()


async def test_after_three_days_it_is_judged_anew(stage: Stage, others):
    await usage(stage, 50, 120)
    await reports(stage, 50, 120)
    await watch(stage)
    stage.later(THREE_DAYS)
    assert await watch(stage) == (), "nobody has reported anything lately"
    await usual_reports(stage)
    await usage(stage, 50, 120)
    await reports(stage, 50, 30)
    assert await watch(stage) == (50,)
    assert "30 of 120" in (await stage.rows("ignored_reporter"))[0]["why"]


async def test_an_ignored_account_is_none_of_the_others(stage: Stage, others):
    """Else one who reports everything would hide the next one."""
    for account_id in (50, 51):
        await usage(stage, account_id, 120)
        await reports(stage, account_id, 120)
    assert await watch(stage) == (), "each hides the other"
    await stage.change(
        "INSERT INTO ignored_reporter (cell, account_id, until, why) VALUES ($1, 50, $2, 'test')",
        stage.now + timedelta(seconds=1),
    )
    assert await watch(stage) == (51,)


async def test_nothing_happens_where_nobody_reports(stage: Stage):
    assert await watch(stage) == ()
