"""Pictures of every shape at the screens: shown whole or along a side, at their real pixels and beyond, moved by hand.

A picture's real size is one CSS pixel for each of its own (docs/reference/console.md): more of them on finer screens.
"""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from manyeyes.console.shared.languages import LANGUAGES, catalogue
from support import factories
from support.browser_visits import PHONE, Screen, at_review, at_work, has_no_sideways_scroll, link, worker_subject
from support.label_tasks import send_labels
from support.screen_disputes import complaint, reviewer
from support.served_site import Site
from support.sized_pictures import look, send_sizes, shown, sized

pytestmark = pytest.mark.browser
TALL, WIDE, LARGE = (1080, 20_000), (20_000, 60), (7000, 7000)
SIZES = [(1, 1), (3, 2), (120, 40), (800, 600), (1080, 2400), (4000, 3000), (60, 20_000), LARGE, WIDE, TALL]
PRESSES = 9
People = tuple[factories.Customer, factories.Hand]


async def working(site: Site, browser: Browser, people: People, *sizes: tuple[int, int], **window: Any) -> Screen:
    """Send pictures of these sizes and look at the first of them."""
    customer, hand = people
    await send_sizes(site, customer, sizes)
    screen = await at_work(site, browser, hand, **window)
    await screen.part("start").click()
    await shown(screen, sizes[0])
    return screen


async def test_every_size_can_be_seen_at_its_real_pixels_and_beyond(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, *SIZES)
    for size in SIZES:
        await shown(screen, size)
        await screen.press("Alt+o")
        seen = await look(screen)
        assert (seen["width"], seen["height"]) == size
        await expect(screen.part("zoom-level")).to_have_text("Zoom: Real 1:1")
        await screen.press("Alt+a")
        for _ in range(PRESSES):
            await screen.press("Alt+ArrowUp")
        seen = await look(screen)
        assert seen["width"] >= size[0]
        assert seen["height"] >= size[1]
        for _ in range(PRESSES):
            await screen.press("Alt+ArrowUp")
        seen = await look(screen)
        assert seen["width"] >= 8 * size[0]
        assert await screen.part("picture").evaluate("each => each.style.imageRendering") == "pixelated"
        for _ in range(3 * PRESSES):
            await screen.press("Alt+ArrowDown")
        seen = await look(screen)
        assert seen["width"] <= seen["room"][0] + 1
        assert seen["height"] <= seen["room"][1] + 1
        await screen.press("Escape")
    assert screen.errors == []


async def test_it_fills_the_width_and_the_height_exactly(site: Site, browser: Browser, people: People):
    sizes = [(800, 600), (4000, 3000), WIDE, TALL]
    screen = await working(site, browser, people, *sizes)
    for size in sizes:
        await shown(screen, size)
        for key, side, name in (("Alt+w", 0, "Width"), ("Alt+h", 1, "Height")):
            await screen.press(key)
            seen = await look(screen)
            assert (seen["width"], seen["height"])[side] == pytest.approx(seen["room"][side], abs=0.5)
            assert seen["width"] / seen["height"] == pytest.approx(size[0] / size[1], rel=0.02)
            await expect(screen.part("zoom-name")).to_contain_text(name)
        await screen.press("Escape")


async def test_a_picture_is_first_shown_so_that_it_can_be_read(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, (120, 40), (1, 1), TALL, WIDE, (4000, 3000))
    await expect(screen.part("zoom-name")).to_contain_text("Whole")
    await expect(screen.part("more")).to_be_hidden()
    assert (await look(screen))["width"] == 360
    await screen.press("Escape")
    await shown(screen, (1, 1))
    assert (await look(screen))["width"] >= 90
    await screen.press("Escape")
    await shown(screen, TALL)
    seen = await look(screen)
    assert seen["width"] == pytest.approx(min(seen["room"][0], 3240), abs=0.5)
    assert seen["top"] == 0
    await expect(screen.part("more")).to_have_text("More below")
    await screen.part("table").evaluate("each => each.scrollTo(0, each.scrollHeight)")
    await expect(screen.part("more")).to_be_hidden()
    await screen.press("Escape")
    await shown(screen, WIDE)
    seen = await look(screen)
    assert seen["height"] >= 60
    assert seen["left"] == 0
    assert await screen.part("picture").evaluate("each => getComputedStyle(each).imageRendering") == "auto"
    await expect(screen.part("more")).to_have_text("More to the right")
    await screen.press("Escape")
    await shown(screen, (4000, 3000))
    await expect(screen.part("zoom-name")).to_contain_text("Whole")
    await expect(screen.part("zoom-level")).to_have_attribute("data-low", "")


