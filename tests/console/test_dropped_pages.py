"""Pages say of a task whose month was dropped that it is no longer kept, and statements that entries are summed up."""

from test_customer_pages import OWN

from manyeyes.actions.submit_tasks import Submitted
from support import factories
from support.browser_visits import customer_subject, link
from support.house_visits import sign_in
from support.in_process_client import Client
from support.sealed_months import drop_one


async def test_pages_say_that_a_task_is_no_longer_kept(client: Client):
    customer = await factories.customer(client.context)
    submitted = await factories.submit(client.context, customer)
    assert isinstance(submitted, Submitted)
    number = submitted.task_id
    await drop_one(client.context, customer.cell, number)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    page = await client.get(f"/customer/tasks/{number}")
    assert page.status_code == 410
    assert "This task is no longer kept" in page.text
    assert (await client.get(f"/customer/tasks/{number + 1}")).status_code == 404
    await client.post("/customer/logout", headers=OWN)
    await sign_in(client)
    found = await client.get("/operator/tasks", params={"q": str(number)})
    assert "The task is no longer kept: of its month there are only the sums." in found.text
    found = await client.get("/operator/tasks", params={"q": str(number + 1)})
    assert "There is no task with this number." in found.text


async def test_a_statement_lists_dropped_tasks_by_the_second(client: Client):
    customer = await factories.customer(client.context)
    async with client.context.cells.pool(customer.cell).acquire() as db:
        await db.execute(
            "INSERT INTO dropped_charge VALUES ($1, $2, '2024-01-15T12:00:07Z', 1, 0, '', 3, 2100)",
            customer.cell,
            customer.account_id,
        )
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    page = (await client.get("/customer/statement", params={"month": "2024-01"})).text
    assert "no longer kept one by one" in page
    headers = {"authorization": f"Bearer {customer.key}"}
    entries = (await client.get("/v1/statement", params={"month": "2024-01"}, headers=headers)).json()
    assert [(each["kind"], each["task"], each["amount"]) for each in entries["entries"]] == [
        ("task", None, "-0.002100")
    ]
