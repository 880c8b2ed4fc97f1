"""Receivers that are away, slow, hostile or moved: nothing is lost, nobody else waits, and each says why."""

import asyncio
from datetime import timedelta

import pytest

from manyeyes.outbound.resolver import SystemResolver
from manyeyes.outbound.rules import LONGEST_DETAIL
from manyeyes.webhooks.rules import AT_ONCE_PER_RECEIVER, CLAIM_SECONDS, MOST_TRIES, DeliveryState
from support.action_stage import Stage
from support.delivery_receivers import Post, address, body_of, ended, ids, only, receiver
from support.hostile_peers import endless, peer
from support.loopback_servers import Names, http

DAY = 86_400
DELIVERED, GIVEN_UP, WAITING = DeliveryState.DELIVERED, DeliveryState.GIVEN_UP, DeliveryState.WAITING


@pytest.fixture
def post(stage: Stage) -> Post:
    return Post(stage)


async def test_a_receiver_that_is_down_for_two_days_gets_it_once_it_is_back(stage: Stage, post: Post):
    begin = stage.now
    async with receiver() as heard:
        port = heard.port
    await ended(stage, f"http://receiver.example:{port}/callback")
    while (await only(post))["next_at"] < begin + timedelta(days=2):
        stage.now = (await only(post))["next_at"]
        await post.go()
    assert (await only(post))["tries"] == MOST_TRIES - 2
    assert all(t["status"] == 0 and "receiver.example" in t["fault"] for t in await post.tries())
    async with receiver(port=port) as heard:
        await post.pass_time_until_closed()
        stage.later(10 * DAY)
        await post.go()
    assert len(heard.requests) == 1
    assert (await only(post))["state"] == DELIVERED
    assert stage.now - begin < timedelta(days=14)


async def test_the_tenth_failure_gives_it_up_and_it_stays_visible(stage: Stage, post: Post):
    begin = stage.now
    async with receiver(http(status="500 Internal Server Error")) as heard:
        await ended(stage, address(heard))
        assert await post.pass_time_until_closed() == MOST_TRIES
        stage.later(5 * DAY)
        await post.go()
    assert len(heard.requests) == MOST_TRIES
    assert len(set(ids(heard))) == 1
    row = await only(post)
    assert (row["state"], row["tries"], row["last_status"]) == (GIVEN_UP, MOST_TRIES, 500)
    assert row["last_fault"] == "the receiver answered 500"
    assert 3 * DAY < (row["closed_at"] - begin).total_seconds() < 3.3 * DAY
    assert [t["n"] for t in await post.tries()] == [*range(1, MOST_TRIES + 1)]


async def test_429_waits_as_long_as_the_receiver_asks(stage: Stage, post: Post):
    busy = http(status="429 Too Many Requests", retry_after="3600")
    async with receiver(busy, http(status="204 No Content")) as heard:
        await ended(stage, address(heard))
        await post.go()
        stage.later(3_599)
        await post.go()
        assert len(heard.requests) == 1
        stage.later(1)
        await post.go()
    assert len(heard.requests) == 2
    assert (await only(post))["state"] == DELIVERED


async def test_410_gives_it_up_at_once(stage: Stage, post: Post):
    async with receiver(http(status="410 Gone")) as heard:
        await ended(stage, address(heard))
        await post.go()
        stage.later(5 * DAY)
        await post.go()
    assert len(heard.requests) == 1
    assert (await only(post))["state"] == GIVEN_UP


async def test_a_redirect_is_not_followed_wherever_it_leads(stage: Stage, post: Post):
    async with receiver() as inside:
        for location in ("http://169.254.169.254/latest/meta-data/", address(inside)):
            async with receiver(http(status="302 Found", location=location)) as heard:
                task_id = await ended(stage, address(heard))
                await post.go()
                assert len(heard.requests) == 1
            (row,) = await stage.rows("delivery", where=f"task_id = {task_id}")
            assert (row["state"], row["last_status"]) == (WAITING, 302)
            assert "redirects are not followed" in row["last_fault"]
    assert inside.requests == []


async def test_a_receiver_that_hangs_is_left_after_the_time_limit(stage: Stage):
    post = Post(stage, seconds=0.2)

    async def hang(reader, writer) -> None:
        await asyncio.sleep(60)

    async with receiver(hang) as heard:
        await ended(stage, address(heard))
        await post.go()
    row = await only(post)
    assert (row["state"], row["tries"], row["last_status"]) == (WAITING, 1, 0)
    assert "took more than 0.2 s" in row["last_fault"]


async def test_a_name_that_leads_inside_is_tried_again_since_names_change(stage: Stage):
    names = Names({"receiver.example": [["10.0.0.7"], ["127.0.0.1"]]})
    post = Post(stage, names)
    async with receiver() as heard:
        await ended(stage, address(heard))
        await post.go()
        assert heard.requests == []
        row = await only(post)
        assert (row["state"], row["last_status"]) == (WAITING, 0)
        assert "10.0.0.7 is not a public address" in row["last_fault"]
        await post.pass_time_until_closed()
    assert len(heard.requests) == 1


