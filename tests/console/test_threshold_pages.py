"""A customer's threshold: seen with its curve and cost, chosen within the operator's bounds, refused outside."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from test_looks import NAMELESS

from manyeyes.apps.rules import App
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import reviews, store
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.customer.recognitions import Owned
from manyeyes.roles.customer.thresholds import calibration_of, cost_micros
from manyeyes.runtime.context import Context
from manyeyes.trail.store import entries_after
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link
from support.in_process_client import Client
from support.recognition_results import open_app, open_recognition, record, some
from support.served_site import Site
from support.signed_roles import OWN, signed_in_as

NOW = datetime.now(UTC)
BOUNDS = (0.7, 0.95)
OPERATOR = Subject("operator", 0, 0)


async def a_recognition(
    context: Context, customer: factories.Customer, bounds: tuple[float, ...] = BOUNDS
) -> Recognition:
    """Return a recognition of the customer's with results and bounds."""
    app: App = await open_app(context, customer)
    found = await open_recognition(context, app)
    await record(context, app, found, some(random.Random(5), 2_000, NOW - timedelta(days=30), NOW))
    await narrow(context, found, bounds)
    return found


async def narrow(context: Context, found: Recognition, bounds: tuple[float, ...]) -> None:
    async with context.cells.directory.acquire() as db:
        await store.set_recognition(db, found.task_id, bounds=bounds)


async def open_app_of(context: Context, found: Recognition) -> App:
    app = await context.lookups.app(found.secret_id)
    assert app is not None
    return app


async def threshold_of(context: Context, found: Recognition) -> float:
    async with context.cells.directory.acquire() as db:
        now = await store.recognition(db, found.task_id)
    assert now is not None
    return now.threshold


async def test_a_choice_within_the_bounds_is_kept_and_told_with_before_and_after(client: Client):
    customer = await factories.customer(client.context)
    found = await a_recognition(client.context, customer)
    path, headers = f"/customer/recognitions/{found.task_id}/threshold", await signed_in_as(client, customer, "member")
    page = (await client.get(path, headers=headers)).text
    assert "choose from 0.70 to 0.95" in page
    assert "1,000 pictures cost at most" in page
    reply = await client.post(path, data={"threshold": "0,85"}, headers=headers)
    assert (reply.status_code, await threshold_of(client.context, found)) == (303, 0.85)
    assert "Saved" in (await client.get(reply.headers["location"], headers=headers)).text
    async with client.context.cells.directory.acquire() as db:
        told = [each.entry for each in await entries_after(db, DIRECTORY, 0) if each.entry.deed == "threshold.set"]
    assert [(each.subject, each.before, each.after) for each in told] == [
        (f"recognition:{found.task_id}", '{"threshold":"0.9"}', '{"threshold":"0.85"}')
    ]
    assert told[0].actor.name.startswith("the member")


async def test_a_curve_of_90_days_is_read_once_a_minute_whatever_of_it_is_shown(client: Client):
    context, customer = client.context, await factories.customer(client.context)
    found = await a_recognition(context, customer)
    of = Owned(await open_app_of(context, found), found)
    before = await calibration_of(context, of)
    async with context.cells.directory.acquire() as db:
        await db.execute("UPDATE recognition_review SET refuted = true")
    assert before.verdicts
    assert await calibration_of(context, of) == before
    context.lookups.forget()
    assert (await calibration_of(context, of)).verdicts == 0


async def test_of_too_many_verdicts_the_newest_count(client: Client):
    context, customer = client.context, await factories.customer(client.context)
    found = await a_recognition(context, customer)
    cell = (await open_app_of(context, found)).cell
    async with context.cells.pool(cell).acquire() as db:
        rows = await db.fetch("SELECT task_id FROM recognition_review WHERE state = 1 ORDER BY ended_at DESC LIMIT 3")
        newest = await reviews.verdicts(db, cell, found.recognition_id, NOW - timedelta(days=90), 3)
    assert [each.task_id for each in newest] == sorted(row["task_id"] for row in rows)


async def test_what_is_outside_is_refused_beside_the_bounds_of_now(client: Client):
    customer = await factories.customer(client.context)
    found = await a_recognition(client.context, customer)
    path, headers = f"/customer/recognitions/{found.task_id}/threshold", await signed_in_as(client, customer, "owner")
    assert 'name="threshold"' in (await client.get(path, headers=headers)).text
    await narrow(client.context, found, (0.88, 0.92))  # while they look at the page
    reply = await client.post(path, data={"threshold": "0.75"}, headers=headers)
    assert reply.status_code == 422
    assert "outside of what the operator lets you choose" in reply.text
    assert "choose from 0.88 to 0.92" in reply.text
    assert 'value="0.75"' in reply.text
    await narrow(client.context, found, ())
    reply = await client.post(path, data={"threshold": "0.9"}, headers=headers)
    assert reply.status_code == 422
    assert "The operator sets this threshold now" in reply.text
    for typed in ("", "high", "-1", "nan"):
        assert (await client.post(path, data={"threshold": typed}, headers=headers)).status_code == 422
    assert await threshold_of(client.context, found) == 0.9


