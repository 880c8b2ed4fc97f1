"""forget_tasks: past its account's keep a task's answer, picture and words go; figures and names stay."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from manyeyes.actions import forget_tasks as sweep
from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.claim_deliveries import ClaimDeliveries, claim_deliveries
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.forget_tasks import ForgetTasks, forget_tasks
from manyeyes.actions.note_deliveries import NoteDelivery, note_deliveries
from manyeyes.actions.replay_deliveries import ReplayDeliveries, replay_deliveries
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import ImageOptions
from manyeyes.webhooks.rules import TryResponse
from support import proven_sites
from support.action_stage import Stage

DAY = 86_400
WORDS: dict[str, Any] = {
    "options": ImageOptions(comment="the name on my letter", case=False),
    "website_url": "https://private.example/7",
    "external_id": "letter-7",
}


async def swept(stage: Stage, readable_seconds: int = 300) -> int:
    """Forget until nothing is due, and return how many tasks were looked at."""
    total = 0
    while count := (await stage.act(forget_tasks, ForgetTasks(stage.cell, readable_seconds)))[0]:
        total += count
    return total


async def keep(stage: Stage, account_id: int, days: int) -> None:
    """Let an account keep its answers for so many days."""
    await stage.act(change_account_terms, ChangeAccountTerms(cell=stage.cell, account_id=account_id, keep_days=days))


async def kept(stage: Stage) -> set[int]:
    """Return the tasks whose pictures are stored."""
    return {row["task_id"] for row in await stage.rows("blob", "task_id")}


async def test_all_private_things_go_and_all_figures_stay(stage: Stage):
    customer, author = await stage.account(), await stage.worker()
    task_id = await stage.solve(customer, author, **WORDS, callback_url="")
    stage.later(90 * DAY - 1)
    before = await stage.everything()
    assert await swept(stage) == 0
    assert await stage.everything() == before
    stage.later(2)
    assert await swept(stage) == 1
    after = await stage.everything()
    assert after["blob"] == []
    assert "letter" not in str(after).replace("letter-7", "")
    assert "private" not in str(after)
    (task,), (result,) = after["task"], after["result"]
    assert (task["external_id"], task["kind"]) == ("letter-7", "image_to_text")
    assert (result["answer"], result["kept"], result["charged_micros"]) == (None, False, 700)
    asked = (await stage.read(history.questions, stage.cell, [task_id]))[task_id]
    assert not asked.kept
    assert msgspec.json.decode(asked.options, type=ImageOptions) == ImageOptions(case=False)
    for table in ("transfer", "usage_minute", "balance", "wallet", "queue_minute"):
        assert after[table] == before[table]
    assert (await stage.books()).difference_micros == 0
    assert await swept(stage) == 0


async def test_who_keeps_nothing_can_still_fetch_the_answer_for_five_minutes_and_complain(stage: Stage):
    customer, other, author = await stage.account(), await stage.account(), await stage.worker()
    await keep(stage, customer, 0)
    gone, stays = await stage.solve(customer, author), await stage.solve(other, author)
    stage.later(359)
    assert await swept(stage) == 0
    (found,) = await stage.read(tasks.progress, stage.cell, [(customer, gone)])
    assert found.text == "12345"
    stage.later(2)
    assert await swept(stage) == 1
    assert await kept(stage) == {stays}
    again = await stage.solve(customer, author)
    stage.later(400)
    assert await swept(stage, readable_seconds=3_600) == 0
    assert await kept(stage) == {stays, again}


async def test_what_waits_is_kept_however_old_and_what_nobody_solved_is_forgotten_too(stage: Stage):
    customer = await stage.account()
    await keep(stage, customer, 0)
    waiting = await stage.submit(customer, life_seconds=30 * DAY)
    overdue = await stage.submit(customer, life_seconds=60)
    stage.later(29 * DAY)
    await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
    stage.later(400)
    assert await kept(stage) == {waiting, overdue}
    assert await swept(stage) == 1
    assert await kept(stage) == {waiting}


async def test_a_complaint_and_an_appeal_keep_their_evidence_until_they_are_decided(stage: Stage):
    customer, author = await stage.account(), await stage.worker()
    await keep(stage, customer, 0)
    task_id, plain = await stage.solve(customer, author), await stage.solve(customer, author)
    await stage.complain(customer, task_id)
    stage.later(400)
    assert await swept(stage) == 2
    assert await kept(stage) == {task_id}
    assert (await stage.rows("result", "task_id", "NOT kept")) == [{"task_id": plain}]
    await stage.judge("confirm", "confirm")
    await stage.act(file_appeals, FileAppeal(cell=stage.cell, worker_id=author, task_id=task_id, words="I was right"))
    stage.later(600)
    assert await swept(stage) == 1
    assert await kept(stage) == {task_id}
    await stage.act(decide_appeals, DecideAppeal(cell=stage.cell, task_id=task_id, accepted=True))
    assert await swept(stage) == 0
    stage.later(600)
    assert await swept(stage) == 1
    assert await kept(stage) == set()
    assert await stage.rows("kept_longer") == []
    assert (await stage.books()).difference_micros == 0


async def test_an_answer_that_is_still_to_be_told_is_kept_and_one_that_is_gone_is_not_sent_again(stage: Stage):
    customer, author = await stage.account(), await stage.worker()
    await keep(stage, customer, 0)
    task_id = await stage.solve(customer, author, callback_url="https://receiver.example/")
    stage.later(400)
    assert await swept(stage) == 1
    assert await kept(stage) == {task_id}
    ((claimed,),) = await stage.act(claim_deliveries, ClaimDeliveries(cell=stage.cell, room=3))
    noted: dict[str, Any] = {"task_id": task_id, "claim": claimed.claim.number, "milliseconds": 9, "chance": 0.5}
    await stage.act(note_deliveries, NoteDelivery(cell=stage.cell, answer=TryResponse(status=410), **noted))
    replay = ReplayDeliveries(cell=stage.cell, account_id=customer, task_id=task_id)
    stage.later(600)
    assert await swept(stage) == 1
    assert await kept(stage) == set()
    assert await stage.act(replay_deliveries, replay) == [[]]


async def test_many_of_many_accounts_go_in_portions_that_a_kill_cannot_tear(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweep, "TASKS_AT_ONCE", 2)
    monkeypatch.setattr(sweep, "ACCOUNTS_AT_ONCE", 2)
    author = await stage.worker()
    customers = [await stage.account() for _ in range(5)]
    for customer in customers:
        await keep(stage, customer, 0)
    solved = []
    for n in range(15):
        solved.append(await stage.solve(customers[n % 5], author))
        stage.later(n % 2)
    stage.later(400)
    counts = []
    while True:
        try:
            async with stage.transaction() as tx:
                await forget_tasks(tx, stage.now, [ForgetTasks(stage.cell)])
                raise InterruptedError
        except InterruptedError:
            pass
        (count,) = await stage.act(forget_tasks, ForgetTasks(stage.cell))
        if not count:
            break
        counts.append(count)
    assert sum(counts) == len(solved)
    assert max(counts) <= 4
    assert await kept(stage) == set()


async def test_a_longer_keep_counts_from_now_on_and_a_shorter_one_for_what_is_there(stage: Stage):
    customer, author = await stage.account(), await stage.worker()
    first = await stage.solve(customer, author)
    stage.later(2 * DAY)
    second = await stage.solve(customer, author)
    await keep(stage, customer, 1)
    assert await swept(stage) == 1
    assert await kept(stage) == {second}
    await keep(stage, customer, 3_650)
    stage.later(1_000 * DAY)
    assert await swept(stage) == 0
    assert await stage.rows("result", "task_id", "kept") == [{"task_id": second}]
    assert await stage.rows("result", "task_id", "NOT kept") == [{"task_id": first}]


async def test_a_token_goes_with_the_address_that_it_was_for(stage: Stage):
    customer, author = await stage.account(), await stage.worker(6)
    await proven_sites.open_on(stage)
    await proven_sites.site(stage, customer, "shop.example")
    task_id = await stage.submit(customer, **proven_sites.asking())
    await stage.hand_out(6)
    await stage.answer(author, await stage.lease(author), proven_sites.TOKEN)
    stage.now += timedelta(days=91)
    assert await swept(stage) == 1
    (task,) = await stage.rows("task", "options, website_url", f"task_id = {task_id}")
    assert msgspec.json.decode(task["options"])["website_url"] == task["website_url"] == ""
