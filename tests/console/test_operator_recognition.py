"""/operator/recognition: apps, keys and errors as they are; terms changed by form; the proven threshold applied."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import expect
from test_customer_pages import OWN
from test_looks import NAMELESS

from manyeyes.apps.keys import fingerprint, new_pair
from manyeyes.apps.rules import App
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.recognitions import store
from manyeyes.recognitions.calibration import calibrate
from manyeyes.recognitions.reviews import verdicts
from manyeyes.recognitions.rules import Recognition, ReviewState
from manyeyes.runtime.context import Context
from manyeyes.values.binomial_bounds import upper_bound
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link
from support.in_process_client import Client
from support.recognition_results import Sighting, open_app, open_recognition, record, some
from support.served_site import Site

PATH = "/operator/recognition"
OPERATOR = Subject("operator", 0, 0)
NOW = datetime.now(UTC)


@pytest.fixture
async def seen(client: Client) -> tuple[App, Recognition]:
    """The operator is signed in; a customer's app with a recognition that has seen nothing."""
    await client.post(await link(client.context, OPERATOR), headers=OWN)
    app = await open_app(client.context, await factories.customer(client.context))
    return app, await open_recognition(client.context, app)


async def terms(context: Context, recognition) -> Recognition | None:
    async with context.cells.directory.acquire() as db:
        return await store.recognition(db, recognition.task_id)


async def change(client: Client, recognition, **form) -> httpx.Response:
    return await client.post(PATH, data={"task_id": recognition.task_id, **form}, headers=OWN, follow_redirects=True)


def surely_right(number, *, wrong=0, rate=0.97) -> list[Any]:
    """Certain results on which a person was asked, some of them overturned."""
    known: dict[str, Any] = {"at": NOW - timedelta(days=1), "rate": rate, "state": ReviewState.DECIDED}
    return [Sighting(**known, label=0, verdict=1 if n < wrong else 0) for n in range(number)]


async def test_the_list_shows_every_app_with_its_key_and_its_errors(client: Client, seen: tuple[App, Recognition]):
    app, recognition = seen
    key = new_pair(1024).public
    keyed = await open_app(client.context, await factories.customer(client.context), name="Forum", public_key=key)
    await record(client.context, *seen, surely_right(300, wrong=3))
    uncertain: dict[str, Any] = {"at": NOW - timedelta(days=2), "label": 1, "rate": 0.4, "review": True}
    said: dict[str, Any] = {**uncertain, "state": ReviewState.DECIDED}
    await record(
        client.context, *seen, [Sighting(**said, verdict=1), Sighting(**said, verdict=2), Sighting(**uncertain)]
    )
    old: dict[str, Any] = {"at": NOW - timedelta(days=100), "state": ReviewState.DECIDED, "label": 0, "verdict": 1}
    refuted: dict[str, Any] = {**old, "at": NOW - timedelta(days=1), "refuted": True}
    await record(client.context, *seen, [Sighting(**old), Sighting(**refuted)])
    page = (await client.get(PATH)).text
    line = re.sub(r"<[^>]+>", " ", page.split(f"{PATH}/{recognition.task_id}", 1)[1].split("</tr>")[0])
    assert re.search(r"0\.90\s+English ImageToText\s+2%\s+302\s+4\s+3 of 300\s", line), line
    assert f"≤ {upper_bound(3, 300, 0.95) * 100:.1f}%" in line
    assert "is not installed" not in page
    for words in (app.secret_id, keyed.secret_id, f"customer {app.account_id}", fingerprint(key).sha256, "1,024 bits"):
        assert words in page.replace("1024 bits", "1,024 bits"), words
    assert page.count("None yet: every signed call is answered with code 9") == 1
    assert f'<a class="button" href="/operator/apps/{keyed.secret_id}">Add a recognition' in page
    assert fingerprint(client.context.signer.public_key).sha256 in page


async def test_a_recogniser_that_is_gone_is_seen(client: Client, seen: tuple[App, Recognition]):
    async with client.context.cells.directory.acquire() as db:
        await db.execute("UPDATE recognition SET recogniser = 'gone'")
    for path in (PATH, f"{PATH}/{seen[1].task_id}"):
        assert '<span class="mono">gone</span> is not installed' in (await client.get(path)).text


async def test_an_app_is_suspended_and_resumed(client: Client, seen: tuple[App, Recognition]):
    app, _ = seen
    for given, says, is_suspended in (("yes", "answered with code 8", True), ("no", "taken again", False)):
        form = {"secret_id": app.secret_id, "suspended": given}
        reply = await client.post("/operator/app", data=form, headers=OWN, follow_redirects=True)
        assert says in reply.text
        found = await client.context.lookups.app(app.secret_id)
        assert found is not None
        assert found.suspended is is_suspended
    for form in ({"secret_id": "nobody", "suspended": "yes"}, {"secret_id": app.secret_id}, {}):
        reply = await client.post("/operator/app", data=form, headers=OWN, follow_redirects=True)
        assert "Nothing was changed" in reply.text


async def test_terms_are_changed_one_by_one(client: Client, seen: tuple[App, Recognition]):
    _, recognition = seen
    assert "Every process follows within seconds" in (await change(client, recognition, threshold="0.985")).text
    await change(client, recognition, sample_share="12,5")
    await change(client, recognition, closed="yes")
    found = await terms(client.context, recognition)
    assert (found.threshold, found.sample_share, found.closed) == (0.985, 0.125, True)
    assert "Open again" in (await change(client, recognition, threshold="2")).text
    await change(client, recognition, closed="no")
    found = await terms(client.context, recognition)
    assert (found.threshold, found.sample_share, found.closed) == (2, 0.125, False)


