"""Numbers, labels and fields at the worker's screen, by keyboard alone; their instructions; the same without script."""

import json
import os
from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.actions.shared.asked_questions import NewExample
from manyeyes.console.shared.rendering import static_root
from manyeyes.tasks.options import answer_obstacle, canonical
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from support import factories
from support.browser_visits import PHONE, Screen, at_work, has_no_sideways_scroll, link, worker_subject
from support.given_answers import GIVEN, RECEIPT, options_in
from support.label_tasks import MANY
from support.question_tasks import ask
from support.served_site import Site

pytestmark = pytest.mark.browser
METER = NumberOptions(comment="What does the meter read?", unit="m³", decimals=2, min=Decimal(0))
SIGNS = ChoicesOptions(comment="What is on it?", labels=("text", "QR code", "face"))
RULES = """async ([folder, cases]) => {
    const { answer, obstacle } = await import(`${folder}/shared/answer_rules.js`);
    return cases.map(([options, typed]) => {
        const found = obstacle(options, typed);
        const { key = null, field = "", values = {} } = found || {};
        return [answer(typed, options), key, field, values];
    });
}"""


async def shown(site: Site, browser, people, options: Any, **given: Any) -> Screen:
    """The worker's screen with one task of this kind on it."""
    customer, hand = people
    browser_context = given.pop("browser_context", {})
    await ask(site.context, customer, options, **given)
    screen = await at_work(site, browser, hand, **browser_context)
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    return screen


async def kept(site: Site, screen: Screen) -> str:
    """Wait until the answer was taken, and return it as it is kept."""
    await expect(screen.part("receipt")).not_to_be_empty()
    assert screen.errors == []
    async with site.context.cells.pool(1).acquire() as db:
        return str(json.loads(await db.fetchval("SELECT answer FROM result WHERE cell = 1"))["text"])


async def ready(screen: Screen) -> None:
    await expect(screen.part("labels")).to_have_attribute("data-ready", "")


async def test_a_number_is_judged_while_it_is_typed_and_shown_as_it_goes(site: Site, browser, people):
    screen = await shown(site, browser, people, METER)
    await screen.asked("Type the number you see")
    await expect(screen.part("comment-text")).to_have_text("What does the meter read?")
    await expect(screen.part("unit")).to_have_text("m³")
    await expect(screen.part("rules").locator("li")).to_have_text(["decimals: at most 2", "at least 0"])
    await expect(screen.part("answer")).to_have_attribute("inputmode", "decimal")
    for keys, hint in (
        ("12,505", "2 digits behind the point at most"),
        ("-1", "0 or more is wanted here"),
        ("1 234", "One number is wanted, without spaces or thousands separators: 1234.50"),
        ("12,50", "Press Enter to send 12.50"),
    ):
        await screen.part("answer").fill("")
        await screen.type(keys)
        await expect(screen.part("hint")).to_have_text(hint)
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Sent: 12.50")
    assert await kept(site, screen) == "12.50"


async def test_a_label_is_picked_by_its_key_and_never_by_enter_alone(site: Site, browser, people):
    screen = await shown(site, browser, people, ChoiceOptions(labels=("cat", "black dog")))
    await ready(screen)
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_text("Choose one of the labels")
    await screen.press("2")
    assert await kept(site, screen) == "black dog"


async def test_among_many_labels_enter_takes_only_what_was_looked_for(site: Site, browser, people):
    screen = await shown(site, browser, people, ChoiceOptions(labels=MANY))
    await ready(screen)
    await expect(screen.part("find")).to_be_focused()
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_text("Choose one of the labels")
    await screen.type("castl")
    await screen.press("Enter")
    assert await kept(site, screen) == "castle"


async def test_labels_are_on_or_off_until_enter_sends_them(site: Site, browser, people):
    screen = await shown(site, browser, people, ChoicesOptions(labels=SIGNS.labels, at_least=2))
    await ready(screen)
    await expect(screen.part("ask")).to_have_text("Which labels fit the picture? Choose all that do")
    for key, hint in (
        ("Enter", "Choose one of the labels"),
        ("3", "Choose 1 more label"),
        ("Enter", "Choose 1 more label"),
        ("2", "Press Enter to send"),
        ("3", "Choose 1 more label"),
        ("1", "Press Enter to send"),
    ):
        await screen.press(key)
        await expect(screen.part("hint")).to_have_text(hint)
    pressed = screen.part("labels").locator('[aria-pressed="true"]')
    await expect(pressed).to_contain_text(["text", "QR code"])
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Chosen: text, QR code")
    assert await kept(site, screen) == '["text","QR code"]'