async def test_keys_move_it_while_the_box_is_typed_in(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, TALL, (3000, 3000))
    await screen.type("some")
    await screen.press("PageDown")
    first = (await look(screen))["top"]
    assert first > 100
    await screen.press("Alt+Shift+ArrowDown")
    assert (await look(screen))["top"] > first
    await screen.press("Alt+Shift+ArrowUp")
    await screen.press("PageUp")
    assert (await look(screen))["top"] == 0
    await screen.press("Alt+o")
    await screen.type("thing")
    await expect(screen.part("answer")).to_be_focused()
    await expect(screen.part("answer")).to_have_value("something")
    await screen.press("Escape")
    await screen.press("Enter")  # what was typed is thrown away: a reason is asked for
    await shown(screen, (3000, 3000))
    await screen.press("Alt+o")
    before = (await look(screen))["left"]
    assert before > 0  # the middle stays in the middle
    await screen.press("Alt+Shift+ArrowRight")
    assert (await look(screen))["left"] > before


async def test_a_mouse_drags_it_and_the_box_keeps_the_focus(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, (3000, 3000))
    await screen.press("Alt+o")
    before = await look(screen)
    box = await screen.part("table").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = screen.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    await mouse.move(x - 120, y - 70, steps=4)
    await mouse.up()
    after = await look(screen)
    assert (after["left"] - before["left"], after["top"] - before["top"]) == (
        pytest.approx(120, abs=2),
        pytest.approx(70, abs=2),
    )
    await mouse.move(x, y)
    assert (await look(screen))["left"] == after["left"]
    await screen.type("typed")
    await expect(screen.part("answer")).to_have_value("typed")


async def test_the_wheel_moves_it_and_enlarges_it_about_the_pointer(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, WIDE, (3000, 3000))
    box = await screen.part("table").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2
    await screen.page.mouse.move(x, y)
    await screen.page.mouse.wheel(0, 300)
    await screen.page.wait_for_function("document.getElementById('table').scrollLeft > 200")
    await screen.press("Escape")
    await shown(screen, (3000, 3000))
    await screen.press("Alt+w")
    place = SPOT
    before, was = await screen.page.evaluate(place, [x, y]), await look(screen)
    await screen.page.keyboard.down("Control")
    await screen.page.mouse.wheel(0, -100)
    await screen.page.keyboard.up("Control")
    await screen.page.wait_for_function(
        "(width) => document.getElementById('picture').clientWidth > width", arg=was["width"] + 5
    )
    assert await screen.page.evaluate(place, [x, y]) == pytest.approx(before, abs=0.01)
    assert await screen.page.evaluate("[visualViewport.scale, devicePixelRatio]") == [1, 1]


# Where in the picture a point of the window is, as shares of its width and height.
SPOT = """([x, y]) => {
  const box = document.getElementById("picture").getBoundingClientRect();
  return [(x - box.left) / box.width, (y - box.top) / box.height];
}"""
PINCH = """([from, to]) => {
  const table = document.getElementById("table");
  const box = table.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const send = (type, id, dx) => table.dispatchEvent(new PointerEvent(type, {
    pointerId: id, pointerType: "touch", bubbles: true, cancelable: true, clientX: x + dx, clientY: y }));
  send("pointerdown", 11, -from); send("pointerdown", 12, from);
  for (let step = 1; step <= 5; step++) {
    for (const [id, side] of [[11, -1], [12, 1]]) send("pointermove", id, side * (from + ((to - from) * step) / 5));
  }
  send("pointerup", 11, -to); send("pointerup", 12, to);
}"""