async def test_a_name_that_rebinds_is_looked_up_once_a_try_and_called_where_it_was_judged(stage: Stage):
    """The first answer is judged and called; a second look-up, which would lead elsewhere, is never made."""
    names = Names({"receiver.example": [["127.0.0.1"], ["169.254.169.254"]]})
    post = Post(stage, names)
    async with receiver() as heard:
        await ended(stage, address(heard))
        await post.go()
    assert (len(heard.requests), names.asked) == (1, ["receiver.example"])
    assert (await only(post))["state"] == DELIVERED


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "10.0.0.7"])
async def test_an_address_that_is_private_itself_is_given_up_at_once(stage: Stage, host):
    post = Post(stage, SystemResolver(), allowed=())
    await ended(stage, f"http://{host}:8080/callback")
    await post.go()
    row = await only(post)
    assert (row["state"], row["tries"]) == (GIVEN_UP, 1)
    assert "not a public address" in row["last_fault"]


@pytest.mark.parametrize("url", ["http://user:secret@receiver.example/", "http://127.1/", "https://[", "http://a:25/"])
async def test_an_address_that_nobody_can_call_is_given_up_with_the_reason(stage: Stage, post: Post, url):
    await ended(stage, url)
    await post.go()
    row = await only(post)
    assert row["state"] == GIVEN_UP
    assert row["last_fault"]


async def test_what_is_claimed_by_a_process_that_died_is_sent_again_with_the_same_id(stage: Stage, post: Post):
    """The reply came, but the process was gone before it was noted."""
    async with receiver() as heard:
        await ended(stage, address(heard))
        dying = Post(stage)
        dying.forgets = True
        await dying.go()
        assert len(heard.requests) == 1
        await post.go()
        assert len(heard.requests) == 1
        stage.later(CLAIM_SECONDS)
        await post.go()
    assert len(heard.requests) == 2
    assert len(set(ids(heard))) == 1
    assert body_of(heard.requests[0]) == body_of(heard.requests[1])
    assert (await only(post))["tries"] == 1


async def test_several_processes_share_the_work_and_try_each_delivery_once(stage: Stage):
    posts = [Post(stage) for _ in range(4)]
    async with receiver() as heard:
        account_id, worker_id = await stage.account(), await stage.worker()
        for n in range(30):
            await stage.solve(account_id, worker_id, callback_url=address(heard, f"/{n}"))
        await asyncio.gather(*[post.go() for post in posts])
    assert len(heard.requests) == len(set(ids(heard))) == 30
    assert {row["state"] for row in await posts[0].deliveries()} == {DELIVERED}


async def test_a_receiver_that_hangs_holds_up_nobody_else(stage: Stage, post: Post):
    release = asyncio.Event()

    async def hang(reader, writer) -> None:
        await release.wait()
        writer.write(http())

    async with receiver(hang) as slow, receiver() as quick:
        account_id, worker_id = await stage.account(), await stage.worker()
        for n in range(30):
            await stage.solve(account_id, worker_id, callback_url=address(slow, f"/{n}"))
        going = asyncio.create_task(post.go())
        while len(slow.requests) < AT_ONCE_PER_RECEIVER:  # noqa: ASYNC110 (the receiver tells by no event)
            await asyncio.sleep(0.01)
        await stage.solve(account_id, worker_id, callback_url=address(quick))
        await post.sender.deliver(stage.cell)
        while not quick.requests:  # noqa: ASYNC110 (likewise)
            await asyncio.sleep(0.01)
        assert len(slow.requests) == AT_ONCE_PER_RECEIVER
        release.set()
        await going
        await post.go()
    assert len(slow.requests) == 30


async def test_a_receiver_that_promises_a_reply_for_ever_is_a_failed_try(stage: Stage, post: Post):
    with peer(endless(b"HTTP/1.1 100 Continue\r\n\r\n")) as port:
        await ended(stage, f"http://receiver.example:{port}/callback")
        await post.go()
    row = await only(post)
    assert (row["state"], row["tries"]) == (WAITING, 1)
    assert "a reply will come" in row["last_fault"]


async def test_a_result_that_cannot_be_rendered_is_a_failed_try_and_not_a_loop(stage: Stage, post: Post):
    def broken(*_) -> None:
        raise RuntimeError("no")

    post.sender._body_of = broken
    await ended(stage, "http://receiver.example/")
    await post.go()
    row = await only(post)
    assert (row["state"], row["tries"], row["last_fault"]) == (WAITING, 1, "a fault of ours; it is in the log")


async def test_a_retry_after_that_no_machine_number_holds_is_noted_like_any_failure(stage: Stage, post: Post):
    hostile = http(status="503 Service Unavailable", retry_after="1 Jan 99999999999 1:1:1")
    async with receiver(hostile) as heard:
        await ended(stage, address(heard))
        await post.go()
    row = await only(post)
    assert (row["state"], row["tries"], row["last_status"]) == (WAITING, 1, 503)


async def test_what_a_receiver_sends_does_not_fill_the_log(stage: Stage, post: Post):
    async with receiver(b"HTTP/1.1 200 OK\r\n" + b"x" * 60_000 + b"\r\n\r\n") as heard:
        await ended(stage, address(heard))
        await post.go()
    row = await only(post)
    assert row["tries"] == 1
    assert "Invalid header token" in row["last_fault"]
    assert len(row["last_fault"]) <= LONGEST_DETAIL
