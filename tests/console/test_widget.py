"""The widget screen in a real browser: from createTask to getTaskResult, by keyboard, on a phone, and when it fails."""

import json
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, FrameLocator, expect

from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.roles.site_checks import end_barred
from manyeyes.sites.rules import SiteEvent
from support import factories, proven_sites
from support.browser_visits import PHONE, Screen, at_work, has_no_sideways_scroll, send
from support.factories import Customer, Hand
from support.label_tasks import send_labels
from support.proven_sites import KEY
from support.served_site import Site
from support.widget_scripts import Makers

pytestmark = pytest.mark.browser
QUEUES = (1, 6, 18, 20, 22, 24, 27)
# kind, its own properties, and (script that is loaded, the token, its name in the solution)
KINDS: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (
        "RecaptchaV2TaskProxyless",
        {},
        ("https://www.google.com/recaptcha/api.js?", f"recaptcha-token-of-{KEY}", "gRecaptchaResponse"),
    ),
    (
        "RecaptchaV2EnterpriseTaskProxyless",
        {"apiDomain": "www.recaptcha.net"},
        ("https://www.recaptcha.net/recaptcha/enterprise.js?", f"enterprise-token-of-{KEY}", "gRecaptchaResponse"),
    ),
    (
        "HCaptchaTaskProxyless",
        {},
        ("https://js.hcaptcha.com/1/api.js?", f"hcaptcha-token-of-{KEY}", "gRecaptchaResponse"),
    ),
    (
        "TurnstileTaskProxyless",
        {"action": "sign-up", "cData": "order 7"},
        ("https://challenges.cloudflare.com/turnstile/v0/api.js?", f"turnstile-token-of-{KEY}", "token"),
    ),
]
STARTED: list[tuple[str, dict[str, Any], str]] = [
    ("RecaptchaV3TaskProxyless", {"minScore": 0.9, "pageAction": "login"}, "recaptcha-v3-token-for-login"),
    ("RecaptchaV3TaskProxyless", {"minScore": 0.3, "isEnterprise": True}, "recaptcha-v3-token-for-nothing"),
    ("RecaptchaV2TaskProxyless", {"isInvisible": True}, "recaptcha-invisible-token"),
    ("HCaptchaTaskProxyless", {"isInvisible": True}, "hcaptcha-invisible-token"),
]


@pytest.fixture
async def people(site: Site) -> tuple[Customer, Hand]:
    """A customer for whom shop.example is proven, and a worker who may do everything."""
    customer = await factories.customer(site.context)
    await proven_sites.add_proven_site(site.context, customer.account_id)
    return customer, await factories.hand(site.context, queues=QUEUES)


async def create(site: Site, customer: Customer, kind: str = "RecaptchaV2TaskProxyless", **given: Any) -> int:
    task = {"type": kind, "websiteURL": "https://www.shop.example/", "websiteKey": KEY, **given}
    async with httpx.AsyncClient(base_url=site.url) as client:
        return int((await factories.call(client, "createTask", customer, task=task))["taskId"])


async def result(site: Site, customer: Customer, task_id: int) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=site.url) as client:
        return await factories.call(client, "getTaskResult", customer, taskId=task_id)


async def working(site: Site, browser: Browser, hand: Hand, **given: Any) -> tuple[Screen, Makers, FrameLocator]:
    """Sign in, stand in for the makers, and press start; return the frame of the widget too."""
    screen, makers = await at_work(site, browser, hand, **given), Makers()
    await makers.stand_in(screen.browser_context)
    await screen.start()
    return screen, makers, screen.page.frame_locator("#widget-frame")


