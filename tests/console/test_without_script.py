"""The basics work without script: forms, redirects, and a page that looks for the next task by itself."""

import pytest
from playwright.async_api import expect

from support import factories
from support.browser_visits import at_work, customer_subject, link, send, worker_subject
from support.label_tasks import FEW, MANY, send_labels
from support.served_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand]:
    return await factories.customer(site.context), await factories.hand(site.context)


async def signed_in(site: Site, browser, hand: factories.Hand):
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")
    return page


async def test_a_whole_day_of_work(site: Site, browser, people):
    customer, hand = people
    page = await signed_in(site, browser, hand)
    await page.get_by_role("button", name="Start working").click()
    assert await page.locator("meta[http-equiv=refresh]").count() == 1
    for text in ("first", "second"):
        await send(site, customer, text, min_length=3)
    await page.wait_for_selector("#picture:visible")  # the page has looked again by itself
    await expect(page.get_by_label("Type what you see")).to_be_visible()
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    await page.get_by_label("Type what you see").fill("first")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#answered")).to_have_text("1")
    await page.get_by_label("Reason for skipping").select_option("upsetting")
    await page.get_by_role("button", name="Skip").click()
    await expect(page.get_by_role("heading", name="Waiting for the next picture")).to_be_visible()
    await page.get_by_role("button", name="Take a break").click()
    await expect(page.get_by_role("heading", name="Ready when you are")).to_be_visible()


async def test_an_unfit_answer_comes_back_with_the_reason(site: Site, browser, people):
    customer, hand = people
    await send(site, customer, numeric=2)
    page = await signed_in(site, browser, hand)
    await page.get_by_role("button", name="Start working").click()
    await page.get_by_label("Type the letters you see").fill("abc123")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status").first).to_contain_text("does not keep the rules")
    await expect(page.get_by_label("Type the letters you see")).to_have_value("abc123")


async def test_an_answer_is_not_cut_and_what_is_missing_is_said(site: Site, browser, people):
    customer, hand = people
    await send(site, customer, max_length=3)
    page = await signed_in(site, browser, hand)
    await page.get_by_role("button", name="Start working").click()
    box = page.get_by_label("Type what you see")
    for text, said in (("𠮷野家家", "3 characters at most"), ("\u200b", "Type the answer"), ("a\u202e", "direction")):
        await box.fill(text)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#hint")).to_contain_text(said)
        await expect(page.locator("#hint")).to_be_visible()
    await box.fill("Hue\u0302\u0301")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#answered")).to_have_text("1")


@pytest.mark.parametrize("names", [FEW, MANY], ids=["few", "many"])
async def test_a_label_is_one_press_of_its_button(site: Site, browser, people, names):
    customer, hand = people
    serial = await send_labels(site.context, customer, names)
    page = await signed_in(site, browser, hand)
    await page.get_by_role("button", name="Start working").click()
    await expect(page.get_by_role("heading", name="Which label fits the picture?")).to_be_visible()
    await expect(page.locator("#answer")).to_be_hidden()
    await expect(page.locator("#find")).to_be_hidden()
    await page.get_by_role("button", name=names[-1], exact=True).click()
    await expect(page.locator("#answered")).to_have_text("1")
    async with site.context.cells.pool(1).acquire() as db:
        answer = await db.fetchval("SELECT answer ->> 'text' FROM result WHERE cell = 1 AND task_id = $1", serial)
    assert answer == str(len(names) - 1)


async def test_a_marked_picture_is_behind_a_fold(site: Site, browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, hand)
    await send(site, customer)
    page = await signed_in(site, browser, hand)
    await page.get_by_role("button", name="Start working").click()
    assert await page.locator("img.picture[src]:visible").count() == 0
    await page.locator("summary", has_text="Show the picture").click()
    assert await page.locator("img.picture[src]:visible").count() == 1


async def test_settings_are_kept_without_script(site: Site, browser, people):
    _, hand = people
    page = await signed_in(site, browser, hand)
    await page.get_by_label("Settings").click()
    await page.locator("select[name=lang]").select_option("vi")
    await page.get_by_label("Colours").select_option("dark")
    await page.get_by_role("button", name="Use these settings").click()
    await page.wait_for_url("**/worker")
    await expect(page.locator("html")).to_have_attribute("lang", "vi")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_customer_reads_their_statement(site: Site, browser, people):
    customer, _ = people
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("nav.tabs summary", has_text="Money").click()
    await page.get_by_role("link", name="Statement").click()
    await expect(page.locator("#proof")).to_contain_text("It adds up")
    await page.get_by_label("Month").fill("2026-02")
    await page.get_by_label("Time zone").fill("Asia/Bangkok")
    await page.locator("form.filters").first.get_by_role("button", name="Show").click()
    await page.get_by_text("The same as a table").click()
    await expect(page.locator("#days tbody tr")).to_have_count(28)
    await expect(page.locator("h1 + p")).to_contain_text("2026-02-28 · Asia/Bangkok")
    await page.locator("nav.tabs summary", has_text="Money").click()
    await page.get_by_role("link", name="Statement").click()
    await expect(page.locator("h1 + p")).to_contain_text("Asia/Bangkok")


async def test_with_script_the_page_does_not_reload_while_it_waits(site: Site, browser, people):
    _, hand = people
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("waiting-title")).to_be_visible()
    await screen.page.reload()
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await screen.page.evaluate("document.querySelectorAll('meta[http-equiv=refresh]').length") == 0
