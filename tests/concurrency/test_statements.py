"""What call-backs, soft apps and counted skips cost tasks that have none of them: not one statement."""

import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.skip_tasks import SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.workers.rules import SkipReason
from support.action_stage import Stage

PLAIN: dict[str, str] = {}
TOLD, SHARED = {"callback_url": "https://receiver.example/"}, {"soft_id": 847, "share_percent": 10}


async def statements(stage: Stage, action, *commands) -> list[str]:
    """Return the first words of what one batch asked the database."""
    asked: list[str] = []
    async with stage.pool.acquire() as tx, tx.transaction():
        with tx.query_logger(lambda record: asked.append(" ".join(record.query.split()[:3]))):
            await action(tx, stage.now, commands)
    return [words for words in asked if "jit" not in words and "typeinfo" not in words]  # the driver's own


async def of_an_end(stage: Stage, **given) -> list[str]:
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id, **given)
    await stage.hand_out()
    asked = await statements(stage, answer_tasks, stage.answering(worker_id, await stage.lease(worker_id)))
    await stage.go(worker_id)
    return asked


async def test_an_end_asks_more_only_when_there_is_more_to_write(stage: Stage):
    plain = await of_an_end(stage, **PLAIN)
    assert "INSERT INTO result" in plain
    assert not {"INSERT INTO delivery", "INSERT INTO app_day"} & set(plain)
    assert sorted(await of_an_end(stage, **TOLD)) == sorted([*plain, "INSERT INTO delivery"])
    assert sorted(await of_an_end(stage, **SHARED)) == sorted([*plain, "INSERT INTO app_day"])
    assert len(await of_an_end(stage, **TOLD, **SHARED)) == len(plain) + 2


@pytest.mark.parametrize("given", [TOLD, SHARED], ids=["told", "shared"])
async def test_submitting_asks_the_same_whatever_a_task_has(stage: Stage, given):
    account_id = await stage.account()
    plain = await statements(stage, submit_tasks, stage.submitting(account_id))
    assert await statements(stage, submit_tasks, stage.submitting(account_id, **given)) == plain


async def test_skips_of_a_batch_are_counted_by_one_statement_and_none_by_none(stage: Stage):
    account_id = await stage.account()
    people = [await stage.worker() for _ in range(4)]
    for _ in people:
        await stage.submit(account_id)
    await stage.hand_out()
    skips = [SkipTask(stage.cell, each, await stage.lease(each), SkipReason.OTHER) for each in people]
    asked = [words for words in await statements(stage, skip_tasks, *skips) if words == "INSERT INTO skip_day"]
    assert len(asked) == 1
    assert [row["skips"] for row in await stage.rows("skip_day", "skips")] == [1, 1, 1, 1]
    assert not [words for words in await statements(stage, skip_tasks, *skips) if words == "INSERT INTO skip_day"]
