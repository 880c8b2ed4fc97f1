"""Every error that these methods can raise: its number, its exact code, its three members, and status 200."""

import time
from typing import Any

import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.anticaptcha.errors import _ERRORS
from manyeyes.roles.site_checks import end_barred
from manyeyes.tasks import store as tasks
from support import factories, proven_sites, task_lives
from support.anticaptcha_contract import ERROR_CODES, assert_error
from support.in_process_client import Client
from support.task_lives import Life


async def unknown_key(client: Client) -> dict[str, Any]:
    return await factories.call(client, "createTask", clientKey="0" * 32, task=factories.image_task())


async def no_slot(client: Client) -> dict[str, Any]:
    async with client.context.cells.pool(1).acquire() as db:
        await tasks.set_queue(db, 1, capacity=1)
    await factories.submit(client.context, await factories.customer(client.context))
    return await create(client, factories.image_task())


async def too_small(client: Client) -> dict[str, Any]:
    return await create(client, factories.image_task() | {"body": ""})


async def too_big(client: Client) -> dict[str, Any]:
    return await create(client, factories.image_task() | {"body": "A" * 1_100_000})


async def no_balance(client: Client) -> dict[str, Any]:
    return await factories.call(
        client, "createTask", await factories.customer(client.context, "0"), task=factories.image_task()
    )


async def wrong_address(client: Client) -> dict[str, Any]:
    customer = await factories.customer(client.context, addresses=("198.51.100.0/24",))
    return await factories.call(client, "getBalance", customer)


async def unsolvable(client: Client) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    hands = [await factories.hand(client.context) for _ in range(5)]
    now = int(time.time() * 1e6)
    [task_id] = await task_lives.live(client.context, customer, hands, [Life(now, ending="unsolvable")])
    return await factories.call(client, "getTaskResult", customer, taskId=task_id)


async def no_method(client: Client) -> dict[str, Any]:
    return await factories.call(client, "reportIncorrectEverything")


async def no_picture(client: Client) -> dict[str, Any]:
    return await create(client, factories.image_task() | {"body": "A" * 1_000})


async def no_task_of_their(client: Client) -> dict[str, Any]:
    return await factories.call(client, "getTaskResult", await factories.customer(client.context), taskId=7654321)


async def blocked(client: Client) -> dict[str, Any]:
    async with client.context.cells.directory.acquire() as db:
        await accounts.block_network(db, "203.0.113.0/24")
    return await factories.call(client, "getBalance", await factories.customer(client.context))


async def task_absent(client: Client) -> dict[str, Any]:
    return await create(client, {})


async def not_supported(client: Client) -> dict[str, Any]:
    return await create(client, {"type": "NoCaptchaTask", "proxyAddress": "198.51.100.7"})


async def properties(client: Client) -> dict[str, Any]:
    return await create(client, {"type": "ImageToTextTask"})


async def all_filtered(client: Client) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    await proven_sites.add_proven_site(client.context, customer.account_id)
    task = {"type": "HCaptchaTaskProxyless", "websiteURL": "https://shop.example/login", "websiteKey": proven_sites.KEY}
    await factories.filter_a_crowd(client.context, customer, 22)
    return await factories.call(client, "createTask", customer, task=task)


async def suspended(client: Client) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    async with client.context.cells.pool(1).acquire() as db:
        await accounts.set_terms(db, AccountPlace(customer.account_id, "", 1), suspended=True)
    return await factories.call(client, "createTask", customer, task=factories.image_task())


async def token_expired(client: Client) -> dict[str, Any]:
    customer, hand = await factories.customer(client.context), await factories.hand(client.context, queues=(6,))
    await proven_sites.add_proven_site(client.context, customer.account_id)
    task_id = await factories.solve(client.context, customer, hand, proven_sites.TOKEN, **proven_sites.asking())
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '120 s'")
    return await factories.call(client, "getTaskResult", customer, taskId=task_id)


async def site_withdrawn(client: Client) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    await proven_sites.add_proven_site(client.context, customer.account_id)
    submitted = await factories.submit(client.context, customer, **proven_sites.asking())
    withdrawal = WithdrawSite(1, await client.context.id_blocks.take(1), customer.account_id, "shop.example")
    await client.context.batcher.ask(withdraw_sites, withdrawal)
    await end_barred(client.context, 1)
    return await factories.call(client, "getTaskResult", customer, taskId=submitted.task_id)


async def create(client: Client, task) -> dict[str, Any]:
    return await factories.call(client, "createTask", await factories.customer(client.context), task=task)


async def not_the_owner(calm: Client) -> dict[str, Any]:
    return await factories.call(calm, "getAppStats", await factories.customer(calm.context), softId=847)


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
    16: no_task_of_their,
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
async def test_it_is_raised_with_its_own_code(calm: Client, error_id):
    assert_error(await WAYS[error_id](calm), error_id)


def test_our_table_has_these_errors_and_no_other():
    assert {number: code for number, code, _ in _ERRORS.values()} == ERROR_CODES
    assert all(text for _, _, text in _ERRORS.values())


async def test_the_descriptions_that_name_a_fault_name_it(calm: Client):
    assert "Missing property 'body'" in (await properties(calm))["errorDescription"]
    assert "NoCaptchaTask" in (await not_supported(calm))["errorDescription"]
    assert "0 bytes" in (await too_small(calm))["errorDescription"]
