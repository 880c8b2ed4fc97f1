"""What once needed the command line: a payout for somebody who cannot ask, results sent again, chosen training sets."""

from pathlib import Path

import pytest

from manyeyes.roles.payouts import requests_of
from manyeyes.roles.practising import queue_training
from manyeyes.settings import Settings
from manyeyes.webhooks.rules import DeliveryState
from support import factories
from support.action_stage import set_stage
from support.browser_visits import customer_subject, link
from support.house_visits import OWN_PAGE, hidden, led_to, send, sign_in
from support.in_process_client import Client
from support.loopback_servers import http
from support.paid_people import earn
from support.practising import gold
from support.tried_callbacks import told

BANK = "Ada Lovelace, DE02 1203 4321"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, smallest_payout="0.0005")


async def test_a_payout_is_asked_for_once_for_whoever_cannot_ask(client: Client):
    hand = await factories.hand(client.context)
    worker = hand.worker.worker_id
    await earn(await set_stage(client.context.cells.directory), worker, 3)
    await sign_in(client)
    path = f"/operator/workers/{worker}"
    key = hidden((await client.get(path)).text, "key")
    for fields, words in (
        ({"amount": "1", "details": BANK}, "There is less than that to be paid out."),
        ({"amount": "0.0001", "details": BANK}, "less than the smallest amount"),
        ({"amount": "much", "details": BANK}, "Write an amount like 10.00"),
        ({"amount": "0.001", "details": ""}, "in at most 500 characters where it goes"),
    ):
        refused = await send(client, f"{path}/payout", key=key, **fields)
        assert (refused.status_code, words in refused.text) == (422, True), fields
    assert await requests_of(client.context, worker) == []
    for _ in range(2):
        asked = await send(client, f"{path}/payout", key=key, amount="", details=BANK)
        assert led_to(asked) == f"{path}?notice=payout_asked"
    (request,) = await requests_of(client.context, worker)
    assert (request.amount_micros, request.shown) == (1_500, "…4321")
    assert "payout.ask" in (await client.get("/operator/audit?who=operator")).text
    assert (await send(client, "/operator/workers/4711/payout", amount="", details=BANK)).status_code == 404


async def test_all_that_was_given_up_is_sent_again(client: Client):
    customer = await factories.customer(client.context)
    await told(client.context, customer.account_id, http(status="410 Gone"), http(status="410 Gone"), http())
    await sign_in(client)
    path = f"/operator/accounts/{customer.account_id}"
    assert "Send all again that were given up" in (await client.get(f"{path}/work")).text
    assert led_to(await send(client, f"{path}/resend", failed="yes")) == f"{path}/work?notice=resent_all"
    rows = await client.context.cells.directory.fetch("SELECT state FROM delivery WHERE state = 2")
    assert rows == []
    other = await factories.customer(client.context)
    path = f"/operator/accounts/{other.account_id}"
    assert led_to(await send(client, f"{path}/resend", failed="yes")) == f"{path}/work?notice=nothing_resent"


@pytest.mark.parametrize("number", ["0", "", "one", "9999999999", "1" + "0" * 30])
async def test_a_number_that_no_task_has_sends_nothing_again(client: Client, number: str):
    customer = await factories.customer(client.context)
    await told(client.context, customer.account_id, http(status="410 Gone"))
    key = {"authorization": f"Bearer {customer.key}"}
    assert (await client.post(f"/v1/webhooks/{number}/replay", headers=key)).status_code == 404
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN_PAGE)
    assert led_to(await send(client, "/customer/callbacks/replay", task_id=number)) == "/customer/callbacks"
    await sign_in(client)
    path = f"/operator/accounts/{customer.account_id}"
    assert led_to(await send(client, f"{path}/resend", task=number)) == f"{path}/work?notice=refused"
    rows = await client.context.cells.directory.fetch("SELECT state FROM delivery")
    assert [row["state"] for row in rows] == [DeliveryState.GIVEN_UP]


async def test_a_training_set_is_made_of_chosen_tasks_in_their_order(client: Client):
    stage = await set_stage(client.context.cells.directory)
    first, second, third = await gold(stage, 3)
    await sign_in(client)
    path = "/operator/queues/1"
    for tasks, words in (("one, two", "Write whole numbers with commas between them."), ("4711", "4711")):
        refused = await send(client, f"{path}/training", items="10", tasks=tasks, pass_mark="0.8")
        assert (refused.status_code, words in refused.text, f'value="{tasks}"' in refused.text) == (422, True, True)
    made = await send(client, f"{path}/training", items="10", tasks=f"{third}, {first}", pass_mark="0.8")
    assert led_to(made) == f"{path}?notice=changed"
    (found,) = await queue_training(client.context, 1)
    assert found.training is not None
    assert (found.training.task_ids, second in found.training.task_ids) == ((third, first), False)
    shown = (await client.get("/operator/people/1")).text
    assert (f'href="{path}#training-title"' in shown, "manyeyes queue" in shown) == (True, False)