async def test_who_may_not_choose_sees_it_all_the_same(client: Client):
    customer = await factories.customer(client.context)
    found, fixed = [await a_recognition(client.context, customer, bounds) for bounds in (BOUNDS, ())]
    path = "/customer/recognitions/{}/threshold"
    headers = await signed_in_as(client, customer, "read_only")
    page = (await client.get(path.format(found.task_id), headers=headers)).text
    assert "An owner or a member of the account may choose from 0.70 to 0.95" in page
    assert 'name="threshold"' not in page
    reply = await client.post(path.format(found.task_id), data={"threshold": "0.8"}, headers=headers)
    assert reply.status_code == 403
    headers = await signed_in_as(client, customer, "owner")
    page = (await client.get(path.format(fixed.task_id), headers=headers)).text
    assert "The operator sets it" in page
    assert 'name="threshold"' not in page
    other = await signed_in_as(client, await factories.customer(client.context), "owner")
    for method in ("GET", "POST"):
        assert (await client.request(method, path.format(found.task_id), headers=other)).status_code in (404, 415)


async def test_v1_tells_the_curve_and_names_the_member_of_a_refusal(client: Client):
    customer = await factories.customer(client.context)
    found = await a_recognition(client.context, customer)
    path, headers = f"/v1/recognitions/{found.task_id}/threshold", {"authorization": f"Bearer {customer.key}"}
    told = (await client.get(path, headers=headers)).json()
    assert (told["threshold"], told["bounds"]) == (0.9, [0.7, 0.95])
    shares = [point["certain_share"] for point in told["curve"]]
    assert shares == sorted(shares)
    costs = [point["cost_per_thousand"] for point in told["curve"]]
    assert costs == sorted(costs, reverse=True)
    reply = await client.put(path, headers=headers, json={"threshold": 0.8})
    assert (reply.status_code, reply.json()["threshold"]) == (200, 0.8)
    problem = (await client.put(path, headers=headers, json={"threshold": 0.5})).json()
    assert (problem["status"], problem["refusal"]) == (422, "threshold_out_of_bounds")
    assert [each["pointer"] for each in problem["errors"]] == ["/threshold"]
    assert (await client.put(path, headers=headers, json={"threshold": "0.8"})).status_code == 400
    await narrow(client.context, found, ())
    problem = (await client.put(path, headers=headers, json={"threshold": 0.8})).json()
    assert (problem["status"], problem["refusal"]) == (409, "threshold_fixed")
    assert await threshold_of(client.context, found) == 0.8


async def test_the_cost_is_the_models_and_peoples(client: Client):
    customer = await factories.customer(client.context)
    found = await a_recognition(client.context, customer)
    queue = (await client.context.lookups.queues())[found.queue_id]
    assert cost_micros(found, queue, 0.0) == 1_000 * (found.price_micros + queue.price_micros)
    assert cost_micros(found, queue, 1.0) == round(1_000 * (found.price_micros + 0.02 * queue.price_micros))
    assert cost_micros(found, None, 0.3) == 1_000 * found.price_micros


async def test_the_operator_sets_the_bounds_on_a_page(client: Client):
    customer = await factories.customer(client.context)
    found = await a_recognition(client.context, customer, ())
    await client.post(await link(client.context, OPERATOR), headers=OWN)
    path = f"/operator/recognition/{found.task_id}/terms"

    async def send(text: str, was: str) -> Any:
        return await client.post(path, data={"bounds": text, "was.bounds": was}, headers=OWN)

    assert (await send("0,7  0.95", "")).status_code == 303
    async with client.context.cells.directory.acquire() as db:
        now = await store.recognition(db, found.task_id)
    assert now is not None
    assert now.bounds == BOUNDS
    for wrong in ("0.7", "0.95 0.7", "x y", "0.91 1"):
        assert (await send(wrong, "0.7 0.95")).status_code == 422, wrong
    assert (await send("", "0.7 0.95")).status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("scripted", [True, False])
async def test_a_threshold_is_chosen_by_keyboard_on_a_phone_with_and_without_script(
    site: Site, browser: Browser, scripted: bool
):
    customer = await factories.customer(site.context)
    found = await a_recognition(site.context, customer)
    page = await (await browser.new_context(**PHONE, java_script_enabled=scripted)).new_page()  # type: ignore[arg-type]
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    if not scripted:
        await page.locator("form button").first.press("Enter")
    await page.wait_for_url(lambda url: "/login/" not in url)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{site.url}/customer/recognitions/{found.task_id}")
    await page.get_by_role("link", name="Threshold").press("Enter")
    box = page.locator("#choose input[name=threshold]")
    await box.fill("0.8")
    await box.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("Saved")
    assert await threshold_of(site.context, found) == 0.8


@pytest.mark.browser
async def test_the_page_fits_a_phone_and_a_magnified_window_in_every_language(site: Site, browser: Browser):
    customer = await factories.customer(site.context)
    found = await a_recognition(site.context, customer)
    page = await (await browser.new_context(**PHONE)).new_page()  # type: ignore[arg-type]
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url(lambda url: "/login/" not in url)
    for language in LANGUAGES:
        for width, height in ((390, 844), (640, 400)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto(f"{site.url}/customer/recognitions/{found.task_id}/threshold?lang={language}")
            assert await has_no_sideways_scroll(page), (language, width)
            assert await page.evaluate(NAMELESS) == []
