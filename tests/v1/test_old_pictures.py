"""Pictures of tasks that wait for days, and of those that are forgotten: who sees what."""

from datetime import timedelta
from typing import Any

import pytest

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.periodic import forget_past_keep
from support import factories
from support.in_process_client import Client

AGE = timedelta(days=3)


@pytest.fixture
async def aged(client: Client) -> tuple[factories.Customer, factories.Hand, int]:
    """A customer, a worker, and a task that waited for three days before somebody came."""
    customer = await factories.customer(client.context)
    submitted = await factories.submit(client.context, customer)
    assert isinstance(submitted, Submitted)
    task_id = submitted.task_id
    async with client.context.cells.pool(1).acquire() as db:
        day = await db.fetchval("SELECT (now() - $1::interval)::date", AGE)
        await db.execute(
            f"CREATE TABLE blob_{day:%Y%m%d} PARTITION OF blob FOR VALUES FROM ('{day}') TO ('{day + timedelta(1)}')"
        )
        await db.execute("UPDATE blob SET day = $1", day)
        for table in ("task", "work"):
            await db.execute(f"UPDATE {table} SET created_at = created_at - $1::interval", AGE)
        await db.execute("UPDATE work SET expires_at = now() + interval '1 day'")
    return customer, await factories.hand(client.context), task_id


async def lease_of(client: Client, hand: factories.Hand) -> Any:
    desk = WorkerDesk(client.context)
    await desk.online(hand.worker)
    return await desk.next(hand.worker, 5)


async def test_a_worker_sees_a_picture_that_waited_for_days_and_its_customer_has_it_a_day_longer(
    client: Client, aged: tuple[factories.Customer, factories.Hand, int]
):
    customer, hand, task_id = aged
    lease = await lease_of(client, hand)
    assert (await client.get(lease.picture.peoples_path(client.context.pictures))).status_code == 200
    await WorkerDesk(client.context).answer(hand.worker, lease.lease, "12345")
    told = await factories.call(client, "getTaskResult", customer, taskId=task_id)
    path = told["solution"]["url"].removeprefix("http://manyeyes.test")
    assert (await client.get(path)).status_code == 200
    assert told == await factories.call(client, "getTaskResult", customer, taskId=task_id)


async def test_what_is_forgotten_says_so_and_keeps_its_figures(
    client: Client, aged: tuple[factories.Customer, factories.Hand, int]
):
    customer, hand, task_id = aged
    lease = await lease_of(client, hand)
    await WorkerDesk(client.context).answer(hand.worker, lease.lease, "12345")
    command = ChangeAccountTerms(cell=1, account_id=customer.account_id, keep_days=0)
    await client.context.batcher.ask(change_account_terms, command)
    bearer = {"authorization": f"Bearer {customer.key}"}
    before = (await client.get(f"/v1/tasks/{task_id}", headers=bearer)).json()
    assert (await client.get(before["picture_url"].removeprefix("http://manyeyes.test"))).status_code == 200
    await forget_past_keep(client.context, 1)
    assert (await client.get(f"/v1/tasks/{task_id}", headers=bearer)).json() == before
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - interval '10 minutes'")
    await forget_past_keep(client.context, 1)
    after = (await client.get(f"/v1/tasks/{task_id}", headers=bearer)).json()
    assert (after["result"]["value"], after["result"]["kept"], after["picture_url"]) == (None, False, None)
    assert (after["state"], after["cost"], after["external_id"]) == ("done", before["cost"], before["external_id"])
    assert (await client.get(before["picture_url"].removeprefix("http://manyeyes.test"))).status_code == 404
