"""The operator's sites, soft apps, addresses, tasks, settings and first steps, without a browser."""

import os
import re
import time
from pathlib import Path

import pytest

from manyeyes.reports.rules import Vote
from manyeyes.roles.house import shown_settings
from manyeyes.roles.house.shown_settings import without_password
from manyeyes.settings import Settings
from support import factories, proven_sites
from support.house_visits import led_to, send, sign_in
from support.in_process_client import Client
from support.screen_disputes import decided, reviewer

SITES, APPS, ADDRESSES, TASKS = "/operator/sites", "/operator/soft-apps", "/operator/addresses", "/operator/tasks"


async def test_a_site_is_begun_looked_for_and_withdrawn(client: Client):
    customer = await factories.customer(client.context)
    await sign_in(client)
    assert "No site yet." in (await client.get(SITES)).text
    for name, unfit in (("domain", "not a domain"), ("account", "4711"), ("account", "x")):
        fields = {"domain": "shop.example", "account": str(customer.account_id)} | {name: unfit}
        refused = await send(client, SITES, **fields)
        assert (refused.status_code, f'value="{unfit}"' in refused.text) == (422, True)
    begun = await send(client, SITES, domain="shop.example", account=customer.account_id)
    path = f"{SITES}/{customer.account_id}/shop.example"
    assert led_to(begun) == f"{path}?notice=changed"
    page = (await client.get(path)).text
    assert "_manyeyes.shop.example" in page
    again = await send(client, SITES, domain="shop.example", account=customer.account_id)
    assert led_to(again) == led_to(begun)
    assert re.search(r'id="proof">([^<]+)<', (await client.get(path)).text)[1] in page
    assert led_to(await send(client, f"{path}/check")) == f"{path}?notice=not_proven"
    assert led_to(await send(client, f"{path}/withdraw")) == f"{path}?notice=withdrawn"
    assert "Withdrawn" in (await client.get(SITES, params={"q": "shop"})).text
    assert (await client.get(f"{SITES}/1/other.example")).status_code == 404


async def test_sites_are_listed_with_their_state_and_what_the_last_check_saw(client: Client):
    context = client.context
    await sign_in(client)
    customer = await factories.customer(context)
    for domain in ("a.example", "b.example", "c.example"):
        await proven_sites.add_proven_site(context, customer.account_id, domain)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE site SET verified_at = now() - interval '3 days' WHERE domain = 'b.example'")
        await db.execute("UPDATE site SET state = 3, why = '<b>taken back</b>' WHERE domain = 'c.example'")
    page = (await client.get(SITES)).text
    table = re.search(r'<table id="sites".*?</table>', page, re.DOTALL)[0]
    lines = [re.sub(r"<[^>]+>", "|", line) for line in table.split("<tr>")[2:]]
    for line, words in zip(
        lines, ("a.example Proven", "b.example No longer proven", "c.example Withdrawn"), strict=True
    ):
        domain, state = words.split(" ", 1)
        assert domain in line
        assert f"|{state}|" in line
    assert "TXT _manyeyes.shop.example holds the proof" in lines[0]
    assert "&lt;b&gt;taken back&lt;/b&gt;" in table
    vietnamese = await client.get(SITES, headers={"accept-language": "vi"})
    assert "Không còn được chứng minh" in vietnamese.text


async def test_an_application_is_registered_and_what_is_owed_is_paid_once(client: Client):
    context = client.context
    owner, customer, hand = (
        await factories.customer(context),
        await factories.customer(context),
        await factories.hand(context),
    )
    await sign_in(client)
    for name, unfit in (("name", ""), ("account", "4711"), ("soft_id", "99999999999")):
        fields = {"name": "Reader", "account": str(owner.account_id), "soft_id": "77"} | {name: unfit}
        assert (await send(client, APPS, **fields)).status_code == 422, name
    made = await send(client, APPS, name="Reader", account=owner.account_id, soft_id="77")
    assert led_to(made) == f"{APPS}?notice=changed"
    taken = await send(client, APPS, name="Other", account=owner.account_id, soft_id="77")
    assert (taken.status_code, "the softId 77 is taken" in taken.text) == (422, True)
    context.lookups.forget()
    await factories.solve(context, customer, hand, "12345", soft_id=77, share_percent=10)
    assert "Reader" in (await client.get(APPS, params={"q": "77"})).text
    paid = [led_to(await send(client, f"{APPS}/pay-out", soft_id="77")) for _ in range(2)]
    assert paid == [f"{APPS}?notice=paid_out", f"{APPS}?notice=nothing_owed"]
    assert (await send(client, f"{APPS}/pay-out", soft_id="78")).status_code == 404