async def test_none_of_the_labels_is_a_choice_of_its_own(site: Site, browser, people):
    screen = await shown(site, browser, people, SIGNS)
    await ready(screen)
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_text("Choose one of the labels")
    for key in ("1", "0", "Enter"):
        await screen.press(key)
    await expect(screen.part("receipt")).to_contain_text("Chosen: None of them")
    assert await kept(site, screen) == "[]"


async def test_many_labels_are_found_taken_and_sent(site: Site, browser, people):
    screen = await shown(site, browser, people, ChoicesOptions(labels=MANY, at_least=1))
    await ready(screen)
    for word in ("riv", "bakery"):
        await screen.type(word)
        await screen.press("Enter")
        await expect(screen.part("find")).to_have_value("")
    await screen.press("Enter")
    assert await kept(site, screen) == '["bakery","river"]'


async def test_fields_go_one_by_one_and_back_and_are_sent_at_the_end(site: Site, browser, people):
    screen = await shown(site, browser, people, RECEIPT)
    await screen.asked("shop · 1 of 4")
    await expect(screen.part("hint")).to_have_text("May stay empty: press Enter for the next field")
    await screen.press("Enter")
    await screen.asked("total · 2 of 4")
    await screen.press("Enter")
    await expect(screen.part("hint")).to_have_text("Type the answer, then press Enter")
    await screen.type("12,5")
    await screen.press("Enter")
    await expect(screen.part("ask")).to_have_text("currency · 3 of 4")
    await ready(screen)
    await screen.press("2")
    await expect(screen.part("ask")).to_have_text("paid by · 4 of 4")
    await ready(screen)
    await screen.press("1")
    await expect(screen.part("fields").locator("li")).to_have_text(["shop–", "total12.5", "currencyUSD", "paid by–"])
    for place in ("currency · 3 of 4", "total · 2 of 4"):
        await screen.press("Shift+Enter")
        await expect(screen.part("ask")).to_have_text(place)
    await expect(screen.part("answer")).to_have_value("12.5")
    await expect(screen.part("fields").locator("li").nth(3)).to_have_text("paid bycash")
    await screen.type("0")
    await screen.press("Enter")
    await ready(screen)
    await expect(screen.part("labels").locator("[data-on]")).to_contain_text(["USD"])
    await screen.press("Enter")
    await expect(screen.part("ask")).to_have_text("paid by · 4 of 4")
    await ready(screen)
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("total: 12.50; currency: USD; paid by: cash")
    assert await kept(site, screen) == '{"shop":null,"total":12.50,"currency":"USD","paid by":["cash"]}'


async def test_the_list_leads_to_any_field_and_what_is_missing_is_asked_for(site: Site, browser, people):
    screen = await shown(site, browser, people, RECEIPT)
    await screen.asked("shop · 1 of 4")
    await screen.part("fields").get_by_role("button", name="paid by").click()
    await ready(screen)
    await screen.press("Enter")
    await screen.asked("total · 2 of 4")
    await expect(screen.part("answer")).to_have_attribute("aria-invalid", "true")


async def test_what_was_given_to_fields_is_there_when_the_task_comes_back(site: Site, browser, people):
    screen = await shown(site, browser, people, RECEIPT)
    await screen.asked("shop · 1 of 4")
    await screen.type("Elm")
    await screen.press("Enter")
    await screen.asked("total · 2 of 4")
    await screen.type("7")
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET lease = lease + 1 WHERE cell = 1")
    await expect(screen.part("ask")).to_have_text("currency · 3 of 4")
    await expect(screen.part("fields").locator("li")).to_have_text(["shopElm", "total7", "currency–", "paid by–"])


async def test_instructions_come_first_and_again_on_a_key(site: Site, browser, people):
    examples = (NewExample("12.5", "the red digit does not count", factories.picture("125")),)
    screen = await shown(site, browser, people, METER, instructions="Read the\nblack digits.", examples=examples)
    panel = screen.part("instructions")
    await expect(panel).to_be_visible()
    await expect(screen.part("instructions-text")).to_have_text("Read the\nblack digits.")
    await expect(panel.locator(".example-answer")).to_have_text(["12.5"])
    assert await panel.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 120
    await expect(screen.part("instructions-start")).to_be_focused()
    await screen.press("Enter")
    await expect(panel).to_be_hidden()
    await expect(screen.part("answer")).to_be_focused()
    await screen.press("Alt+I")
    await expect(panel).to_be_visible()
    await screen.press("Escape")
    await expect(panel).to_be_hidden()
    await screen.type("3")
    await screen.press("Enter")
    assert await kept(site, screen) == "3"
    await ask(site.context, people[0], METER, instructions="Read the\nblack digits.", examples=examples)
    await screen.asked("Type the number you see")
    await expect(panel).to_be_hidden()
    await expect(screen.part("how")).to_be_visible()