@pytest.mark.parametrize(
    "form",
    [
        *({"threshold": "2.1"}, {"threshold": "-0.1"}, {"threshold": "nan"}, {"threshold": "high"}),
        *({"sample_share": "101"}, {"sample_share": "-1"}, {"sample_share": "some"}),
        {"threshold": "0.5", "sample_share": "inf"},
    ],
)
async def test_terms_that_make_no_sense_change_nothing(client: Client, seen: tuple[App, Recognition], form):
    before = await terms(client.context, seen[1])
    assert "Nothing was changed" in (await change(client, seen[1], **form)).text
    assert await terms(client.context, seen[1]) == before


async def test_a_recognition_that_is_not_there_is_not_changed(client: Client, seen: tuple[App, Recognition]):
    reply = await client.post(PATH, data={"task_id": "nothing", "threshold": "0.5"}, headers=OWN, follow_redirects=True)
    assert "Nothing was changed" in reply.text
    assert (await client.get(f"{PATH}/nothing")).status_code == 404


async def test_nothing_is_proposed_before_it_is_proven(client: Client, seen: tuple[App, Recognition]):
    _, recognition = seen
    page = (await client.get(f"{PATH}/{recognition.task_id}")).text
    assert "at least 149 more verdicts are needed" in page
    await record(client.context, *seen, surely_right(200, wrong=60))
    page = (await client.get(f"{PATH}/{recognition.task_id}")).text
    assert "No threshold keeps this" in page
    assert "Apply" not in page
    assert "<polyline" in page


async def test_the_proven_threshold_is_proposed_drawn_and_applied(client: Client, seen: tuple[App, Recognition]):
    app, recognition = seen
    await record(client.context, *seen, some(random.Random(5), 9000, NOW - timedelta(days=30), NOW - timedelta(days=1)))
    async with client.context.cells.pool(app.cell).acquire() as db:
        said = await verdicts(db, app.cell, recognition.recognition_id, NOW - timedelta(days=90))
    found = calibrate(said, 0.05)
    assert found.threshold < 1
    page = (await client.get(f"{PATH}/{recognition.task_id}?target=0.05")).text
    proposed = re.search(r'<strong id="proposed">([\d.]+)</strong>', page)
    assert proposed is not None
    assert float(proposed[1]) == found.threshold
    proven = sum(point.is_proven for point in found.points)
    assert page.count('class="dot proven"') <= proven
    points = re.search(r'<table id="points">.*?</table>', page, re.S)
    assert points is not None
    assert f">{found.threshold:.2f}</th>" in points[0]
    reply = await change(client, recognition, threshold=str(found.threshold))
    assert (await terms(client.context, recognition)).threshold == found.threshold
    assert "Every process follows" in reply.text
    page = (await client.get(f"{PATH}/{recognition.task_id}?target=0.05")).text
    assert "It is set." in page
    assert "Apply" not in page


async def test_only_the_operator_and_only_their_own_forms(client: Client, seen: tuple[App, Recognition]):
    app, recognition = seen
    form = {"secret_id": app.secret_id, "suspended": "yes", "task_id": recognition.task_id, "threshold": "0.1"}
    for path in ("/operator/app", PATH):
        assert (await client.post(path, data=form, headers={"origin": "https://elsewhere.example"})).status_code == 403
    client.cookies.clear()
    customer = await factories.customer(client.context)
    for sign_in in (None, customer_subject(customer)):
        if sign_in:
            await client.post(await link(client.context, sign_in), headers=OWN)
        for path in (PATH, f"{PATH}/{recognition.task_id}"):
            assert (await client.get(path)).status_code in (303, 403)
        for path in ("/operator/app", PATH):
            assert (await client.post(path, data=form, headers=OWN)).status_code in (303, 403)
    assert (await terms(client.context, recognition)).threshold == 0.9
    found = await client.context.lookups.app(app.secret_id)
    assert found is not None
    assert not found.suspended


async def test_without_apps_the_way_to_the_first_is_shown(client: Client):
    await client.post(await link(client.context, OPERATOR), headers=OWN)
    assert 'href="/operator/apps">Open an app' in (await client.get(PATH)).text


@pytest.mark.browser
async def test_the_pages_fit_a_phone_in_every_language(site: Site, browser):
    app = await open_app(site.context, await factories.customer(site.context))
    recognition = await open_recognition(site.context, app)
    await record(site.context, app, recognition, some(random.Random(5), 3000, NOW - timedelta(days=30), NOW))
    page = await (await browser.new_context(**PHONE)).new_page()
    await page.goto(site.url + await link(site.context, OPERATOR))
    await page.wait_for_url("**/operator")
    await page.locator("nav.tabs summary", has_text="Customers").click()
    await page.get_by_role("link", name="Recognition").click()
    await page.get_by_role("link", name="Advertising").click()
    await expect(page.locator("#calibration")).to_be_visible()
    for path in (PATH, f"{PATH}/{recognition.task_id}"):
        for language in LANGUAGES:
            await page.goto(f"{site.url}{path}?lang={language}&text=largest")
            assert await page.evaluate(NAMELESS) == [], (path, language)
            assert await has_no_sideways_scroll(page), (path, language)