@pytest.mark.parametrize(("kind", "given", "expected"), KINDS, ids=[kind for kind, _, _ in KINDS])
async def test_a_widget_is_solved_and_its_token_is_the_solution(
    site: Site, browser: Browser, people: Any, kind: str, given: dict[str, Any], expected: tuple[str, str, str]
):
    customer, hand = people
    task_id = await create(site, customer, kind, **given)
    screen, makers, frame = await working(site, browser, hand)
    await expect(screen.part("ask")).to_have_text("Solve the widget of www.shop.example")
    await frame.locator("#solve").click()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")
    script, token, member = expected
    assert [url.startswith(script) for url in makers.scripts] == [True]
    ready = await result(site, customer, task_id)
    assert ready["solution"] == {member: token}
    await expect(screen.part("waiting-title")).to_be_visible()
    assert (screen.errors, makers.elsewhere) == ([], [])


@pytest.mark.parametrize(("kind", "given", "token"), STARTED)
async def test_what_shows_nothing_by_itself_has_a_button_and_enter_presses_it(
    site: Site, browser: Browser, people: Any, kind: str, given: dict[str, Any], token: str
):
    customer, hand = people
    task_id = await create(site, customer, kind, **given)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#go")).to_be_focused()
    await screen.press("Enter")
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")
    assert (await result(site, customer, task_id))["solution"] == {"gRecaptchaResponse": token}


async def test_the_widget_is_rendered_as_its_owner_s_page_would(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer, "TurnstileTaskProxyless", action="sign-up", cData="order 7")
    _, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    asked = await frame.locator("body").evaluate("() => JSON.stringify(window.asked)")
    assert json.loads(asked) == {
        **{
            "maker": "turnstile",
            "sitekey": KEY,
            "action": "sign-up",
            "cData": "order 7",
            "size": "normal",
        },
    }


async def test_pictures_widgets_and_labels_come_in_turn(site: Site, browser: Browser, people: Any):
    customer, hand = people
    screen, _, frame = await working(site, browser, hand)
    for n in range(2):
        await send(site, customer, f"picture {n}")
        await screen.asked("Type what you see")
        await expect(screen.page.locator("#widget-frame")).to_be_hidden()
        await screen.answer(f"picture {n}")
        await create(site, customer)
        await expect(screen.part("ask")).to_have_text("Solve the widget of www.shop.example")
        await expect(screen.part("answer")).to_be_hidden()
        await frame.locator("#solve").click()
        await expect(screen.part("receipt")).to_contain_text("Solved and sent")
        await send_labels(site.context, customer)
        await expect(screen.part("labels")).to_have_attribute("data-ready", "")
        await expect(screen.page.locator("#widget-frame")).to_be_hidden()
        await screen.press("3")
        await expect(screen.part("receipt")).to_contain_text("Chosen: text")
    await expect(screen.part("answered")).to_have_text("6")
    assert screen.errors == []


async def test_a_page_that_is_loaded_anew_shows_the_same_widget(site: Site, browser: Browser, people: Any):
    customer, hand = people
    task_id = await create(site, customer)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    await screen.page.reload()
    await frame.locator("#solve").click()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")
    assert (await result(site, customer, task_id))["status"] == "ready"
    async with site.context.cells.pool(1).acquire() as db:
        kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM site_event ORDER BY at, kind")]
    assert kinds[-3:] == [SiteEvent.TASK_CREATED, SiteEvent.WIDGET_SHOWN, SiteEvent.TOKEN_GIVEN]


async def test_a_script_of_another_host_is_refused_by_the_policy(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer)
    _, makers, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    inserting = """(body, source) => new Promise((resolve) => {
      const hear = (event) => resolve(event.effectiveDirective);
      document.addEventListener("securitypolicyviolation", hear, { once: true });
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve("loaded");
      body.append(script);
    })"""
    for source in (
        "https://evil.example/x.js",
        "https://js.hcaptcha.com/1/api.js",
        "https://www.google.com/elsewhere.js",
    ):
        assert await frame.locator("body").evaluate(inserting, source) == "script-src-elem"
    framing = inserting.replace('"script"', '"iframe"')
    assert await frame.locator("body").evaluate(framing, "https://evil.example/") == "frame-src"
    assert await frame.locator("body").evaluate("() => fetch('/v1/worker/session').catch(() => 'refused')") == "refused"
    assert makers.elsewhere == []
    assert len(makers.scripts) == 1


