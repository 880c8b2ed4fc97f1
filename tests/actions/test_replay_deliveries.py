"""replay_deliveries: what was given up or delivered is sent again, with all its tries before it."""

import pytest

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions import replay_deliveries as module
from manyeyes.actions.replay_deliveries import ReplayDeliveries, replay_deliveries
from manyeyes.actions.shared.repeated_calls import KEY_REUSED
from manyeyes.webhooks.rules import MOST_TRIES, MOST_TRIES_EVER, DeliveryState
from support.action_stage import Stage
from support.delivery_receivers import Post, address, ended, ids, receiver
from support.loopback_servers import http


@pytest.fixture
def post(stage: Stage) -> Post:
    return Post(stage)


async def test_what_was_given_up_is_sent_again_with_the_same_id_and_ten_more_tries(stage: Stage, post: Post):
    async with receiver(http(status="500 No")) as heard:
        task_id = await ended(stage, address(heard))
        await post.pass_time_until_closed()
        (row,) = await post.deliveries()
        command = ReplayDeliveries(stage.cell, row["account_id"], task_id)
        assert await stage.act(replay_deliveries, command) == [[task_id]]
        assert await post.pass_time_until_closed() == MOST_TRIES
    assert len(heard.requests) == 2 * MOST_TRIES
    assert len(set(ids(heard))) == 1
    (row,) = await post.deliveries()
    assert (row["state"], row["tries"]) == (DeliveryState.GIVEN_UP, 2 * MOST_TRIES)
    assert [t["n"] for t in await post.tries()] == [*range(1, 2 * MOST_TRIES + 1)]


async def test_what_was_delivered_may_be_sent_again(stage: Stage, post: Post):
    async with receiver() as heard:
        task_id = await ended(stage, address(heard))
        await post.go()
        (row,) = await post.deliveries()
        await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, row["account_id"], task_id))
        await post.go()
    assert len(heard.requests) == 2
    assert len(set(ids(heard))) == 1


async def test_a_result_is_sent_a_hundred_times_at_most(stage: Stage, post: Post):
    """One paid task must not let a customer call somebody's address without end."""
    async with receiver() as heard:
        task_id = await ended(stage, address(heard))
        await post.go()
        (row,) = await post.deliveries()
        command = ReplayDeliveries(stage.cell, row["account_id"], task_id)
        async with stage.transaction() as tx:
            await tx.execute("UPDATE delivery SET tries = $1 WHERE cell = 1", MOST_TRIES_EVER - 1)
        assert await stage.act(replay_deliveries, command) == [[task_id]]
        await post.go()
        assert await stage.act(replay_deliveries, command) == [[]]
        await post.go()
    assert len(heard.requests) == 2


async def test_a_call_that_comes_again_sends_nothing_again(stage: Stage, post: Post):
    key, other = CallKey(b"k" * 32, b"one" * 8), CallKey(b"k" * 32, b"two" * 8)
    async with receiver() as heard:
        task_id = await ended(stage, address(heard))
        await post.go()
        (row,) = await post.deliveries()
        command = ReplayDeliveries(stage.cell, row["account_id"], task_id, key=key)
        reused = ReplayDeliveries(stage.cell, row["account_id"], task_id, key=other)
        assert await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, row["account_id"], 99, key=key)) == [[]]
        for _ in range(2):
            assert await stage.act(replay_deliveries, command) == [[task_id]]
            await post.go()
        assert await stage.act(replay_deliveries, reused) == [KEY_REUSED]
    assert len(heard.requests) == 2, "the first time, and once again"


async def test_nobody_replays_what_is_not_theirs(stage: Stage, post: Post):
    task_id = await ended(stage, "https://receiver.example/")
    before = await post.deliveries()
    others = ReplayDeliveries(stage.cell, await stage.account(), task_id)
    nothing = ReplayDeliveries(stage.cell, before[0]["account_id"], task_id + 1)
    assert await stage.act(replay_deliveries, others, nothing) == [[], []]
    assert await post.deliveries() == before


async def test_all_that_was_given_up_is_replayed_page_by_page(stage: Stage, post: Post, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_REPLAY", 2)
    account_id, worker_id = await stage.account(), await stage.worker()
    async with receiver(http(status="410 Gone")) as gone, receiver() as fine:
        told = [await stage.solve(account_id, worker_id, callback_url=address(gone)) for _ in range(3)]
        await stage.solve(account_id, worker_id, callback_url=address(fine))
        await stage.go(worker_id)
        others = await ended(stage, address(gone))
        await post.go()
    (first,) = await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, account_id))
    assert isinstance(first, list)
    (second,) = await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, account_id, after=first[-1]))
    assert (first, second) == (told[:2], told[2:])
    states = {row["task_id"]: row["state"] for row in await post.deliveries()}
    assert {states[task_id] for task_id in told} == {DeliveryState.WAITING}
    assert states[others] == DeliveryState.GIVEN_UP


async def test_a_number_that_no_task_has_means_none_of_them(stage: Stage, post: Post):
    async with receiver(http(status="410 Gone")) as gone:
        await ended(stage, address(gone))
        await post.go()
    (before,) = await post.deliveries()
    assert await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, before["account_id"], 0)) == [[]]
    assert await post.deliveries() == [before]


async def test_what_cannot_be_sent_again_does_not_end_the_pages(stage: Stage, post: Post, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_REPLAY", 2)
    account_id, worker_id = await stage.account(), await stage.worker()
    async with receiver(http(status="410 Gone")) as gone:
        told = [await stage.solve(account_id, worker_id, callback_url=address(gone)) for _ in range(5)]
        await post.go()
    async with stage.transaction() as tx:
        await tx.execute("UPDATE delivery SET tries = $2 WHERE cell = 1 AND task_id = $1", told[0], MOST_TRIES_EVER)
        await tx.execute("UPDATE result SET kept = false WHERE cell = 1 AND task_id = $1", told[2])
    (first,) = await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, account_id))
    assert first == [told[1], told[3]]
    assert await stage.act(replay_deliveries, ReplayDeliveries(stage.cell, account_id, after=told[3])) == [[told[4]]]
