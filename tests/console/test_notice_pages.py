"""Where notices go: an address that is given on a page, over /v1, and confirmed by whoever reads there."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, expect
from test_looks import NAMELESS

from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.notices.rules import NoticeKind
from manyeyes.trail.store import entries_after
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link
from support.in_process_client import Client
from support.mail_server import PostOffice, post_office
from support.mailed_notices import ADDRESS, PATH, add, deliver, links_in, news, run_low, use
from support.served_site import Site
from support.signed_roles import OWN, signed_in_as


@pytest.fixture
async def office(client: Client) -> AsyncIterator[PostOffice]:
    """A mail server that this installation is set to."""
    async with post_office() as found:
        use(client.context, found)
        yield found


async def test_nothing_goes_to_an_address_before_its_link_was_followed(client: Client, office: PostOffice):
    customer = await factories.customer(client.context)
    await run_low(client.context, customer)
    headers = await signed_in_as(client, customer, "member")
    await add(client, headers, "  Ann@SHOP.Example ")
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    (mail,) = office.taken
    assert mail["To"] == "Ann@shop.example"
    assert mail["Subject"] == f"Do you want notices of customer {customer.account_id} here?"
    assert mail["List-Unsubscribe"] is None
    page = (await client.get(PATH, headers=headers)).text
    assert "Waits to be confirmed" in page
    assert "Delivered" in page
    (path,) = links_in(mail)
    assert "Yes, send them" in (await client.get(path)).text  # a scanner looks, and nothing is confirmed
    assert "Waits to be confirmed" in (await client.get(PATH, headers=headers)).text
    assert (await client.post(path)).status_code == 403  # from no page of ours
    for _ in range(2):
        assert "Confirmed" in (await client.post(path, headers=OWN)).text
    assert 'class="status solved">Confirmed' in (await client.get(PATH, headers=headers)).text
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    assert len(office.taken) == 2


async def test_a_link_is_over_after_a_week_or_when_it_was_altered(client: Client, office: PostOffice):
    headers = await signed_in_as(client, await factories.customer(client.context), "owner")
    await add(client, headers)
    await deliver(client.context)
    (path,) = links_in(office.taken[0])
    altered = path[:-1] + ("A" if path[-1] != "A" else "B")
    ending = path.replace("/confirm/", "/end/")
    for wrong in (altered, ending):
        assert (await client.post(wrong, headers=OWN)).status_code == 404
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE notice_address SET created_at = created_at - interval '8 days'")
    reply = await client.post(path, headers=OWN)
    assert (reply.status_code, "This link is over" in reply.text) == (404, True)
    assert "Was not confirmed in time" in (await client.get(PATH, headers=headers)).text


async def test_what_cannot_be_an_address_or_is_too_many_is_refused(client: Client, office: PostOffice):
    headers = await signed_in_as(client, await factories.customer(client.context), "owner")
    for wrong in (
        "",
        "ann",
        "ann@",
        "ann@host",
        "a b@shop.example",
        "ann@1.2.3.4",
        "anñ@shop.example",
        "a@b.example\nBcc: c",
        "=?utf-8?q?x=0ABcc:?=@shop.example",
    ):
        assert (await add(client, headers, wrong)).status_code == 422, wrong
    assert (await add(client, headers, notices=["everything"])).status_code == 422
    assert (await add(client, headers)).status_code == 303
    assert "That address is there already" in (await add(client, headers)).text
    for number in range(19):
        assert (await add(client, headers, f"a{number}@shop.example")).status_code == 303
    assert "as many as there may be" in (await add(client, headers, "more@shop.example")).text


async def test_without_a_mail_server_the_page_says_so_and_nothing_is_taken(client: Client):
    headers = await signed_in_as(client, await factories.customer(client.context), "owner")
    page = (await client.get(PATH, headers=headers)).text
    assert "No e-mail is sent here" in page
    assert 'id="add"' not in page
    assert (await add(client, headers)).status_code == 422


async def test_v1_does_the_same_and_names_the_member(client: Client, office: PostOffice):
    customer = await factories.customer(client.context)
    headers = {"authorization": f"Bearer {customer.key}"}
    body = {"address": ADDRESS, "notices": ["job.finished"], "language": "vi"}
    made = await client.post("/v1/notices", headers=headers, json=body)
    assert made.status_code == 201
    path = f"/v1/notices/{made.json()['id']}"
    wrong = {"address": "ann", "notices": ["x"], "language": "tlh"}
    problem = (await client.post("/v1/notices", headers=headers, json=wrong)).json()
    assert [each["pointer"] for each in problem["errors"]] == ["/address", "/notices", "/language"]
    assert (await client.post("/v1/notices", headers=headers, json=body)).json()["refusal"] == "address_there"
    changed = await client.put(path, headers=headers, json={"notices": ["job.stuck", "balance.low"]})
    assert changed.json()["notices"] == ["balance.low", "job.stuck"]
    await deliver(client.context)
    assert office.taken[0]["Subject"].startswith("Bạn có muốn")
    (listed,) = (await client.get("/v1/notices", headers=headers)).json()["items"]
    assert (listed["address"], listed["confirmed_at"]) == (ADDRESS, None)
    assert (await client.delete(path, headers=headers)).status_code == 204
    assert (await client.delete(path, headers=headers)).status_code == 404
    async with client.context.cells.pool(1).acquire() as db:
        told = [each.entry.deed for each in await entries_after(db, 1, 0)]
    assert [deed for deed in told if deed.startswith("notice.")] == ["notice.add", "notice.set", "notice.remove"]


@pytest.mark.browser
@pytest.mark.parametrize("scripted", [True, False])
async def test_an_address_is_given_and_confirmed_by_keyboard_with_and_without_script(
    site: Site, browser: Browser, scripted: bool
):
    customer = await factories.customer(site.context)
    async with post_office() as office:
        use(site.context, office)
        site.context.settings = msgspec.structs.replace(site.context.settings, public_url=site.url)
        phone: dict[str, Any] = PHONE | {"java_script_enabled": scripted}
        page = await (await browser.new_context(**phone)).new_page()
        await page.goto(site.url + await link(site.context, customer_subject(customer)))
        if not scripted:
            await page.locator("form button").first.press("Enter")
        await page.wait_for_url(lambda url: "/login/" not in url)
        for width, height in ((390, 844), (640, 400)):
            await page.set_viewport_size({"width": width, "height": height})
            for language in LANGUAGES:
                await page.goto(f"{site.url}{PATH}?lang={language}")
                assert await has_no_sideways_scroll(page), (language, width)
                if scripted:
                    assert await page.evaluate(NAMELESS) == []
        await page.goto(f"{site.url}{PATH}?lang=en")
        await page.locator("input[name=address]").fill("a-very-long-name-of-somebody@a-very-long-host.example")
        await page.locator("input[name=address]").press("Enter")
        await expect(page.locator("#notice")).to_contain_text("is on its way")
        async with asyncio.timeout(20):
            while not office.taken:  # noqa: ASYNC110 (the server of the site delivers by itself)
                await asyncio.sleep(0.05)
        (path,) = re.findall(re.escape(site.url) + r"(/notices/\S+)", office.taken[0].get_content())
        await page.goto(site.url + path)
        assert await has_no_sideways_scroll(page)
        await page.locator("main form button").press("Enter")
        await expect(page.locator("#done")).to_have_text("Confirmed")
        await page.goto(site.url + PATH)
        await expect(page.locator(".status.solved")).to_have_text("Confirmed")
        assert await has_no_sideways_scroll(page)