async def test_a_token_from_anywhere_but_the_frame_is_not_believed(site: Site, browser: Browser, people: Any):
    customer, hand = people
    task_id = await create(site, customer)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    forged = "() => window.postMessage({ manyeyes: 'token', token: 'forged' }, '*')"
    await screen.page.evaluate(forged)
    assert (await result(site, customer, task_id))["status"] == "processing"
    await frame.locator("#solve").click()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")
    assert (await result(site, customer, task_id))["solution"]["gRecaptchaResponse"] != "forged"


async def test_a_widget_that_does_not_load_is_explained_and_skipped_by_keyboard(
    site: Site, browser: Browser, people: Any
):
    customer, hand = people
    screen = await at_work(site, browser, hand)
    makers = Makers()
    makers.broken = True
    await makers.stand_in(screen.browser_context)
    await create(site, customer)
    await screen.start()
    await expect(screen.part("notice")).to_contain_text("could not be loaded")
    await screen.press("Escape")
    await expect(screen.page.locator("#skip-menu [role=menuitem]:visible")).to_have_text(
        ["1The widget does not work", "2Another reason"]
    )
    async with screen.page.expect_request("**/v1/worker/skips") as sent:
        await screen.press("1")
    assert json.loads((await sent.value).post_data or "")["reason"] == "widget_failed"
    await expect(screen.part("waiting-title")).to_be_visible()


async def test_a_picture_s_reasons_are_its_own(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await send(site, customer)
    screen, _, _ = await working(site, browser, hand)
    await screen.asked("Type what you see")
    await screen.press("Alt+s")
    await expect(screen.page.locator("#skip-menu [role=menuitem]:visible")).to_have_text(
        ["1I cannot read it", "2I do not know this language", "3It is upsetting", "4Another reason"]
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("asked['error-callback']('110200')", "reports a fault: 110200"),
        ("asked['expired-callback']()", "time ran out"),
    ],
)
async def test_what_the_widget_says_is_explained(site: Site, browser: Browser, people: Any, call: str, said: str):
    customer, hand = people
    await create(site, customer, "TurnstileTaskProxyless")
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    await frame.locator("body").evaluate(f"() => {{ window.{call}; }}")
    await expect(screen.part("notice")).to_contain_text(said)
    await frame.locator("#solve").click()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")


async def test_a_withdrawal_takes_the_widget_off_the_screen(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    withdrawal = WithdrawSite(1, await site.context.id_blocks.take(1), customer.account_id, "shop.example")
    await site.context.batcher.ask(withdraw_sites, withdrawal)
    await end_barred(site.context, 1)
    await expect(screen.part("waiting-title")).to_be_visible()
    await expect(screen.part("notice")).to_contain_text("its owner took it back")


async def test_a_solution_that_comes_after_the_withdrawal_is_explained(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    async with site.context.cells.pool(1).acquire() as db:  # not to be swept: the answer must meet the closed gate
        await db.execute("UPDATE site SET state = 3, check_at = NULL")
    await frame.locator("#solve").click()
    await expect(screen.part("notice")).to_contain_text("has taken the permission back")


async def test_on_a_phone_it_fits(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer)
    screen, _, frame = await working(site, browser, hand, **PHONE)
    await expect(frame.locator("#solve")).to_be_visible()
    assert await has_no_sideways_scroll(screen.page)
    box = await screen.page.locator("#widget-frame").bounding_box()
    assert box
    assert box["width"] >= 320
    assert box["height"] >= 400
    await frame.locator("#solve").tap()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")


async def test_a_break_and_back_shows_it_again(site: Site, browser: Browser, people: Any):
    customer, hand = people
    await create(site, customer)
    screen, _, frame = await working(site, browser, hand)
    await expect(frame.locator("#solve")).to_be_visible()
    async with screen.page.expect_response("**/v1/worker/offline"):
        await frame.locator("#solve").press("Alt+b")
    await screen.start()
    await frame.locator("#solve").click()
    await expect(screen.part("receipt")).to_contain_text("Solved and sent")