async def test_an_example_of_fields_is_a_list_of_them(site: Site, browser, people):
    given = '{"shop":"Elm 10","total":12.50,"currency":"USD","paid by":["cash","card"]}'
    examples = (NewExample(given, "as it is printed"),)
    screen = await shown(site, browser, people, RECEIPT, instructions="Look well", examples=examples)
    answer = screen.part("instructions").locator("dl.example-answer")
    await expect(answer.locator("dt")).to_have_text([each.name for each in RECEIPT.fields])
    await expect(answer.locator("dd")).to_have_text(["Elm 10", "12.50", "USD", "cash, card"])
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await screen.page.screenshot(path=f"{folder}/example-of-fields.png")
    plain = await (await browser.new_context(java_script_enabled=False)).new_page()
    await plain.goto(site.url + await link(site.context, worker_subject(people[1])))
    await plain.get_by_role("button").first.click()
    await expect(plain.locator(".told dl.example-answer dt")).to_have_text([each.name for each in RECEIPT.fields])


@pytest.mark.parametrize("options", [METER, SIGNS, RECEIPT], ids=["number", "labels", "fields"])
async def test_every_kind_fits_a_phone(site: Site, browser, people, options: Any):
    screen = await shown(site, browser, people, options, browser_context=PHONE, instructions="Look well")
    await screen.part("instructions-start").click()
    await expect(screen.part("instructions")).to_be_hidden()
    assert await has_no_sideways_scroll(screen.page)


async def test_page_and_server_judge_every_given_answer_alike(site: Site, browser, people):
    screen = await shown(site, browser, people, METER)
    cases = [[case.options | {"optional": case.options.get("optional", [])}, case.typed] for case in GIVEN]
    found = await screen.page.evaluate(RULES, [static_root(), cases])
    for case, (text, key, field, values) in zip(GIVEN, found, strict=True):
        options = options_in(case.options)
        why = answer_obstacle(options, case.typed)
        said = (f"hint.{why.key}", why.field) if why else (None, "")
        assert (case.about, text, key, field) == (case.about, canonical(options, case.typed), *said)
        told = {name: value for name, value in (("n", why.n), ("value", why.value)) if value} if why else {}
        assert {n: v for n, v in values.items() if why and why.key != "short"} == told, case.about


async def test_without_script_every_kind_has_a_plain_form(site: Site, browser, people):
    customer, hand = people
    for options in (SIGNS, RECEIPT):
        await ask(site.context, customer, options, instructions="Look well")
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Start working").click()
    await page.goto(site.url + "/worker")
    # Locators by text and role look past what stands in <noscript>.
    send, labels, field = page.locator(".reply noscript button"), page.locator('[name="labels"]'), page.locator
    await expect(page.locator(".told .instructions-text")).to_have_text("Look well")
    await page.locator(".told button").click()
    await expect(page.locator(".told button")).to_have_count(0)
    await send.click()
    await expect(page.locator("#hint")).to_have_text("Choose one of the labels")
    await labels.nth(1).check()
    await send.click()
    await page.goto(site.url + "/worker")
    await field('[name="field-1"]').fill("1,234")
    await field('[name="field-2"][value="USD"]').check()
    await send.click()
    await expect(page.locator("#hint")).to_have_text("total: 2 digits behind the point at most")
    await expect(field('[name="field-1"]')).to_have_value("1,234")
    await expect(field('[name="field-2"][value="USD"]')).to_be_checked()
    await field('[name="field-1"]').fill("1,23")
    await send.click()
    await expect(page.locator("#answered")).to_have_text("2")
    async with site.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT answer FROM result WHERE cell = 1 ORDER BY task_id")
    assert [json.loads(row["answer"])["text"] for row in rows] == [
        '["QR code"]',
        '{"shop":null,"total":1.23,"currency":"USD","paid by":null}',
    ]
