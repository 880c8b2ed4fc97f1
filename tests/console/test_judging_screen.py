"""The screen where reviewers decide results, by keyboard alone: given answers, own ones, none, and passing on."""

import json
from decimal import Decimal

import pytest
from playwright.async_api import expect

from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from manyeyes.tasks.rules import Assurance, ImageOptions
from support import factories
from support.browser_visits import PHONE, at_results, has_no_sideways_scroll, link, worker_subject
from support.given_answers import RECEIPT
from support.screen_disputes import reviewer
from support.screen_results import result_of, unsettled

pytestmark = pytest.mark.browser
TEXT = ImageOptions(case=False, comment="Read the sign.")
METER = NumberOptions(comment="What does the meter read?", unit="m³", decimals=2, min=Decimal(0))
LABEL = ChoiceOptions(labels=("cat", "black dog", "horse"))
SIGNS = ChoicesOptions(labels=("text", "QR code", "face"))
PAID = '{"shop":"Elm 10","total":12.50,"currency":"USD","paid by":["cash","card"]}'
UNPAID = '{"shop":"Elm 1O","total":12.60,"currency":"USD","paid by":["cash"]}'


async def ready(screen, *texts: str) -> None:
    """Wait until exactly these answers are shown, in whatever order, and may be chosen."""
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    shown = await screen.part("given-list").locator("button > span").all_inner_texts()
    assert sorted(shown) == sorted(texts)


async def key_of(screen, text: str) -> str:
    """Return the key that chooses an answer."""
    button = screen.part("given-list").locator("button", has_text=text)
    return await button.get_attribute("aria-keyshortcuts") or ""


async def answered(site, task_id: int) -> tuple[str, int]:
    found = await result_of(site.context, task_id)
    assert found is not None
    return json.loads(found["answer"])["text"], found["assurance"]


@pytest.fixture
async def customer(site) -> factories.Customer:
    return await factories.customer(site.context)


async def test_a_given_answer_an_own_one_and_none_by_keys_alone(site, browser, customer):
    ids = [await unsettled(site.context, customer, TEXT, "alpha", f"beta{n}") for n in range(3)]
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "alpha", "beta0")
    await screen.press(await key_of(screen, "beta0"))
    await expect(screen.part("receipt")).to_contain_text("You decided: beta0")
    await ready(screen, "alpha", "beta1")
    await screen.press("0")
    await expect(screen.part("answer")).to_be_focused()
    await screen.type("gamma 1")
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Sent: gamma 1")
    await ready(screen, "alpha", "beta2")
    await expect(screen.part("own")).to_be_hidden()
    await screen.press("Alt+j")
    await expect(screen.part("receipt")).to_contain_text("it cannot be judged")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert [await answered(site, task_id) for task_id in ids[:2]] == [
        *(("beta0", Assurance.REVIEWED), ("gamma 1", Assurance.REVIEWED)),
    ]
    assert (await answered(site, ids[2]))[1] == Assurance.UNCERTAIN
    await expect(screen.part("decisions")).to_have_text("3")
    await expect(screen.part("earned")).to_have_text("$0.0003")
    assert screen.errors == []


async def test_what_is_passed_on_goes_to_somebody_else(site, browser, customer):
    task_id = await unsettled(site.context, customer, TEXT, "alpha", "beta")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "alpha", "beta")
    await screen.press("Escape")
    await expect(screen.part("receipt")).to_have_text("Skipped")
    await expect(screen.part("waiting-title")).to_be_visible()
    other = await at_results(site, browser, await reviewer(site.context))
    await other.start()
    await ready(other, "alpha", "beta")
    assert await result_of(site.context, task_id) is None


async def test_escape_closes_the_own_answer_before_it_passes_on(site, browser, customer):
    await unsettled(site.context, customer, TEXT, "alpha", "beta")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "alpha", "beta")
    await screen.press("0")
    await screen.type("1")
    await screen.press("Escape")
    await expect(screen.part("own")).to_be_hidden()
    await expect(screen.part("job")).to_be_focused()
    await expect(screen.part("main")).to_have_attribute("data-ready", "")


async def test_an_own_number_is_held_to_the_questions_rules(site, browser, customer):
    task_id = await unsettled(site.context, customer, METER, "12.50", "12.60")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "12.50", "12.60")
    await screen.press("0")
    await screen.type("12,555")
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_text("2 digits behind the point at most")
    assert await result_of(site.context, task_id) is None
    await screen.press("Backspace")
    await screen.press("Enter")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await answered(site, task_id) == ("12.55", Assurance.REVIEWED)


async def test_an_own_label_is_picked_by_its_number(site, browser, customer):
    task_id = await unsettled(site.context, customer, LABEL, "cat", "black dog")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "cat", "black dog")
    await screen.press("0")
    await expect(screen.part("labels")).to_have_attribute("data-ready", "")
    await screen.press("3")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await answered(site, task_id) == ("horse", Assurance.REVIEWED)


async def test_labels_and_fields_are_shown_as_people_read_them(site, browser, customer):
    first = await unsettled(site.context, customer, SIGNS, '["text"]', '["QR code","text"]')
    second = await unsettled(site.context, customer, RECEIPT, PAID, UNPAID)
    screen = await at_results(site, browser, await reviewer(site.context), **PHONE)
    await screen.part("start").tap()
    await ready(screen, "text", "text, QR code")
    assert await has_no_sideways_scroll(screen.page)
    await screen.part("given-list").locator("button", has_text="text, QR code").tap()
    await expect(screen.part("given-list")).to_contain_text("12.60")
    await expect(screen.part("main")).to_have_attribute("data-ready", "")
    await expect(screen.part("topic")).to_be_hidden()  # which is one field's
    await expect(screen.part("rules")).to_be_empty()
    assert await has_no_sideways_scroll(screen.page)
    await screen.part("given-list").locator("button", has_text="12.60").tap()
    await expect(screen.part("waiting-title")).to_be_visible()
    assert (await answered(site, first))[0] == '["text","QR code"]'
    assert json.loads((await answered(site, second))[0])["total"] == 12.6
    assert screen.errors == []


async def test_a_break_gives_it_back_and_shows_how_far_one_agrees(site, browser, customer):
    await unsettled(site.context, customer, TEXT, "alpha", "beta")
    await unsettled(site.context, customer, TEXT, "alpha", "beta")
    screen = await at_results(site, browser, await reviewer(site.context))
    await screen.start()
    await ready(screen, "alpha", "beta")
    await screen.press("1")
    await ready(screen, "alpha", "beta")
    await screen.press("Alt+b")
    await expect(screen.part("start")).to_be_focused()
    await screen.page.reload()
    await expect(screen.part("agreement")).to_contain_text("of 1")
    other = await at_results(site, browser, await reviewer(site.context))
    await other.start()
    await ready(other, "alpha", "beta")


async def test_without_script_a_button_decides(site, browser, customer):
    task_id = await unsettled(site.context, customer, RECEIPT, PAID, UNPAID)
    text_id = await unsettled(site.context, customer, TEXT, "alpha", "beta")
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(await reviewer(site.context))))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Decide").click()
    await page.get_by_role("button", name="Start deciding").click()
    await page.locator("button[name=given]", has_text="12.60").click()
    assert json.loads((await answered(site, task_id))[0])["total"] == 12.6
    assert await has_no_sideways_scroll(page)
    await page.locator("#answer").fill("gamma")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#waiting-title")).to_be_visible()
    assert await answered(site, text_id) == ("gamma", Assurance.REVIEWED)
