"""manyeyes webhook, and account webhook-secret: what became of call-backs, and sending them again."""

import asyncpg
import pytest
from standardwebhooks import Webhook

from manyeyes.tasks.rules import wire_id
from support.action_stage import set_stage
from support.delivery_receivers import Post, address, body_of, headers_of, receiver
from support.loopback_servers import Heard, http


async def webhook_key(pool: asyncpg.Pool) -> bytes:
    return bytes(await pool.fetchval("SELECT value FROM secret WHERE name = 'webhooks' AND sealed_by IS NULL"))


@pytest.fixture
def told(dsn, ann, run_async):
    """Let tasks of Ann's end and be told; returns their wire ids and what came to the receiver."""

    async def tell(*replies) -> tuple[list[int], Heard]:
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
        stage = await set_stage(pool)
        stage._number = 1_000
        worker_id = await stage.worker()
        async with receiver(*replies) as heard:
            count = max(1, len(replies))
            tasks = [await stage.solve(ann["account_id"], worker_id, callback_url=address(heard)) for _ in range(count)]
            for _ in range(count):  # one after the other, so that each gets its own reply
                await Post(stage, key=await webhook_key(pool)).go()
        await pool.close()
        return [wire_id(task_id) for task_id in tasks], heard

    return lambda *replies: run_async(tell(*replies))


def test_list_and_show_tell_what_became_of_them(manyeyes, told):
    (task,), _ = told(http(status="503 Busy"))
    (row,) = manyeyes("webhook", "list", "Ann", "--json").json["deliveries"]
    assert (row["task_id"], row["state"], row["tries"], row["last_status"]) == (task, "waiting", 1, 503)
    assert row["next_try_at"]
    assert manyeyes("webhook", "list", "Ann", "--failed", "--json").json["deliveries"] == []
    log = manyeyes("webhook", "show", task, "--json").json
    assert log["delivery"] == row
    assert [(t["status"], t["fault"]) for t in log["tries"]] == [(503, "the receiver answered 503")]
    shown = manyeyes("webhook", "show", task, "--account", "Ann").out
    assert "the receiver answered 503" in shown
    assert "waiting, 1 try\n" in shown
    assert str(task) in manyeyes("webhook", "list", "Ann").out


def test_replay_sends_one_again_or_all_that_were_given_up(manyeyes, told):
    gone = http(status="410 Gone")
    tasks, _ = told(gone, gone, http())
    assert {d["state"] for d in manyeyes("webhook", "list", "Ann", "--failed", "--json").json["deliveries"]} == {
        "given_up"
    }
    assert manyeyes("webhook", "replay", "--failed", "--account", "Ann", "--json").json == {"replayed": 2}
    states = [d["state"] for d in manyeyes("webhook", "list", "Ann", "--json").json["deliveries"]]
    assert sorted(states) == ["delivered", "waiting", "waiting"]
    assert manyeyes("webhook", "replay", tasks[0], "--json").json == {"replayed": 1}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        *[(["show", "7"], "no result"), (["replay", "7"], "no result"), (["replay"], "either a task or --failed")],
        *[
            (["replay", "7", "--failed"], "either"),
            (["replay", "--failed"], "--account"),
            (["list", "Bob"], "no account"),
        ],
        (["show", "7", "--account", "Ann"], "no result"),
        *[(["list", "Ann", "--limit", n], "from 1 to 200") for n in ("0", "-5", "201")],
    ],
    ids=str,
)
def test_what_is_not_there_is_said(manyeyes, ann, wrong, why):
    assert why in manyeyes("webhook", *wrong).complaint


def test_the_secret_verifies_and_a_rotation_keeps_the_old_one_for_a_day(manyeyes, told):
    first = manyeyes("account", "webhook-secret", "Ann", "--json").json
    assert first["previous"] is None
    assert manyeyes("account", "webhook-secret", "Ann").out.strip() == first["secret"]
    rotated = manyeyes("account", "webhook-secret", "Ann", "--rotate", "--json").json
    assert rotated["previous"] == first["secret"] != rotated["secret"]
    assert "(previous)" in manyeyes("account", "webhook-secret", "Ann").out
    _, heard = told()
    (request,) = heard.requests
    for known in (first["secret"], rotated["secret"]):
        assert Webhook(known).verify(body_of(request), headers_of(request))["errorId"] == 0
