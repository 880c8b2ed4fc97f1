"""The reviewer screen on phones and in every language, and that everything on it has a name."""

import pytest
from playwright.async_api import expect
from test_looks import NAMELESS, SMALL

from manyeyes.console.reviewer import glyphs
from manyeyes.console.shared import task_wording
from manyeyes.console.shared.languages import LANGUAGES, catalogue
from manyeyes.console.shared.rendering import static_root
from manyeyes.tasks.rules import ImageOptions
from support import factories
from support.browser_visits import PHONE, at_review, has_no_sideways_scroll
from support.screen_disputes import complaint, reviewer
from support.served_site import Site

pytestmark = pytest.mark.browser
TEXTS = ["", "12345", "Elm Street", "lO0I1|", "0O", "a0b1c2", "ก๑ 0", "١٢ 3", "a  b\t1", "x" * 41, "é0"]
OPTIONS = [ImageOptions(), ImageOptions(numeric=1), ImageOptions(case=False), ImageOptions(case=False, math=True)]
OPTIONS += [ImageOptions(case=False, numeric=1, min_length=2), ImageOptions(case=False, phrase=True, max_length=9)]


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand, factories.Hand]:
    return await factories.customer(site.context), await factories.hand(site.context), await reviewer(site.context)


async def test_picture_answer_and_verdicts_are_in_sight_on_a_phone(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author, "lO0I1", phrase=False, comment="Type the five signs on the plate")
    screen = await at_review(site, browser, judge, **PHONE)
    assert await has_no_sideways_scroll(screen.page)
    await screen.part("start").tap()
    await screen.shown("lO0I1")
    for part in ("picture", "given", "wrong", "right", "alike"):
        await expect(screen.part(part)).to_be_in_viewport(ratio=0.95)
    assert await screen.page.evaluate(SMALL) == []
    await screen.part("alike").tap()
    await expect(screen.part("receipt")).to_contain_text("alike")


async def test_a_phone_on_its_side_shows_picture_and_verdicts(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge, **(PHONE | {"viewport": {"width": 740, "height": 360}}))
    await screen.part("start").tap()
    await screen.shown("12345")
    for part in ("picture", "given", "wrong", "right", "alike"):
        await expect(screen.part(part)).to_be_in_viewport(ratio=0.95)
    assert await has_no_sideways_scroll(screen.page)


KEYS_ON_WORDS = """() => [...document.querySelectorAll(".verdict kbd")].flatMap((key) => {
  const at = key.getBoundingClientRect();
  return [...key.parentElement.querySelectorAll("span, .icon")].filter((part) => {
    const words = document.createRange();
    words.selectNodeContents(part);
    const boxes = part.matches(".icon") ? [part.getBoundingClientRect()] : [...words.getClientRects()];
    return boxes.some((box) => at.width && box.width
      && at.left < box.right && box.left < at.right && at.top < box.bottom && box.top < at.bottom);
  }).map((part) => `${key.textContent} on ${part.textContent || "its icon"}`);
})"""


async def test_keys_never_lie_on_words(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.part("start").click()
    await screen.shown("12345")
    for width, height in ((390, 844), (640, 400), (900, 600), (1024, 700), (1100, 700), (1366, 768)):
        await screen.page.set_viewport_size({"width": width, "height": height})
        assert await screen.page.evaluate(KEYS_ON_WORDS) == [], width


async def test_every_language_fits_a_phone_in_the_largest_text(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author, phrase=False, min_length=3, max_length=9)
    screen = await at_review(site, browser, judge, **PHONE)
    for language in LANGUAGES:
        for place in ("", "&at=work"):
            await screen.page.goto(f"{site.url}/reviewer?lang={language}&text=largest{place}")
            await expect(screen.page.locator("html")).to_have_attribute("lang", language)
            assert await has_no_sideways_scroll(screen.page), language
        await screen.shown("12345")
        assert await has_no_sideways_scroll(screen.page), language


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_screen_speaks(site: Site, browser, people, language):
    customer, author, judge = people
    await complaint(site.context, customer, author, "O")
    screen = await at_review(site, browser, judge)
    await screen.page.goto(f"{site.url}/reviewer?lang={language}")
    say = catalogue(language).ugettext
    await expect(screen.part("start")).to_have_text(say("Start reviewing"))
    await screen.start()
    await screen.shown("O")
    await expect(screen.part("wrong").locator("span")).to_have_text(say("The answer is wrong"))
    await expect(screen.part("glyphs")).to_contain_text(say("capital letter o"))
    await screen.press("ArrowLeft")
    await expect(screen.part("receipt")).to_contain_text(say("You said: wrong"))
    assert screen.errors == []


async def test_everything_has_a_name_and_a_focus_that_is_seen(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    assert await screen.page.evaluate(NAMELESS) == []
    await screen.start()
    await screen.shown("12345")
    assert await screen.page.evaluate(NAMELESS) == []
    seen = []
    for _ in range(7):  # to the last one
        await screen.press("Tab")
        identity, outline = await screen.page.evaluate(
            "[document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert outline == "solid", identity
        seen.append(identity)
    assert {"wrong", "alike", "right", "reason"} <= set(seen)


async def test_the_verdicts_are_told_apart_by_more_than_colour(site: Site, browser, people):
    customer, author, judge = people
    await complaint(site.context, customer, author)
    screen = await at_review(site, browser, judge)
    await screen.start()
    await screen.shown("12345")
    boxes = {part: await screen.part(part).bounding_box() for part in ("wrong", "alike", "right")}
    assert boxes["wrong"]["x"] < boxes["alike"]["x"] < boxes["right"]["x"]  # as the keys lie
    signs = {part: await screen.part(part).locator("svg path").get_attribute("d") for part in ("wrong", "right")}
    assert len(set(signs.values())) == 2


async def test_server_and_script_write_an_answer_alike(site: Site, browser, people):
    _, _, judge = people
    screen = await at_review(site, browser, judge)
    for options in OPTIONS:
        cases = [[{"numeric": options.numeric, "case": options.case, "math": options.math}, text] for text in TEXTS]
        check = """async ([address, cases]) => {
            const { alike, length, runs } = await import(address);
            return cases.map(([options, text]) => [
                runs(text).map((run) => [run.text, run.isDigits]),
                alike(options, text).map(({ sign, key }) => [sign, key]),
                length(text),
            ]);
        }"""
        found = await screen.page.evaluate(check, [f"{static_root()}/reviewer/glyphs.js", cases])
        assert found == [
            [
                [[run.text, run.is_digits] for run in glyphs.runs(text)],
                [list(pair) for pair in glyphs.alike(options, text)],
                glyphs.length(text),
            ]
            for text in TEXTS
        ]


async def test_server_and_script_name_the_same_rules(site: Site, browser, people):
    _, _, judge = people
    screen = await at_review(site, browser, judge)
    check = """async ([address, every]) => {
        const { judgedBy } = await import(address);
        return every.map((options) => judgedBy(options).map(({ key, values }) => [key, values ?? {}]));
    }"""
    names = ("phrase", "case", "numeric", "math", "min_length", "max_length")
    every = [{name: getattr(options, name) for name in names} for options in OPTIONS]
    found = await screen.page.evaluate(check, [f"{static_root()}/shared/answer_rules.js", every])
    assert found == [[list(pair) for pair in task_wording.judged_by(options)] for options in OPTIONS]
