"""Gold on desks: by lot, once for each person, like any task, paid by the house (docs/decisions/0062)."""

from datetime import timedelta

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.lay_gold import LayGold, lay_gold
from manyeyes.dispatch.rules import Purpose, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, LIFE_SECONDS, PAY, Stage
from support.laid_aside import UNDO_SECONDS, back, settle
from support.laid_aside import lay as lay_aside

TRUTH = "12345"


async def gold_queue(stage: Stage, items: int = 1, share: float = 0.2) -> int:
    """Make ended tasks with truths, answered by somebody else; return the account."""
    account_id, other = await stage.account(), await stage.worker()
    for _ in range(items):
        await stage.solve(account_id, other, truth=TRUTH)
    await stage.go(other)
    await stage.change("UPDATE queue SET gold_share = $2 WHERE $1::int > 0 AND queue_id = 1", share)
    return account_id


async def busy_worker(stage: Stage, account_id: int, waiting: int = 4) -> int:
    """Return a worker who answered one task and has two more, while others wait."""
    worker_id = await stage.worker()
    for _ in range(waiting):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.answer(worker_id, await stage.lease(worker_id))
    await fill(stage)
    return worker_id


async def fill(stage: Stage) -> None:
    await stage.hand_out()
    await stage.hand_out()


async def lay(stage: Stage, seed: bytes = b"s") -> tuple[int, ...]:
    (laid,) = await stage.act(lay_gold, LayGold(stage.cell, seed))
    return laid


async def lay_surely(stage: Stage, worker_id: int) -> Work:
    """Draw with one seed after the other until gold is laid; each time as if nothing had been drawn."""
    for n in range(200):
        if await lay(stage, b"%d" % n):
            (gold,) = [work for work in await stage.desk(worker_id) if work.purpose is Purpose.GOLD]
            return gold
        await stage.change("DELETE FROM gold_draw WHERE cell = $1")
    raise AssertionError("no lot says gold")


async def until_gold(stage: Stage, worker_id: int) -> Work:
    """Answer what lies before the gold."""
    while (work := (await stage.desk(worker_id))[0]).purpose is not Purpose.GOLD:
        assert isinstance(await stage.answer(worker_id, stage.lease_of(work)), Answered)
    return work


async def test_gold_lies_behind_the_rest_and_is_as_any_task(stage: Stage):
    account_id = await gold_queue(stage)
    worker_id = await busy_worker(stage, account_id)
    before = await stage.desk(worker_id)
    gold = await lay_surely(stage, worker_id)
    assert [work.task_id for work in await stage.desk(worker_id)] == [*(w.task_id for w in before), gold.task_id]
    for name in ("queue_id", "pay_micros", "lease_seconds", "kind", "options", "media", "question_id", "lease"):
        assert getattr(gold, name) == getattr(before[1], name), name
    assert (gold.state, gold.price_micros, gold.account_id) == (WorkState.QUEUED, 0, 0)
    assert len(str(gold.task_id)) == 6
    assert gold.created_at == stage.now
    assert await lay(stage) == (), "one lot for each answer, and one piece at a time"
    assert (await stage.books()).findings == []


async def test_an_answer_to_gold_is_paid_and_tells_no_customer(stage: Stage):
    account_id = await gold_queue(stage)
    worker_id = await busy_worker(stage, account_id)
    await lay_surely(stage, worker_id)
    gold = await until_gold(stage, worker_id)
    spent, ended = await stage.available(account_id), await stage.rows("result")
    usage = await stage.rows("usage_minute")
    outcome = await stage.answer(worker_id, stage.lease_of(gold), "99")
    assert isinstance(outcome, Answered)
    assert outcome.earned_micros == PAY
    repeated = await stage.answer(worker_id, stage.lease_of(gold), "99")
    assert isinstance(repeated, Answered)
    assert await stage.available(account_id) == spent
    assert (await stage.rows("result"), await stage.rows("usage_minute")) == (ended, usage)
    (answer,) = await stage.rows("answer")
    assert (answer["answer_id"], answer["is_right"], answer["purpose"]) == (gold.task_id, False, Purpose.GOLD)
    (pending,) = await stage.rows("pending_pay", where=f"task_id = {gold.task_id}")
    assert (pending["due_at"] - stage.now).total_seconds() == 60
    (piece,) = await stage.rows("evidence")
    assert (piece["worker_id"], piece["truth"], piece["given"], piece["source"]) == (worker_id, TRUTH, "99", "gold")
    assert (await stage.books()).findings == []


