"""What is sent to a callbackUrl: the result as getTaskResult gives it, signed, sent again until it is taken."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.shared.task_endings import EndedWork, end_tasks
from manyeyes.anticaptcha.task_results import callback_body
from manyeyes.tasks.rules import Ending, wire_id
from manyeyes.tasks.store import TaskOutcome
from manyeyes.webhooks.rules import DeliveryState, secret, shown_secret
from manyeyes.webhooks.store import rotate
from support.action_stage import LIFE_SECONDS, Stage
from support.delivery_receivers import KEY, LINKS, Post, address, body_of, ended, headers_of, json_of, only, receiver


@pytest.fixture
def post(stage: Stage) -> Post:
    return Post(stage)


async def test_a_solved_task_is_told_at_once_with_its_id_and_its_pictures_address(stage: Stage, post: Post):
    async with receiver() as heard:
        task_id = await ended(stage, address(heard), ip="203.0.113.7")
        await post.go()
    (request,) = heard.requests
    told = json_of(request)
    url = told["solution"].pop("url")
    assert told == {
        "errorId": 0,
        "status": "ready",
        "solution": {"text": "12345"},
        "cost": "0.000700",
        "ip": "203.0.113.7",
        "createTime": int(stage.now.timestamp()),
        "endTime": int(stage.now.timestamp()),
        "solveCount": 1,
        "taskId": wire_id(task_id),
    }
    assert url.startswith("http://here.test/pictures/")
    assert request.startswith(b"POST /callback HTTP/1.1\r\n")
    assert headers_of(request)["content-type"] == "application/json"
    row = await only(post)
    assert (row["state"], row["tries"], row["last_status"], row["last_fault"]) == (DeliveryState.DELIVERED, 1, 200, "")
    assert [(t["n"], t["status"], t["fault"]) for t in await post.tries()] == [(1, 200, "")]


async def test_the_signature_is_that_of_the_account(stage: Stage, post: Post):
    async with receiver() as heard:
        await ended(stage, address(heard))
        await post.go()
    (request,) = heard.requests
    account_id = (await only(post))["account_id"]
    mine, others = (shown_secret(secret(KEY, stage.cell, a, 0)) for a in (account_id, account_id + 1))
    assert Webhook(mine).verify(body_of(request), headers_of(request)) == json_of(request)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(others).verify(body_of(request), headers_of(request))
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(mine).verify(body_of(request).replace(b"12345", b"12346"), headers_of(request))


async def test_for_a_day_after_a_rotation_both_secrets_sign(stage: Stage, post: Post):
    async with receiver() as heard:
        await ended(stage, address(heard))
        account_id = (await only(post))["account_id"]
        async with stage.transaction() as tx:
            await rotate(tx, stage.cell, account_id, 0)
        await post.go()
    (request,) = heard.requests
    for generation in (0, 1):
        known = shown_secret(secret(KEY, stage.cell, account_id, generation))
        assert Webhook(known).verify(body_of(request), headers_of(request))
    await stage.change("UPDATE webhook_rotation SET rotated_at = rotated_at - interval '2 days' WHERE cell = $1")
    async with receiver() as heard:
        await stage.solve(account_id, await stage.worker(), callback_url=address(heard))
        await post.go()
    (request,) = heard.requests
    assert " " not in headers_of(request)["webhook-signature"]


async def test_a_task_that_failed_is_told_as_the_error_envelope(stage: Stage, post: Post):
    async with receiver() as heard:
        account_id = await stage.account()
        unsolvable = await stage.submit(account_id, callback_url=address(heard))
        for _ in range(5):
            worker_id = await stage.worker()
            await stage.hand_out()
            await stage.skip(worker_id, await stage.lease(worker_id))
            await stage.go(worker_id)
        await post.go()
        unanswered = await stage.submit(account_id, callback_url=address(heard))
        stage.later(LIFE_SECONDS)
        await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
        await post.go()
    first, second = map(json_of, heard.requests)
    assert (first["taskId"], second["taskId"]) == (wire_id(unsolvable), wire_id(unanswered))
    for told in (first, second):
        assert set(told) == {"errorId", "errorCode", "errorDescription", "taskId"}
        assert (told["errorId"], told["errorCode"]) == (12, "ERROR_CAPTCHA_UNSOLVABLE")
    assert first["errorDescription"] == "The task could not be solved by 5 different workers"
    assert second["errorDescription"] == "The task's time ran out: nobody tried it; it is not charged"


async def test_a_task_that_too_few_tried_says_how_many_did(stage: Stage, post: Post):
    async with receiver() as heard:
        await stage.submit(await stage.account(), callback_url=address(heard))
        worker_id = await stage.worker()
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id))
        await stage.go(worker_id)
        stage.later(LIFE_SECONDS)
        await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell))
        await post.go()
    (told,) = map(json_of, heard.requests)
    assert told["errorDescription"] == "The task's time ran out: only 1 worker tried it; it is not charged"


async def test_a_task_without_an_address_is_told_to_nobody(stage: Stage, post: Post):
    await stage.solve(await stage.account(), await stage.worker())
    await post.go()
    assert await post.deliveries() == []


async def test_an_end_that_is_undone_is_told_to_nobody(stage: Stage, post: Post):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id, callback_url="http://receiver.example/")
    await stage.hand_out()
    answer = stage.answering(worker_id, await stage.lease(worker_id))
    async with stage.pool.acquire() as tx:
        undone = tx.transaction()
        await undone.start()
        await answer_tasks(tx, stage.now, [answer])
        assert await tx.fetchval("SELECT count(*) FROM delivery") == 1
        await undone.rollback()
    assert await post.deliveries() == []


CODES = {
    Ending.SOLVED: 0,
    Ending.UNSOLVABLE: 12,
    Ending.UNANSWERED: 12,
    Ending.BARRED: 57,
    Ending.CANCELLED: 12,
    Ending.NO_PICTURE: 12,
}


@pytest.mark.parametrize("ending", Ending)
async def test_every_ending_is_told(stage: Stage, post: Post, ending):
    account_id, worker_id = await stage.account(), await stage.worker()
    async with receiver() as heard:
        await stage.submit(account_id, callback_url=address(heard))
        await stage.hand_out()
        (work,) = await stage.desk(worker_id)
        async with stage.transaction() as tx:
            await end_tasks(tx, stage.now, stage.cell, [EndedWork(work, ending, "12345")])
        await post.go()
    (request,) = heard.requests
    assert json_of(request)["errorId"] == CODES[ending]
    assert json_of(request)["taskId"] == wire_id(work.task_id)


@pytest.mark.parametrize(
    ("queue_id", "age", "told"),
    [
        (6, 5.0, {"solution": {"gRecaptchaResponse": "03AG"}}),
        (22, 5.0, {"solution": {"gRecaptchaResponse": "03AG"}}),
        (27, 5.0, {"solution": {"token": "03AG"}}),
        (6, 121.0, {"errorId": 34, "errorCode": "ERROR_TOKEN_EXPIRED"}),
    ],
)
def test_a_token_is_told_while_it_is_good(queue_id, age, told):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    outcome = TaskOutcome(
        task_id=7,
        account_id=1,
        queue_id=queue_id,
        ip="203.0.113.7",
        created_at=at,
        ended_at=at,
        ending=Ending.SOLVED,
        text="03AG",
        media="",
        solve_count=1,
        charged_micros=2_000,
        age_seconds=age,
    )
    found = json.loads(callback_body(LINKS, 1, outcome, ""))
    assert {name: found[name] for name in told} == told
    assert found["taskId"] == 7
