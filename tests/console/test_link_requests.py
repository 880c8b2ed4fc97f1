"""Who cannot sign in asks for a link: the form, what it never tells, and what the operator does with it."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.roles.customer.people import invite_person
from manyeyes.roles.house.link_requests import MOST_POSSIBLE, ask_for_link, count_link_requests, open_link_requests
from manyeyes.settings import Settings
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.workers.link_requests.rules import LONGEST_NAME, LONGEST_REACH, MOST_FROM_ONE
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import at_work, has_no_sideways_scroll, link
from support.house_visits import OWN_PAGE, led_to, send, shown_once, sign_in
from support.in_process_client import CALLER, Client

PATH = "/operator/links"
LAN = "Lan <lan@example.org>"
COMMON = """
INSERT INTO worker (worker_id, name, languages, queues, created_at)
SELECT n, CASE n WHEN 1701 THEN 'zoe' ELSE 'Ann' END, '{}', '{}', now() FROM generate_series(1001, 1701) AS n;
INSERT INTO account_place (account_id, name, cell, created_at)
SELECT n, CASE n WHEN 1701 THEN 'ZOE' ELSE 'ann' END, 1, now() FROM generate_series(1001, 1701) AS n;
INSERT INTO colleague (account_id, person_id, name, role, made_by, created_at)
SELECT n, 1, 'ANN', 'member', '', now() FROM generate_series(1001, 1701) AS n;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that name somebody."""
    return Settings(data=tmp_path, contact=LAN)


async def test_the_answer_is_the_same_for_somebody_and_for_nobody(client: Client):
    hand = await factories.hand(client.context)
    replies = [await send(client, "/link", name=name, reach="0123") for name in (hand.worker.name, "Nobody", "Nobody")]
    assert {(each.status_code, led_to(each)) for each in replies} == {(303, "/link?asked=yes")}
    assert [each.request.address for each in await open_link_requests(client.context)] == [CALLER] * 2
    for number in range(MOST_FROM_ONE - 2):
        await send(client, "/link", name=f"Own {number}", reach="0123")
    names = (hand.worker.name, "Nobody", "Not asked for yet")
    assert {(await send(client, "/link", name=name, reach="0123")).status_code for name in names} == {429}
    page = (await client.get("/link?asked=yes")).text
    assert 'id="link-asked"' in page
    assert "lan@example.org" in page


@pytest.mark.parametrize("language", ["en", "vi", "th", "id", "zh-Hans"])
@pytest.mark.parametrize(
    ("name", "reach", "unfit"),
    [
        ("", "0123", ["name"]),
        ("Lan", "", ["reach"]),
        ("\u202e", "\x00", ["name", "reach"]),
        ("x" * (LONGEST_NAME + 1), "y" * (LONGEST_REACH + 1), ["name", "reach"]),
        ("x" * 60_000, "0123", ["name"]),
    ],
)
async def test_what_cannot_be_read_comes_back_with_what_is_wrong(client: Client, language, name, reach, unfit):
    reply = await client.post(
        "/link", data={"name": name, "reach": reach}, headers={**OWN_PAGE, "accept-language": language}
    )
    assert reply.status_code == 422
    assert [field for field in ("name", "reach") if f'id="{field}-fault"' in reply.text] == unfit
    assert len(reply.text) < 20_000
    assert await count_link_requests(client.context) == 0


async def test_other_sites_blocked_networks_and_too_many_leave_nothing(client: Client):
    strange = await client.post("/link", data={"name": "Lan", "reach": "0"}, headers={"origin": "http://evil.example"})
    assert strange.status_code == 403
    for number in range(MOST_FROM_ONE + 1):
        reply = await send(client, "/link", name=f"Lan {number}", reach="0123")
    assert reply.status_code == 429
    assert 'value="Lan 5"' in reply.text
    assert 'id="link-full"' in reply.text
    await client.context.batcher.ask(block_networks, BlockNetwork(network=CALLER))
    client.context.lookups.forget()
    assert (await send(client, "/link", name="Other", reach="0123")).status_code == 403
    assert await count_link_requests(client.context) == MOST_FROM_ONE


async def test_requests_of_one_name_stand_together_with_from_where_each_came(client: Client):
    places = [("Lan", "192.0.2.1"), ("Bea", "192.0.2.2"), ("LAN", "198.51.100.7")]
    for name, address in places:
        assert await ask_for_link(client.context, name, "0123", Actor(role="nobody", address=address))
    await sign_in(client)
    page = (await client.get(PATH)).text
    shown = [page.index(f">{address}</td>") for _, address in (places[0], places[2], places[1])]
    assert shown == sorted(shown)


async def test_a_common_name_leaves_the_others_their_places(client: Client):
    """Nor does it push out whoever is meant by their number, though they have that name too."""
    async with client.context.cells.directory.acquire() as db:
        await db.execute(COMMON)
    for name in ("Ann", "Zoe", "1700"):
        await send(client, "/link", name=name, reach="0123")
    found = {
        each.request.name: [one.label for one in each.possible] for each in await open_link_requests(client.context)
    }
    assert [len(found["Ann"]), found["Zoe"]] == [3 * MOST_POSSIBLE, ["worker:1701", "account:1701"]]
    assert found["1700"] == ["worker:1700", "account:1700"]


async def test_the_operator_makes_a_link_for_who_it_is_or_dismisses(client: Client):
    context = client.context
    ada, gone = await factories.hand(context), await factories.hand(context)
    customer = await factories.customer(context)
    owner = AccountPlace(customer.account_id, "Acme", customer.cell)
    await invite_person(context, owner, "Bea <b>", "member", BY_ITSELF)
    await context.batcher.ask(disable_workers, DisableWorker(gone.worker.worker_id))
    names = (ada.worker.name.upper(), str(gone.worker.worker_id), "bea <b>", "Nobody")
    for name in names:
        await send(client, "/link", name=name, reach="<i>0123</i>")
    await sign_in(client)
    assert 'id="links-asked"' in (await client.get("/operator")).text
    page = (await client.get(PATH)).text
    assert "&lt;i&gt;0123&lt;/i&gt;" in page
    assert "worker:" + str(gone.worker.worker_id) not in page
    first, second, third, fourth = await open_link_requests(context)
    (person,) = third.possible
    assert (person.name, person.subject.role) == ("Bea <b>", "customer")
    assert fourth.possible == []
    number, label = first.request.request_id, f"worker:{ada.worker.worker_id}"
    for unfit in ({"request": number, "person": "worker:999"}, {"request": 4711, "person": label}, {}):
        assert led_to(await send(client, f"{PATH}/make", **unfit)) == f"{PATH}?notice=refused"
    url = shown_once((await send(client, f"{PATH}/make", request=number, person=label)).text)[0]
    assert led_to(await send(client, f"{PATH}/make", request=number, person=label)) == f"{PATH}?notice=refused"
    for each in (second, fourth):
        dismissed = await send(client, f"{PATH}/dismiss", request=each.request.request_id)
        assert led_to(dismissed) == f"{PATH}?notice=link_dismissed"
    bea = shown_once((await send(client, f"{PATH}/make", request=third.request.request_id, person=person.label)).text)[
        0
    ]
    assert "Nobody asks for a link." in (await client.get(PATH)).text
    for address, home in ((url, "/worker"), (bea, "/customer")):
        client.cookies.clear()
        assert led_to(await send(client, address[address.index("/login/") :])) == home


async def test_every_way_that_ended_leads_to_the_form_and_to_somebody(client: Client):
    for path in ("/", "/help", "/login/nothing"):
        page = (await client.get(path)).text
        assert 'href="/link"' in page, path
        assert "Lan &lt;lan@example.org&gt;" in page, path
    assert led_to(await client.get("/worker")) == "/"


@pytest.mark.browser
async def test_without_script_on_a_phone_somebody_asks_and_the_operator_answers(site, browser, people):
    _, hand = people
    phone = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False, "locale": "en-US"}
    page = await (await browser.new_context(**phone)).new_page()
    await page.goto(f"{site.url}/login/nothing")
    await page.get_by_role("link", name="Ask for a link").click()
    await page.get_by_label("Your name or number here").fill(hand.worker.name)
    await page.get_by_label("How the operator can reach you").fill("0123")
    await _shoot(page, "link-form")
    assert await has_no_sideways_scroll(page)
    await page.get_by_role("button", name="Ask for a link").click()
    await expect(page.locator("#link-asked")).to_be_visible()
    house = await (await browser.new_context(**phone)).new_page()
    await house.goto(site.url + await link(site.context, Subject("operator", 0, 0)))
    await house.get_by_role("button", name="Sign in").click()
    await house.locator("#links-asked a").click()
    assert await has_no_sideways_scroll(house)
    await _shoot(house, "link-requests")
    await house.get_by_role("button", name="Make a link").click()
    made = await house.locator("#shown-1").text_content()
    await page.goto(site.url + (made or "")[(made or "").index("/login/") :])
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/worker")


@pytest.mark.browser
async def test_whoever_is_signed_out_at_work_is_led_to_the_form_by_keyboard(site, browser, people):
    _, hand = people
    screen = await at_work(site, browser, hand)
    await screen.page.context.clear_cookies()
    await screen.start()
    way = screen.page.locator("#notice a")
    await expect(way).to_have_attribute("href", "/link")
    await way.focus()
    await screen.press("Enter")
    await screen.page.wait_for_url("**/link")
    assert screen.errors == []


async def _shoot(page, name: str) -> None:
    if folder := os.environ.get("LINK_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
