"""What acts on a task never disappears: at 200 % zoom, above a phone's keyboard, in any language, for any kind."""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.settings import Settings
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, NumberOptions
from support import factories
from support.browser_visits import Screen, at_results, at_review, at_work, send
from support.given_answers import RECEIPT
from support.label_tasks import MANY
from support.measured_controls import SMALL_WINDOWS, faults
from support.question_tasks import ask
from support.screen_disputes import complaint, reviewer
from support.screen_results import unsettled
from support.served_site import Site

pytestmark = pytest.mark.browser
PICTURE_TOOLS = ("#zoom-out", "#zoom-level", "#zoom-in", "#contrast")
ALWAYS = (*PICTURE_TOOLS, ".look > summary", ".breaker")
WORKING = (*ALWAYS, "#skip", "#skip-why")
BOX = ("#answer", "#send")
METER = NumberOptions(comment="What does the meter read?", unit="m³", decimals=2, min=Decimal(0))
TEN = tuple(f"{name} of the {n}th kind" for n, name in enumerate(MANY[:10]))
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "number": (METER, (*BOX, "#how")),
    "label of few": (ChoiceOptions(labels=TEN[:3]), (".label",)),
    "label of ten": (ChoiceOptions(labels=TEN), (".label",)),
    "label of many": (ChoiceOptions(labels=MANY), (".label", "#find")),
    "labels": (ChoicesOptions(labels=TEN[:5]), (".label", "#send")),
    "fields": (RECEIPT, (".fields button",)),
}
PAID = '{"shop":"Elm 10","total":12.50,"currency":"USD","paid by":["cash","card"]}'
UNPAID = '{"shop":"Elm 1O","total":12.60,"currency":"USD","paid by":["cash"]}'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Keep what can be taken back for longer than a look at it takes."""
    return Settings(data=tmp_path, undo_seconds=60)


@pytest.fixture(autouse=True)
async def long_leases(site: Site) -> None:
    """Let no lease end while all languages are looked at, however slow the machine is."""
    async with site.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE queue SET lease_seconds = 600")
    site.context.lookups.forget()


async def faults_in_all_languages(screen: Screen, path: str, *controls: str, opened: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with the task's controls; ``opened``: what the menu of reasons has besides."""
    found = []
    for language in LANGUAGES:
        await screen.page.goto(f"{screen.site.url}{path}{'&' if '?' in path else '?'}lang={language}")
        await expect(screen.part("job")).to_be_visible()
        await expect(screen.page.locator(controls[0]).first).to_be_visible()
        found += [f"{language} {fault}" for fault in await faults(screen.page, *controls)]
        if opened:
            await screen.part("skip-why").click()
            found += [f"{language} {fault}" for fault in await faults(screen.page, *opened)]
            await screen.press("Escape")
    assert screen.errors == []
    return found


@pytest.mark.parametrize("kind", ["text", *KINDS])
async def test_nothing_that_acts_on_a_task_leaves_the_worker(site: Site, browser: Browser, people, kind: str):
    customer, hand = people
    controls: tuple[str, ...] = BOX
    opened: tuple[str, ...] = ()
    if kind == "text":
        await send(site, customer, comment="The name under the arms, from left to right", min_length=3, phrase=True)
        opened = ("#skip-menu button:not([hidden])",)
    else:
        options, controls = KINDS[kind]
        told = "Leave the red digits out." if "#how" in controls else ""
        await ask(site.context, customer, options, instructions=told)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    if "#how" in controls:
        async with screen.page.expect_response("**/seen"):
            await screen.part("instructions-start").click()
    assert await faults_in_all_languages(screen, "/worker", *controls, *WORKING, opened=opened) == []


async def looked_at(screen: Screen, name: str) -> None:
    """Leave a picture of each small window where a folder for them is named."""
    if folder := os.environ.get("MANYEYES_PICTURES"):
        for width, height in SMALL_WINDOWS:
            await screen.page.set_viewport_size({"width": width, "height": height})
            await screen.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("kind", ["text", "labels"])
async def test_what_takes_back_and_what_gives_more_time_are_in_reach(site: Site, browser: Browser, people, kind: str):
    """Both at once: an answer was just sent, and the next picture's time is nearly over."""
    customer, hand = people
    for n in range(len(LANGUAGES) + 1):
        if kind == "text":
            await send(site, customer, f"1234{n}")
        else:
            await ask(site.context, customer, KINDS[kind][0])
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    found = []
    controls = ("#undo", "#more-time", *WORKING, *(BOX if kind == "text" else KINDS[kind][1]))
    for language in LANGUAGES:
        await screen.page.clock.set_fixed_time(datetime.now(UTC))
        await screen.page.goto(f"{site.url}/worker?lang={language}")
        await expect(screen.part("job")).to_be_visible()
        if kind == "text":
            await screen.answer("12345")
        else:
            await screen.press("Escape")
        await expect(screen.part("undo")).to_be_visible()
        await screen.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=590))
        await expect(screen.part("more-time")).to_be_visible()
        found += [f"{language} {fault}" for fault in await faults(screen.page, *controls)]
        await looked_at(screen, f"small-{kind}-{language}")
    await screen.press("Alt+KeyB")
    assert (found, screen.errors) == ([], [])


async def test_a_veiled_picture_can_be_shown_in_a_small_window(site: Site, browser: Browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, hand)
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    assert await faults_in_all_languages(screen, "/worker", "#unveil", "#skip", "#skip-why", ".breaker") == []


async def test_settings_are_in_reach_in_a_small_window(site: Site, browser: Browser, people):
    customer, hand = people
    await send(site, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("job")).to_be_visible()
    found = []
    for language in LANGUAGES:
        await screen.page.goto(f"{site.url}/worker?lang={language}")
        await screen.page.locator(".look > summary").click()
        found += await faults(screen.page, ".look-sheet :is(select, button)")
    assert found == []


@pytest.mark.parametrize("text", ["12345", "lO0I1|"])
async def test_nothing_that_acts_on_a_complaint_leaves_the_reviewer(site: Site, browser: Browser, people, text: str):
    customer, author = people
    comment = "Type the five signs on the plate, without the red one"
    await complaint(site.context, customer, author, text, min_length=3, comment=comment)
    screen = await at_review(site, browser, await reviewer(site.context))
    verdicts = ("#wrong", "#alike", "#right", "#reason")
    assert await faults_in_all_languages(screen, "/reviewer?at=work", *verdicts, *ALWAYS) == []


@pytest.mark.parametrize(
    ("options", "texts"),
    [(METER, ("12.5", "12.6")), (ChoiceOptions(labels=MANY), ("cat", "castle")), (RECEIPT, (PAID, UNPAID))],
    ids=["number", "label", "fields"],
)
async def test_nothing_that_acts_on_a_result_leaves_the_reviewer(
    site: Site, browser: Browser, customer: factories.Customer, options: Any, texts: tuple[str, ...]
):
    await unsettled(site.context, customer, options, *texts)
    screen = await at_results(site, browser, await reviewer(site.context))
    choices = (".offer", "#another", "#none", "#skip")
    assert await faults_in_all_languages(screen, "/reviewer/results?at=work", *choices, *ALWAYS) == []