async def test_nobody_gets_what_they_had_before(stage: Stage):
    account_id = await gold_queue(stage)
    worker_id = await busy_worker(stage, account_id, 8)
    await lay_surely(stage, worker_id)
    gold = await until_gold(stage, worker_id)
    await stage.skip(worker_id, stage.lease_of(gold), SkipReason.UNREADABLE)
    assert gold.task_id not in {row["task_id"] for row in await stage.rows("work")}, "skipped gold is gone"
    for n in range(50):
        await stage.change("DELETE FROM gold_draw WHERE cell = $1")
        assert await lay(stage, b"%d" % n) == ()


async def test_who_answered_the_task_itself_never_gets_it_as_gold(stage: Stage):
    account_id, author = await stage.account(), await stage.worker()
    await stage.solve(account_id, author, truth=TRUTH)
    for _ in range(3):
        await stage.submit(account_id)
    await fill(stage)
    for n in range(50):
        await stage.change("DELETE FROM gold_draw WHERE cell = $1")
        assert await lay(stage, b"%d" % n) == ()


async def test_lapsed_and_left_gold_vanishes(stage: Stage):
    account_id = await gold_queue(stage, 2)
    worker_id = await busy_worker(stage, account_id)
    gold = await lay_surely(stage, worker_id)
    await stage.go(worker_id)
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 0
    await stage.come(worker_id)
    await fill(stage)
    await stage.answer(worker_id, await stage.lease(worker_id))
    await fill(stage)
    other = await lay_surely(stage, worker_id)
    assert other.of_task != gold.of_task
    stage.later(LEASE_SECONDS * 4)
    await stage.return_lapsed()
    assert not [row for row in await stage.rows("work") if row["purpose"] == Purpose.GOLD]
    (session,) = await stage.rows("session", where=f"worker_id = {worker_id}")
    assert session["held"] == 0
    assert (await stage.books()).findings == []


async def test_gold_that_is_laid_aside_may_come_back_so_nobody_gets_another(stage: Stage):
    account_id = await gold_queue(stage, items=2, share=0.5)
    worker_id = await busy_worker(stage, account_id, 8)
    await lay_surely(stage, worker_id)
    gold = await until_gold(stage, worker_id)
    await lay_aside(stage, worker_id, stage.lease_of(gold), TRUTH)
    await fill(stage)
    for n in range(50):
        await stage.change("DELETE FROM gold_draw WHERE cell = $1")
        assert await lay(stage, b"%d" % n) == ()
    assert not isinstance(await back(stage, worker_id, stage.lease_of(gold)), Refusal)
    assert [work.purpose for work in await stage.desk(worker_id)].count(Purpose.GOLD) == 1
    await lay_aside(stage, worker_id, stage.lease_of(gold), TRUTH)
    stage.later(UNDO_SECONDS)
    await settle(stage)
    await fill(stage)
    assert (await lay_surely(stage, worker_id)).of_task != gold.of_task, "when it is settled, they may"
    assert (await stage.books()).findings == []


async def test_gold_waits_for_its_task_to_end_and_for_others_to_wait(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.solve(account_id, worker_id)
    await stage.submit(account_id, truth=TRUTH, life_seconds=LIFE_SECONDS)
    await stage.crowd(1)
    for n in range(50):
        await stage.change("DELETE FROM gold_draw WHERE cell = $1")
        assert await lay(stage, b"%d" % n) == ()


async def test_gold_behind_long_leases_is_there_when_they_come_to_it(stage: Stage):
    """It was had by being laid, so taken away unseen it would be lost for them."""
    account_id = await gold_queue(stage)
    worker_id = await busy_worker(stage, account_id)
    await stage.change("UPDATE work SET lease_seconds = 1200 WHERE cell = $1 AND worker_id = $2", worker_id)
    current, *_ = await stage.desk(worker_id)
    until = stage.now + timedelta(seconds=1200)
    set_lease = "UPDATE work SET lease_until = $2 WHERE cell = $1 AND task_id = $3"
    await stage.change(set_lease, until, current.task_id)
    gold = await lay_surely(stage, worker_id)
    for _ in range(11):
        stage.later(100)
        await stage.return_lapsed()
    assert gold.task_id in [work.task_id for work in await stage.desk(worker_id)]
    stage.later(101)
    await stage.return_lapsed()
    assert await stage.desk(worker_id) == [], "of somebody who lets a lease run out all goes back"
