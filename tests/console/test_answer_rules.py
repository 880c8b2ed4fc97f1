"""What one types is kept to the task's options, and nothing leaves the page that the server would refuse."""

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.async_api import expect

from manyeyes.console.shared.rendering import static_root
from manyeyes.tasks.rules import ImageOptions, obstacle, unfit
from manyeyes.values.text.rules import kept_words, normalised
from support import factories
from support.browser_visits import Screen, at_work, send
from support.served_site import Site
from support.typed_answers import ANYTHING, CASES

pytestmark = pytest.mark.browser
RULES = """async ([folder, cases]) => {
    const { answer, obstacle } = await import(`${folder}/shared/answer_rules.js`);
    const { keptWords } = await import(`${folder}/shared/text_rules.js`);
    const points = (text) => [...text].map((sign) => sign.codePointAt(0)); // a lone surrogate is no JSON
    return cases.map(([options, typed]) => {
        const text = typed.map((point) => String.fromCodePoint(point)).join("");
        const found = obstacle(options, text);
        const n = (found && found.values && found.values.n) || 0;
        return [points(answer(text)), found && found.key, n, points(keptWords(text))];
    });
}"""
KEPT = """async ([folder, text]) => (await import(`${folder}/shared/answer_rules.js`)).answer(text)"""
TEXTS = ["", " ", "7", "12345", "1 2", "12.5", "-3", "abc", "Elm Street", " Elm ", "a b c", "x7", "a" * 501]
TEXTS += ["ก ข", "ก๑ ๒", "１２３", "x²", "①b", "²", "١٢", "12 34", "a    ", "é", "e\u0301"]
CHECK = """async ([address, cases]) => {
    const { fitting, obstacle } = await import(address);
    return cases.map(([options, text]) => {
        const kept = fitting(options, text).text;
        return [kept.trim(), obstacle(options, kept) === null];
    });
}"""


async def at_a_task(site: Site, browser, **options) -> Screen:
    customer, hand = await factories.customer(site.context), await factories.hand(site.context)
    await send(site, customer, **options)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("answer")).to_be_focused()
    return screen


async def sent_by_enter(screen) -> list[Any]:
    """Press Enter and return the answers that left the page."""
    sent = []
    screen.page.on("request", lambda request: sent.append(request) if request.url.endswith("/answers") else None)
    await screen.press("Enter")
    await screen.page.wait_for_timeout(150)
    return [json.loads(request.post_data)["answer"]["text"] for request in sent]


async def test_only_digits_are_kept_and_the_length_is_asked_for(site: Site, browser):
    screen = await at_a_task(site, browser, numeric=1, min_length=5, max_length=5)
    await expect(screen.part("ask")).to_have_text("Type the digits you see")
    await expect(screen.part("rules")).to_have_text("only digitslength: 5")
    await expect(screen.part("answer")).to_have_attribute("inputmode", "numeric")
    await screen.type("4a8")
    await expect(screen.part("answer")).to_have_value("48")
    await expect(screen.part("hint")).to_have_text("3 more characters are needed")
    assert await sent_by_enter(screen) == []
    await expect(screen.part("answer")).to_have_attribute("aria-invalid", "true")
    await screen.type("2139")
    await expect(screen.part("answer")).to_have_value("48213")
    await expect(screen.part("hint")).to_have_text("Press Enter to send")
    assert await sent_by_enter(screen) == ["48213"]


async def test_a_letter_where_digits_are_wanted_is_explained(site: Site, browser):
    screen = await at_a_task(site, browser, numeric=1)
    await screen.type("1x")
    await expect(screen.part("hint")).to_have_text("Only digits are wanted here")


async def test_no_digits_and_two_words(site: Site, browser):
    screen = await at_a_task(site, browser, numeric=2, phrase=True)
    await expect(screen.part("ask")).to_have_text("Type the letters you see")
    await screen.type("Elm7")
    await expect(screen.part("answer")).to_have_value("Elm")
    assert await sent_by_enter(screen) == []
    await expect(screen.part("hint")).to_have_text("At least two words are wanted: put a space between them")
    await screen.type(" Street")
    kept = screen.part("rules").locator("[data-kept]")
    await expect(kept).to_have_text(["no digits", "at least two words"])
    assert await sent_by_enter(screen) == ["Elm Street"]


async def test_arithmetic_capitals_and_the_customers_words(site: Site, browser):
    comment = '<b onclick="x">Add them up</b>'
    screen = await at_a_task(site, browser, math=True, case=True, comment=comment)
    await expect(screen.part("ask")).to_have_text("Work it out and type the result")
    await expect(screen.part("rules").locator("li")).to_have_text(["capital letters matter", "needs arithmetic"])
    await expect(screen.part("comment-text")).to_have_text(comment)


def as_the_server_says(options: dict[str, Any], text: str) -> list[Any]:
    found = obstacle(ImageOptions(**options), text)
    n = found.n if found else 0
    return [[*map(ord, normalised(text))], found and f"hint.{found.key}", n, [*map(ord, kept_words(text))]]


