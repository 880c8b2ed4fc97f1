"""/operator/apps without a browser: opening an app, its key and rate, its recognitions and all their terms."""

import re

from manyeyes.apps import keys
from manyeyes.apps import store as apps
from manyeyes.recognitions import store as recognitions
from support import factories
from support.house_visits import hidden, led_to, send, shown_once, sign_in
from support.in_process_client import Client

APPS = "/operator/apps"
NEW = {"name": "Ads", "medium": "image", "time_zone": "UTC", "rate": "5", "public_key": "", "bits": "2048"}
LOOK = {"name": "Ads", "recogniser": "people", "labels": "0=normal,1=ad", "model": "", "threshold": "0.9"}
LOOK |= {"queue": "1", "sample": "", "price": "0", "hours": "24", "url": "", "answers": "", "answers_at_most": ""}
LOOK |= {"wrong_at_most": "", "uncertain": ""}


async def opened(client: Client) -> str:
    """Open an app with a pair that is made for it; return its secretId."""
    customer = await factories.customer(client.context)
    made = await send(client, APPS, **NEW, account=customer.account_id)
    secret_id, pkcs1, pkcs8 = shown_once(made.text)
    assert (pkcs1.startswith("-----BEGIN RSA"), pkcs8.startswith("-----BEGIN PRIVATE")) == (True, True)
    return secret_id


async def test_an_app_is_opened_and_bad_terms_leave_nothing(client: Client):
    customer = await factories.customer(client.context)
    await sign_in(client)
    assert "No app yet." in (await client.get(APPS)).text
    for name, unfit in (
        *(("name", ""), ("account", "4711"), ("time_zone", "Mars/Base"), ("rate", "0"), ("rate", "fast")),
        *(("public_key", "-----BEGIN PRIVATE KEY-----"), ("medium", "smell")),
    ):
        refused = await send(client, APPS, **(NEW | {"account": str(customer.account_id)} | {name: unfit}))
        assert refused.status_code == 422, name
    async with client.context.cells.directory.acquire() as db:
        assert await apps.apps_of(db) == []
    secret_id = await opened(client)
    assert secret_id in (await client.get(APPS, params={"q": "ads"})).text
    assert "PRIVATE KEY" not in (await client.get(f"{APPS}/{secret_id}")).text
    assert (await client.get(f"{APPS}/nothing")).status_code == 404


async def test_an_apps_key_is_replaced_its_rate_changed_and_its_calls_refused(client: Client):
    await sign_in(client)
    secret_id = await opened(client)
    path = f"{APPS}/{secret_id}"
    brought = keys.new_pair(2048)
    assert (await send(client, f"{path}/key", public_key="no key", bits="2048")).status_code == 422
    shown = shown_once((await send(client, f"{path}/key", public_key=brought.public, bits="2048")).text)
    assert shown == [secret_id]
    assert led_to(await send(client, path, **{"rate": "9", "was.rate": "5"})) == f"{path}?notice=changed"
    over = await send(client, path, **{"rate": "7", "was.rate": "5"})
    assert (over.status_code, "It is now: 9" in over.text) == (422, True)
    for suspended in ("yes", "no"):
        await send(client, f"{path}/suspend", suspended=suspended)
    assert (await send(client, f"{path}/suspend", suspended="perhaps")).status_code == 404
    async with client.context.cells.directory.acquire() as db:
        app = await apps.app(db, secret_id)
    assert (app.public_key, app.calls_per_second, app.suspended) == (brought.public, 9, False)


async def test_a_recognition_is_added_and_all_its_terms_changed(client: Client):
    await sign_in(client)
    path = f"{APPS}/{await opened(client)}"
    for name, unfit in (
        *(("labels", "normal"), ("threshold", "high"), ("hours", "0"), ("answers", "99"), ("recogniser", "nobody")),
        ("url", "http://127.0.0.1/here"),
    ):
        refused = await send(client, f"{path}/recognitions", **(LOOK | {name: unfit}))
        assert refused.status_code == 422, name
    added = await send(client, f"{path}/recognitions", **LOOK)
    task_id = re.search(r"/operator/recognition/(\w+)", led_to(added))[1]
    terms = f"/operator/recognition/{task_id}/terms"
    page = (await client.get(terms)).text
    was = {f"was.{name}": hidden(page, f"was.{name}") for name in ("threshold", "hours", "answers", "answers_at_most")}
    changed = {"threshold": "0.8", "hours": "12", "answers": "3", "answers_at_most": "5"}
    assert led_to(await send(client, terms, **was, **changed)).endswith("notice=changed")
    async with client.context.cells.directory.acquire() as db:
        found = await recognitions.recognition(db, task_id)
    assert (found.threshold, found.review_seconds, found.terms.answers) == (0.8, 12 * 3600, 3)
    over = await send(client, terms, **{"threshold": "0.7", "was.threshold": "0.9"})
    assert (over.status_code, "It is now: 0.8" in over.text) == (422, True)
    above = await send(client, terms, **{"threshold": "9", "was.threshold": "0.8"})
    assert above.status_code == 422
    assert (await client.get("/operator/recognition/none/terms")).status_code == 404
