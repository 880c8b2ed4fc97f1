"""Label tasks at the worker's screen: picked by number, by click, by typing; between pictures and widgets."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.tasks.labels import LABEL_PICTURE
from support import factories
from support.browser_visits import PHONE, Screen, at_work, has_no_sideways_scroll, send
from support.label_tasks import FEW, MANY, options, send_labels
from support.served_site import Site

pytestmark = pytest.mark.browser
ASK = "Which label fits the picture?"


async def answers(site: Site) -> list[Any]:
    async with site.context.cells.pool(1).acquire() as db:
        return [row["answer"] for row in await db.fetch("SELECT answer FROM result WHERE cell = 1 ORDER BY task_id")]


async def ready(screen) -> None:
    """Wait until a label can be picked."""
    await expect(screen.part("ask")).to_have_text(ASK)
    await expect(screen.part("labels")).to_have_attribute("data-ready", "")


def label(screen, name):
    return screen.page.get_by_role("button", name=name, exact=True)


@pytest.fixture
async def screen(site: Site, browser, people) -> Screen:
    """The worker's screen with one label task on it."""
    customer, hand = people
    await send_labels(site.context, customer)
    found = await at_work(site, browser, hand)
    await found.start()
    await ready(found)
    return found


async def test_a_number_key_picks_and_sends_at_once(site: Site, screen: Screen):
    await screen.press("2")
    await expect(screen.part("receipt")).to_contain_text("Chosen: QR or bar code")
    await expect(screen.part("waiting-title")).to_be_visible()
    assert [json.loads(answer) for answer in await answers(site)] == [{"text": "1", "name": "QR or bar code"}]
    assert screen.errors == []


async def test_a_click_picks_too(site: Site, screen: Screen):
    await label(screen, "text").click()
    await expect(screen.part("receipt")).to_contain_text("Chosen: text")
    assert [json.loads(answer)["text"] for answer in await answers(site)] == ["2"]


async def test_arrows_and_enter_pick_without_a_mouse(screen: Screen):
    await screen.press("Tab")
    await expect(label(screen, "normal")).to_be_focused()
    await screen.press("ArrowRight")
    await expect(label(screen, "QR or bar code")).to_be_focused()
    await screen.press("ArrowLeft")
    await screen.press("ArrowLeft")
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Chosen: text")


async def test_its_parts_have_names_for_those_who_hear_them(screen: Screen):
    group = screen.page.get_by_role("group", name="Labels to choose from")
    await expect(group).to_be_focused()
    assert await group.get_by_role("button").all_inner_texts() == [f"{n + 1}\n{name}" for n, name in enumerate(FEW)]
    await expect(label(screen, "normal")).to_have_attribute("aria-keyshortcuts", "1")
    await expect(screen.part("topic")).to_have_text("advertising")
    await expect(screen.part("comment")).to_be_hidden()
    await expect(screen.part("answer")).to_be_hidden()


async def test_a_number_without_a_label_picks_nothing(site: Site, screen: Screen):
    for key in ("4", "0", "x", "Enter"):
        await screen.press(key)
    assert await answers(site) == []
    await screen.press("1")
    await expect(screen.part("receipt")).to_contain_text("Chosen: normal")