def drawn_texts() -> list[tuple[dict[str, Any], str]]:
    """Some hundred texts, others each time."""
    found: list[tuple[dict[str, Any], str]] = []
    options = st.fixed_dictionaries(
        {"numeric": st.integers(0, 2), "phrase": st.booleans(), "min_length": st.integers(0, 9)}
    )

    @settings(max_examples=800, database=None, phases=[Phase.generate])
    @given(options, ANYTHING)
    def draw(options: dict[str, Any], text: str) -> None:
        found.append((options, text))

    draw()
    return found


async def test_the_box_takes_what_the_rules_allow_and_sends_what_is_kept(site: Site, browser):
    screen = await at_a_task(site, browser, max_length=3)
    box, hint = screen.part("answer"), screen.part("hint")
    for keys, shown, kept in (
        ("𠮷野家家", "𠮷野家", "𠮷野家"),
        ("Hue\u0302\u0301x", "Hue\u0302\u0301", "Huế"),
        ("\u3000a\u00a0b\u200b", "\u3000a\u00a0b\u200b", "a b"),
    ):
        await box.fill("")
        for key in keys:
            await screen.page.keyboard.insert_text(key)
        await expect(box).to_have_value(shown)
        await expect(hint).to_have_text("Press Enter to send")
        assert await screen.page.evaluate(KEPT, [static_root(), shown]) == kept
    for keys, said in (
        ("\u200b\u2800", "Type the answer"),
        ("a\u202e", "writing direction"),
        ("a\ue000", "not everybody"),
    ):
        await box.fill(keys)
        await expect(hint).to_contain_text(said)
        assert await sent_by_enter(screen) == []
    await box.fill(" Hue\u0302\u0301\ufeff")
    assert await sent_by_enter(screen) == ["Huế"]


async def test_an_input_method_is_never_cut(site: Site, browser):
    screen = await at_a_task(site, browser, max_length=3)
    method = await screen.browser_context.new_cdp_session(screen.page)
    await method.send("Input.imeSetComposition", {"text": "jisho wo", "selectionStart": 8, "selectionEnd": 8})
    await expect(screen.part("answer")).to_have_value("jisho wo")
    await method.send("Input.insertText", {"text": "辞書をひく"})
    await expect(screen.part("answer")).to_have_value("辞書をひく")
    await expect(screen.part("hint")).to_have_text("3 characters at most")
    assert await sent_by_enter(screen) == []


async def test_an_answer_from_right_to_left_turns_nothing_around_it(site: Site, browser):
    screen = await at_a_task(site, browser)
    await expect(screen.part("answer")).to_have_attribute("dir", "auto")
    await screen.answer("שלום")
    await expect(screen.part("receipt").locator("bdi")).to_have_text("Sent: שלום")


async def test_page_and_server_read_and_judge_every_text_alike(site: Site, browser):
    screen = await at_a_task(site, browser)
    cases = [(case.options, case.typed) for case in CASES] + [({}, chr(p)) for p in range(0x3100)] + drawn_texts()
    found = await screen.page.evaluate(RULES, [static_root(), [[o, list(map(ord, text))] for o, text in cases]])
    differ = [
        (options, ascii(text), page, server)
        for (options, text), page in zip(cases, found, strict=True)
        if page != (server := as_the_server_says(options, text))
    ]
    assert differ == []
    assert screen.errors == []


async def test_what_the_page_lets_through_the_server_takes(site: Site, browser):
    screen = await at_a_task(site, browser)
    options: list[dict[str, Any]] = [
        {"phrase": phrase, "numeric": numeric, "min_length": least, "max_length": most}
        for phrase in (False, True)
        for numeric in (0, 1, 2)
        for least, most in ((0, 0), (3, 0), (0, 4), (5, 5))
    ]
    cases = [(each, text) for each in options for text in TEXTS]
    found = await screen.page.evaluate(CHECK, [f"{static_root()}/shared/answer_rules.js", cases])
    let_through = [(case[0], text) for case, (text, passes) in zip(cases, found, strict=True) if passes]
    assert len(let_through) > len(options)
    refused = [(each, text) for each, text in let_through if unfit(ImageOptions(**each), text)]
    assert refused == []


async def test_what_the_server_takes_the_page_lets_through(site: Site, browser):
    screen = await at_a_task(site, browser)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"numeric": 0}, "Ünï 7"),
        ({"numeric": 1, "min_length": 2}, "30"),
        ({"numeric": 1, "phrase": True}, "12 34"),
        ({"numeric": 2, "max_length": 4}, "สวัส"),
        ({"phrase": True, "min_length": 3}, "a b"),
    ]
    assert [unfit(ImageOptions(**each), text) for each, text in cases] == [""] * len(cases)
    found = await screen.page.evaluate(CHECK, [f"{static_root()}/shared/answer_rules.js", cases])
    assert found == [[text, True] for _, text in cases]
