"""Every error that these methods can raise: its number, its exact code, its three members, and status 200."""

import time

import pytest
from contract import ERROR_CODES, assert_error

import lives
import make
import proven
from lives import Life
from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import Place
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.anticaptcha.errors import _ERRORS
from manyeyes.desk import WorkerDesk
from manyeyes.site_checks import end_barred
from manyeyes.tasks import store as tasks


async def unknown_key(client):
    return await make.call(client, "createTask", clientKey="0" * 32, task=make.image_task())


async def no_slot(client):
    async with client.house.cells.pool(1).acquire() as db:
        await tasks.set_queue(db, 1, capacity=1)
    await make.submit(client.house, await make.customer(client.house))
    return await create(client, make.image_task())


async def too_small(client):
    return await create(client, make.image_task() | {"body": ""})


async def too_big(client):
    return await create(client, make.image_task() | {"body": "A" * 1_100_000})


async def no_balance(client):
    return await make.call(client, "createTask", await make.customer(client.house, "0"), task=make.image_task())


async def wrong_address(client):
    customer = await make.customer(client.house, addresses=("198.51.100.0/24",))
    return await make.call(client, "getBalance", customer)


async def unsolvable(client):
    customer = await make.customer(client.house)
    hands = [await make.hand(client.house) for _ in range(5)]
    now = int(time.time() * 1e6)
    [task_id] = await lives.live(client.house, customer, hands, [Life(now, ending="unsolvable")])
    return await make.call(client, "getTaskResult", customer, taskId=task_id)


async def no_method(client):
    return await make.call(client, "reportIncorrectEverything")


async def no_picture(client):
    return await create(client, make.image_task() | {"body": "A" * 1_000})


async def no_task_of_his(client):
    return await make.call(client, "getTaskResult", await make.customer(client.house), taskId=7654321)


async def blocked(client):
    async with client.house.cells.directory.acquire() as db:
        await accounts.block_network(db, "203.0.113.0/24")
    return await make.call(client, "getBalance", await make.customer(client.house))


async def task_absent(client):
    return await create(client, {})


async def not_supported(client):
    return await create(client, {"type": "NoCaptchaTask"})


async def properties(client):
    return await create(client, {"type": "ImageToTextTask"})


async def all_filtered(client):
    customer, hand = await make.customer(client.house), await make.hand(client.house, queues=(22,))
    await proven.house_site(client.house, customer.account_id)
    task = {"type": "HCaptchaTaskProxyless", "websiteURL": "https://shop.example/login", "websiteKey": proven.KEY}
    created = await make.call(client, "createTask", customer, task=task)
    desk, lease = WorkerDesk(client.house), await make.taken(client.house, hand)
    await desk.answer(hand.worker, lease.lease, proven.TOKEN)
    await make.call(client, "reportIncorrectHcaptcha", customer, taskId=created["taskId"])
    return await make.call(client, "createTask", customer, task=task)


async def suspended(client):
    customer = await make.customer(client.house)
    async with client.house.cells.pool(1).acquire() as db:
        await accounts.set_terms(db, Place(customer.account_id, "", 1), suspended=True)
    return await make.call(client, "createTask", customer, task=make.image_task())


async def token_expired(client):
    customer, hand = await make.customer(client.house), await make.hand(client.house, queues=(6,))
    await proven.house_site(client.house, customer.account_id)
    task_id = await make.solve(client.house, customer, hand, proven.TOKEN, **proven.asking())
    async with client.house.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '120 s'")
    return await make.call(client, "getTaskResult", customer, taskId=task_id)


async def site_withdrawn(client):
    customer = await make.customer(client.house)
    await proven.house_site(client.house, customer.account_id)
    submitted = await make.submit(client.house, customer, **proven.asking())
    withdrawal = WithdrawSite(1, await client.house.serials.take(1), customer.account_id, "shop.example")
    await client.house.gather.ask(withdraw_sites, withdrawal)
    await end_barred(client.house, 1)
    return await make.call(client, "getTaskResult", customer, taskId=submitted.task_id)


async def create(client, task):
    return await make.call(client, "createTask", await make.customer(client.house), task=task)


async def not_the_owner(calm):
    return await make.call(calm, "getAppStats", await make.customer(calm.house), softId=847)


WAYS = {
    1: unknown_key,
    2: no_slot,
    3: too_small,
    4: too_big,
    10: no_balance,
    11: wrong_address,
    12: unsolvable,
    14: no_method,
    15: no_picture,
    16: no_task_of_his,
    21: blocked,
    22: task_absent,
    23: not_supported,
    24: properties,
    34: token_expired,
    54: all_filtered,
    55: suspended,
    57: site_withdrawn,
    58: not_the_owner,
}


@pytest.mark.parametrize("error_id", ERROR_CODES)
async def test_it_is_raised_with_its_own_code(calm, error_id):
    assert_error(await WAYS[error_id](calm), error_id)


def test_our_table_has_these_errors_and_no_other():
    assert {number: code for number, code, _ in _ERRORS.values()} == ERROR_CODES
    assert all(text for _, _, text in _ERRORS.values())


async def test_the_descriptions_that_name_a_fault_name_it(calm):
    assert "Missing property 'body'" in (await properties(calm))["errorDescription"]
    assert "NoCaptchaTask" in (await not_supported(calm))["errorDescription"]
    assert "0 bytes" in (await too_small(calm))["errorDescription"]
