"""A client key with fewer scopes opens no more elsewhere than over /v1, and signs nobody in (docs/decisions/0048)."""

import msgspec
import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_key
from manyeyes.accounts.store import KeyOwner
from support import factories
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client
from support.traces_left import look

OWN = {"origin": "http://manyeyes.test"}
WANTED = {
    "createTask": "tasks:write",
    "getTaskResult": "tasks:read",
    "getBalance": "money:read",
    "getSpendingStats": "money:read",
    "reportIncorrectImageCaptcha": "tasks:write",
}
SCOPES = ("tasks:read", "tasks:write", "money:read", "webhooks")


async def narrowed(client: Client, *scopes: str) -> factories.Customer:
    """Return a customer whose key has these scopes alone."""
    customer, key = await factories.customer(client.context), new_key()
    async with client.context.cells.directory.acquire() as db:
        await accounts.insert_key(db, digest(key), KeyOwner(1, customer.account_id, (), scopes))
    return msgspec.structs.replace(customer, key=key)


@pytest.mark.parametrize(("method", "scope"), WANTED.items())
async def test_a_method_wants_its_scope_and_nothing_else(client: Client, method: str, scope: str):
    body = {"task": factories.image_task()} if method == "createTask" else {"taskId": 7}
    without = await narrowed(client, *(each for each in SCOPES if each != scope))
    before = await look(client.context)
    assert_error(await factories.call(client, method, without, **body), 58)
    assert await look(client.context) == before
    alone = await factories.call(client, method, await narrowed(client, scope), **body)
    assert alone["errorId"] == (0 if method in ("createTask", "getBalance", "getSpendingStats") else 16)


async def test_only_a_key_with_all_scopes_signs_in(client: Client):
    for n in range(len(SCOPES) + 1):
        key = (await narrowed(client, *SCOPES[:n])).key
        assert (await client.post("/login", headers=OWN, data={"key": key})).status_code == (303 if n == 4 else 403)
