"""Pictures beside the results of a recognition: those that people are asked about, for as long as they are kept."""

import re
from datetime import timedelta

import httpx

from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import client_of
from support.signed_customer import Shop, open_shop
from support.signed_roles import OWN

PATH = "/customer/recognitions"
PEEK = r'<a href="([^"]+)"><img class="peek" src="([^"]+)"'


async def test_what_people_are_asked_about_is_shown_and_leads_to_its_task(context: Context):
    async with client_of(context) as client:
        shop = await open_shop(context, client)
        await shop.recognise(("dir/pic.png", factories.picture_bytes("one")))
        failing = await shop.another(recogniser="advertising", queue_id=0)
        await shop.recognise(("other.png", factories.picture_bytes("two")), task=failing.task_id)
        [task_id] = [row["task_id"] for row in await shop.rows("recognition_result", "task_id") if row["task_id"]]
        await client.post(await link(context, customer_subject(shop.customer)), headers=OWN)
        [(leads, address)] = await shown(client, shop.recognition)
        assert leads == f"/customer/tasks/{task_id}"
        assert (await client.get(leads)).status_code == 200
        assert (await client.get(address)).content == factories.picture_bytes("one")
        assert not await shown(client, failing), "nobody is asked, and nothing is kept"
        assert [await told(client, shop, each) for each in (shop.recognition, failing)] == [[True], [False]]
        async with context.cells.pool(shop.app.cell).acquire() as db, db.transaction():
            now = await db.fetchval("SELECT now()")
            await end_overdue_tasks(db, now + timedelta(hours=2), [EndOverdueTasks(shop.app.cell)])
            await db.execute("UPDATE result SET kept = false WHERE task_id = $1", task_id)
        assert not await shown(client, shop.recognition), "it is no longer kept"
        assert await told(client, shop, shop.recognition) == [False]


async def shown(client: httpx.AsyncClient, recognition: Recognition) -> list[tuple[str, str]]:
    """Return the pictures of the page: where each leads, and its address."""
    return re.findall(PEEK, (await client.get(f"{PATH}/{recognition.task_id}")).text)


async def told(client: httpx.AsyncClient, shop: Shop, recognition: Recognition) -> list[bool]:
    """Return of which results /v1 tells a picture."""
    headers = {"authorization": f"Bearer {shop.customer.key}"}
    reply = await client.get(f"/v1/recognitions/{recognition.task_id}/results", headers=headers)
    return [each["image_url"] is not None for each in reply.json()["results"]]
