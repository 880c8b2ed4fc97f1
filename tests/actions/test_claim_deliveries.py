"""claim_deliveries: what is due, each to one process at a time, no receiver first for ever."""

from manyeyes.actions.claim_deliveries import ClaimDeliveries, Claimed, claim_deliveries
from manyeyes.actions.shared.notice_mails import News, mail_delivery
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import AT_ONCE, AT_ONCE_PER_RECEIVER, CLAIM_SECONDS
from support.action_stage import Stage
from support.delivery_receivers import ended


async def claimed(stage: Stage, room=AT_ONCE, flying=()) -> list[Claimed]:
    (found,) = await stage.act(claim_deliveries, ClaimDeliveries(stage.cell, room, tuple(flying)))
    return found


async def test_what_is_due_comes_with_all_that_a_try_needs(stage: Stage):
    task_id = await ended(stage, "https://receiver.example/callback?a=1")
    (found,) = await claimed(stage)
    claim = found.claim
    assert (claim.task_id, claim.url, claim.receiver) == (
        *(task_id, "https://receiver.example/callback?a=1", "receiver.example:443"),
    )
    assert (claim.base_url, claim.number, found.generations, found.at) == ("http://here.test", 1, (0,), stage.now)
    assert (found.outcome.task_id, found.outcome.text) == (task_id, "12345")


async def test_what_is_claimed_is_nobody_elses_until_its_time_is_over(stage: Stage):
    await ended(stage, "https://receiver.example/")
    assert len(await claimed(stage)) == 1
    stage.later(CLAIM_SECONDS - 1)
    assert await claimed(stage) == []
    stage.later(1)
    (again,) = await claimed(stage)
    assert again.claim.number == 2


async def test_commands_of_one_batch_share_what_is_due(stage: Stage):
    for _ in range(2):
        await ended(stage, "https://receiver.example/")
    one = ClaimDeliveries(stage.cell, 1)
    first, second, third = await stage.act(claim_deliveries, one, one, one)
    assert [len(first), len(second), len(third)] == [1, 1, 0]
    assert first[0].claim.task_id != second[0].claim.task_id


async def test_a_receiver_with_much_due_leaves_room_for_the_others(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for n in range(2 * AT_ONCE_PER_RECEIVER + 3):
        await stage.solve(account_id, worker_id, callback_url=f"https://busy.example/{n}")
    await stage.solve(account_id, worker_id, callback_url="https://other.example/")
    await stage.solve(account_id, worker_id, callback_url="https://another.example/")
    found = await claimed(stage)
    receivers = [each.claim.receiver for each in found]
    assert receivers.count("busy.example:443") == AT_ONCE_PER_RECEIVER
    assert {"other.example:443", "another.example:443"} < set(receivers)
    flying = [(account_id, "busy.example:443")] * AT_ONCE_PER_RECEIVER
    assert await claimed(stage, flying=flying) == []
    assert len(await claimed(stage, flying=flying[1:])) == 1


async def test_nothing_due_is_nothing(stage: Stage):
    assert await claimed(stage) == []
    await stage.solve(await stage.account(), await stage.worker())
    assert await claimed(stage) == []


async def test_mail_of_one_account_does_not_hold_up_the_others(stage: Stage):
    many, other = await stage.account(), await stage.account()
    async with stage.transaction() as tx:
        rows = [mail_delivery(n, News(many if n < 40 else other, "job.stuck", 1), "a@shop.example") for n in range(41)]
        await webhooks.insert_deliveries(tx, stage.now, stage.cell, rows)
    accounts = [each.claim.account_id for each in await claimed(stage)]
    assert accounts == [many, many, other]