async def test_two_fingers_enlarge_it_and_make_it_smaller(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, (3000, 3000), **PHONE)
    before = (await look(screen))["width"]
    await screen.page.evaluate(PINCH, [20, 60])
    larger = (await look(screen))["width"]
    assert larger == pytest.approx(3 * before, rel=0.1)
    await screen.page.evaluate(PINCH, [60, 30])
    assert (await look(screen))["width"] == pytest.approx(larger / 2, rel=0.1)
    await screen.page.evaluate(PINCH, [60, 1])
    assert (await look(screen))["width"] == pytest.approx(before, rel=0.1)  # not smaller than whole
    assert await has_no_sideways_scroll(screen.page)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 400), (320, 568)])
async def test_small_windows_keep_the_controls_in_reach(
    site: Site, browser: Browser, people: People, width: int, height: int
):
    window = {**PHONE, "viewport": {"width": width, "height": height}}
    screen = await working(site, browser, people, TALL, WIDE, **window)
    for size in (TALL, WIDE):
        await shown(screen, size)
        for control in ("zoom-in", "zoom-level", "zoom-out", "contrast"):
            await screen.part(control).scroll_into_view_if_needed()
            await screen.part(control).tap()
        for key in ("Alt+o", "Alt+w", "Alt+h", "Alt+a"):
            await screen.press(key)
            assert await has_no_sideways_scroll(screen.page), (size, key)
            await expect(screen.part("send")).to_be_in_viewport()
        await screen.press("Escape")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_button_names_the_step_in_every_language(site: Site, browser: Browser, people: People, language: str):
    screen = await working(site, browser, people, TALL, **PHONE)
    await screen.page.goto(f"{site.url}/worker?lang={language}&text=largest")
    await shown(screen, TALL)
    say = catalogue(language).ugettext
    await expect(screen.part("more")).to_have_text(say("More below"))
    for name in ("Height", "Real 1:1", "Whole", "Width"):
        await screen.part("zoom-level").tap()
        await expect(screen.part("zoom-name")).to_contain_text(say(name))
        assert await has_no_sideways_scroll(screen.page)
    await screen.part("zoom-in").tap()
    await expect(screen.part("zoom-name")).to_contain_text("%")


async def test_the_button_is_reached_and_seen_by_keyboard_alone(site: Site, browser: Browser, people: People):
    screen = await working(site, browser, people, TALL)
    await screen.part("skip").focus()
    for control in ("skip-why", "zoom-out", "zoom-level"):
        await screen.press("Tab")
        await expect(screen.part(control)).to_be_focused()
    assert await screen.part("zoom-level").evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    await screen.press("Enter")
    await expect(screen.part("zoom-name")).to_contain_text("Height")


async def test_whoever_picks_labels_or_judges_has_the_same(site: Site, browser: Browser, people: People):
    customer, hand = people
    await send_labels(site.context, customer, picture=sized(*TALL))
    screen = await at_work(site, browser, hand)
    await screen.start()
    await shown(screen, TALL)
    await screen.press("Alt+o")
    assert (await look(screen))["width"] == TALL[0]
    await screen.press("Escape")
    judge = await reviewer(site.context)
    await complaint(site.context, customer, hand, picture=sized(*TALL))
    review = await at_review(site, browser, judge)
    await review.start()
    await review.shown("12345")
    await review.press("Alt+o")
    await review.press("PageDown")
    await review.press("Shift+ArrowDown")
    seen = await look(review)
    assert (seen["width"], seen["height"]) == TALL
    assert seen["top"] > 100
    await expect(review.part("zoom-name")).to_have_text("Real 1:1")
    assert (screen.errors, review.errors) == ([], [])


async def test_without_script_a_picture_leads_to_itself(site: Site, browser: Browser, people: People):
    customer, hand = people
    await send_sizes(site, customer, [WIDE])
    page = await (await browser.new_context(java_script_enabled=False, locale="en-US")).new_page()
    await page.goto(site.url + await link(site.context, worker_subject(hand)))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Start working").click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Open it in its real size").click()
    assert await (await opened.value).locator("img").count() == 1