async def test_a_network_is_shut_out_and_let_in_again(client: Client):
    await sign_in(client)
    assert "Nobody is shut out." in (await client.get(ADDRESSES)).text
    refused = await send(client, ADDRESSES, network="198.51.100.0/99")
    assert (refused.status_code, 'value="198.51.100.0/99"' in refused.text) == (422, True)
    assert led_to(await send(client, ADDRESSES, network="198.51.100.9/24")) == f"{ADDRESSES}?notice=blocked"
    assert "198.51.100.0/24" in (await client.get(ADDRESSES)).text
    assert "Nothing is like that." in (await client.get(ADDRESSES, params={"q": "203"})).text
    let_in = [led_to(await send(client, f"{ADDRESSES}/unblock", network="198.51.100.0/24")) for _ in range(2)]
    assert let_in == [f"{ADDRESSES}?notice=unblocked", f"{ADDRESSES}?notice=refused"]


async def test_a_task_is_found_by_its_number_and_told_from_its_picture_to_its_money(client: Client):
    context = client.context
    customer, author = await factories.customer(context), await factories.hand(context)
    await reviewer(context)
    refused = await decided(context, customer, author, Vote.CONFIRM, "None of these digits is there")
    await sign_in(client)
    found = await client.get(TASKS, params={"q": str(refused)})
    path = led_to(found)
    assert re.fullmatch(rf"{TASKS}/1/\d+", path)
    page = (await client.get(path)).text
    steps = re.findall(r"<strong>([^<]+)</strong>", page)
    wanted = (
        *("It came in", "Money was held for it", "It ended: answered", "Charged of what was held"),
        *("Pay was booked; it waits its minute", "The customer reported it", "A reviewer says: wrong"),
        *("The complaint was confirmed", "Refunded", "The pay was taken back", "A vote was paid"),
    )
    assert [each for each in wanted if each not in steps] == []
    assert steps[0] == "It came in"
    assert f"/operator/workers/{author.worker.worker_id}" in page
    assert f"/operator/accounts/{customer.account_id}" in page
    assert 'class="task-picture"' in page
    assert "There is no task with this number." in (await client.get(TASKS, params={"q": "987654"})).text
    assert "There is no task" in (await client.get(TASKS, params={"q": "twelve"})).text
    for nowhere in (f"{TASKS}/1/987654", f"{TASKS}/9/1", f"{TASKS}/x/y"):
        assert (await client.get(nowhere)).status_code == 404


async def test_an_open_task_says_with_whom_it_is(client: Client):
    context = client.context
    customer = await factories.customer(context)
    submitted = await factories.submit(context, customer)
    await sign_in(client)
    page = (await client.get(f"{TASKS}/1/{submitted.task_id}")).text
    assert "It waits for somebody" in page
    assert "Money was held for it" in page


async def test_settings_are_shown_without_secrets(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MANYEYES_SECRETS_KEY", "c2VjcmV0")
    await sign_in(client)
    page = (await client.get("/operator/settings")).text
    assert "MANYEYES_TASK_LIFE_SECONDS" in page
    assert f'id="version">{shown_settings.version()}<' in page
    given = Settings(
        data=Path("/var/lib/manyeyes"),
        secrets_key="c2VjcmV0",
        database_url="postgresql://eyes:hunter2@db.example:5433/eyes?sslpassword=hunter3",
    )
    shown = {each.variable: each for each in shown_settings.shown_settings(given, {})}
    assert shown["MANYEYES_SECRETS_KEY"].value is None
    assert shown["MANYEYES_DATABASE_URL"].value == "postgresql://eyes@db.example:5433/eyes"
    assert not any("hunter" in (each.value or "") or "c2Vj" in (each.value or "") for each in shown.values())
    assert without_password("host=db password=hunter2") == "…"


async def test_the_first_steps_are_done_one_after_the_other(client: Client, tmp_path: Path):
    await sign_in(client)

    async def left() -> list[str]:
        page = (await client.get("/operator")).text
        return re.findall(r'href="([^"]+)">[^<]+</a> <span class="faint">· not done', page)

    everything = ["/operator/accounts#create", "/operator/workers#create", "/operator/queues", "#health"]
    assert await left() == [*everything, "/operator/settings"]
    await factories.customer(client.context)
    assert await left() == [*everything[1:], "/operator/settings"]
    await factories.hand(client.context)
    assert await left() == ["#health", "/operator/settings"]
    assert "no backup is known" in (await client.get("/operator")).text
    mark = tmp_path / "backed-up"
    mark.touch()
    client.context.settings = Settings(data=tmp_path, backup_mark=str(mark), public_url="http://manyeyes.test")
    page = (await client.get("/operator")).text
    assert await left() == []
    assert "The first steps are all done." in page
    os.utime(mark, (time.time() - 200_000,) * 2)
    assert "The daily backup did not end well." in (await client.get("/operator")).text