async def test_a_key_that_is_held_or_pressed_twice_does_not_judge_the_next_picture(site: Site, browser, people):
    customer, hand = people
    for _ in range(2):
        await send_labels(site.context, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await ready(screen)
    await expect(screen.part("main")).to_have_attribute("data-ahead", re.compile("."))
    first = await screen.lease()
    await screen.page.keyboard.down("1")
    await screen.page.keyboard.down("1")  # repeated by being held
    await expect(screen.part("main")).not_to_have_attribute("data-lease", first)
    await screen.page.keyboard.down("1")
    await screen.page.keyboard.up("1")
    await ready(screen)
    await expect(screen.part("answered")).to_have_text("1")
    assert len(await answers(site)) == 1


async def test_escape_skips_and_a_reason_is_chosen_by_number(site: Site, screen: Screen):
    await screen.press("Alt+s")
    async with screen.page.expect_request("**/v1/worker/skips") as sent:
        await screen.press("2")  # of the open menu, not of the labels
    assert json.loads((await sent.value).post_data)["reason"] == "wrong_language"
    await expect(screen.part("waiting-title")).to_be_visible()
    assert await answers(site) == []


async def test_a_marked_picture_is_looked_at_before_it_is_judged(site: Site, browser, people):
    customer, hand = people
    await factories.mark_queue(site.context, hand)
    await send_labels(site.context, customer)
    screen = await at_work(site, browser, hand)
    await screen.start()
    await expect(screen.part("unveil")).to_be_focused()
    await screen.press("1")
    await expect(label(screen, "normal")).to_have_attribute("aria-disabled", "true")
    assert await answers(site) == []
    await screen.press("Enter")
    await ready(screen)
    await screen.press("1")
    await expect(screen.part("receipt")).to_contain_text("Chosen: normal")


async def test_a_picture_that_does_not_load_cannot_be_judged(site: Site, browser, people):
    customer, hand = people
    await send_labels(site.context, customer)
    screen = await at_work(site, browser, hand)
    await screen.page.route("**/pictures/**", lambda route: route.abort())
    await screen.start()
    await expect(screen.part("notice")).to_contain_text("could not be loaded")
    await screen.press("1")
    await expect(label(screen, "normal")).to_have_attribute("aria-disabled", "true")
    assert await answers(site) == []


async def test_pictures_to_read_and_to_label_come_in_turn(site: Site, browser, people):
    customer, hand = people
    await send(site, customer, "alpha")
    await send_labels(site.context, customer)
    await send(site, customer, "beta", comment="the last word")
    screen = await at_work(site, browser, hand)
    await screen.start()
    await screen.asked("Type what you see")
    await expect(screen.part("labels")).to_be_hidden()
    await screen.answer("alpha")
    await ready(screen)
    await screen.press("3")
    await screen.asked("Type what you see")
    await expect(screen.part("labels")).to_be_hidden()
    await expect(screen.part("comment-text")).to_have_text("the last word")
    await expect(screen.part("topic")).to_be_hidden()
    await screen.answer("b3ta 2")  # its numbers are typed, not picked
    found = [json.loads(answer) for answer in await answers(site)]
    assert [answer["text"] for answer in found] == ["alpha", "2", "b3ta 2"]
    assert screen.errors == []


async def test_what_was_typed_for_a_picture_survives_a_page_between(site: Site, browser, people):
    """A draft belongs to its task, and a label task has none."""
    customer, hand = people
    await send_labels(site.context, customer)
    await send(site, customer, "alpha")
    screen = await at_work(site, browser, hand)
    await screen.start()
    await ready(screen)
    await screen.press("1")
    await screen.asked("Type what you see")
    await expect(screen.part("answer")).to_have_value("")
    await expect(screen.part("answer")).to_be_enabled()


async def test_when_the_connection_is_lost_the_label_is_sent_later(site: Site, screen: Screen):
    await screen.page.route("**/v1/worker/answers", lambda route: route.abort(), times=2)
    await screen.press("3")
    await expect(screen.part("receipt")).to_contain_text("Chosen: text")
    assert [json.loads(answer)["text"] for answer in await answers(site)] == ["2"]


class TestManyLabels:
    @pytest.fixture
    async def many(self, site: Site, browser, people) -> Screen:
        customer, hand = people
        await send_labels(site.context, customer, MANY)
        screen = await at_work(site, browser, hand)
        await screen.start()
        await ready(screen)
        return screen

    async def test_one_types_to_find_and_enter_takes_the_marked_one(self, site: Site, many: Screen):
        await expect(many.part("find")).to_be_focused()
        await many.type("cafe")  # the label is written with an accent
        await expect(many.page.locator(".label:visible")).to_have_text(["café"])
        await expect(many.part("found")).to_have_text("café")
        await many.press("Enter")
        await expect(many.part("receipt")).to_contain_text("Chosen: café")
        assert json.loads((await answers(site))[0])["text"] == str(MANY.index("café"))

    async def test_what_begins_so_comes_first_and_arrows_mark_another(self, many: Screen):
        await many.type("ca")
        await expect(many.page.locator("[data-marked]")).to_have_text("café")
        await many.press("ArrowDown")
        await many.press("ArrowDown")
        await expect(many.page.locator("[data-marked]")).to_have_text("cat")
        await many.press("Enter")
        await expect(many.part("receipt")).to_contain_text("Chosen: cat")

    async def test_numbers_are_typed_like_letters(self, site: Site, many: Screen):
        await many.type("1")
        await expect(many.part("found")).to_have_text("No label is called so")
        await many.press("Enter")
        assert await answers(site) == []
        await many.press("Backspace")
        await expect(many.page.locator(".label:visible")).to_have_count(len(MANY))

    async def test_the_picture_keeps_its_size_while_one_types(self, many: Screen):
        before = await many.part("stage").bounding_box()
        await many.type("castle")
        await expect(many.page.locator(".label:visible")).to_have_count(1)
        assert await many.part("stage").bounding_box() == before


@pytest.mark.parametrize("names", [FEW, MANY[:10], MANY], ids=["three", "ten", "many"])
@pytest.mark.parametrize("upright", [True, False])
async def test_on_a_phone_the_labels_are_in_sight_beside_the_picture(site: Site, browser, people, names, upright):
    customer, hand = people
    await send_labels(site.context, customer, names)
    shape = PHONE["viewport"] if upright else {"width": 700, "height": 340}
    screen = await at_work(site, browser, hand, **{**PHONE, "viewport": shape})
    await screen.start()
    await ready(screen)
    await expect(screen.part("ask")).to_be_in_viewport()
    await expect(screen.part("picture")).to_be_in_viewport(ratio=0.9)
    shown = screen.page.locator(".label")
    await expect(shown.first).to_be_in_viewport(ratio=1)
    if len(names) <= 10:
        await expect(shown.last).to_be_in_viewport(ratio=0.9)
    height = (await shown.first.bounding_box())["height"]
    assert height >= 44  # pixels: a finger's width (WCAG 2.5.5)
    assert await has_no_sideways_scroll(screen.page)
    await shown.nth(1).tap()
    await expect(screen.part("receipt")).to_contain_text(f"Chosen: {names[1]}")


async def test_long_and_foreign_names_are_wrapped_not_cut(site: Site, browser, people):
    customer, hand = people
    names = ("unacceptable" * 5, "صورة عادية", "普通图片", "<b>bold</b> & 'quoted'")
    submitted = await factories.submit(site.context, customer, options=options(names), kind=LABEL_PICTURE)
    assert isinstance(submitted, Submitted)
    screen = await at_work(site, browser, hand, **PHONE)
    await screen.start()
    await ready(screen)
    assert await screen.page.locator(".label span").all_inner_texts() == list(names)
    assert await has_no_sideways_scroll(screen.page)


async def outline(screen) -> list[list[Any]]:
    """Return what a label's button is made of, for each."""
    found = []
    for one in await screen.page.locator(".label").all():
        attributes = [await one.get_attribute(name) for name in ("type", "name", "value", "aria-keyshortcuts")]
        found.append([*attributes, re.sub(r"\s+", " ", await one.inner_text())])
    return found


async def test_the_server_draws_the_same_labels_as_the_script(screen: Screen):
    drawn = await outline(screen)
    await screen.page.route("**/label_buttons.js", lambda route: route.abort())
    await screen.page.reload()
    await expect(screen.part("labels")).not_to_have_attribute("data-ready", "")
    assert await outline(screen) == drawn
    assert len(drawn) == len(FEW)
