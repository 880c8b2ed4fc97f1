"""The customer's recognition pages: what stands there equals the results, adds up, and is nobody else's."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect
from test_customer_pages import OWN, rows
from test_looks import NAMELESS

from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.recognitions.rules import FAILED, Recognition, ReviewState
from manyeyes.tasks.rules import wire_id
from support import factories
from support.browser_visits import PHONE, customer_subject, has_no_sideways_scroll, link
from support.in_process_client import Client
from support.recognition_results import Sighting, open_app, open_recognition, record, some
from support.served_site import Site

PATH = "/customer/recognitions"
START, END = datetime(2026, 10, 3, 16, tzinfo=UTC), datetime(2026, 10, 13, 16, tzinfo=UTC)  # ten days of Shanghai
TEN_DAYS = {"from": "2026-10-04", "to": "2026-10-13"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer who is signed in."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer


@pytest.fixture
async def seen(client: Client, customer: factories.Customer) -> tuple[Recognition, list[Sighting]]:
    """An app with a recognition, and what it saw in ten days."""
    app = await open_app(client.context, customer)
    recognition = await open_recognition(client.context, app)
    sightings = some(random.Random(7), 500, START, END)
    await record(client.context, app, recognition, sightings)
    return recognition, sightings


async def page_of(client: Client, recognition, **query) -> str:
    reply = await client.get(f"{PATH}/{recognition.task_id}", params=query)
    assert reply.status_code == 200
    return reply.text


def numbers(row) -> list[Any]:
    return [int(text.replace(",", "") or 0) for text in row]


def band(page, n, kind) -> int:
    """The number of a kind in one of the bands."""
    found = re.findall(rf'id="band-{n}-{kind}">([\d,]+)<', page)
    return int(found[0].replace(",", ""))


def foot(page, table) -> list[Any]:
    """The last row of a table, as numbers."""
    text = page.split(f'id="{table}"', 1)[1].split("<tfoot>", 1)[1].split("</tfoot>", 1)[0]
    return numbers(re.findall(r'<td class="number">([\d,]*)</td>', text))


async def test_the_bands_equal_the_results(client: Client, seen):
    recognition, sightings = seen
    page = await page_of(client, recognition, **TEN_DAYS)
    assert band(page, 1, "certain") == sum(s.label != FAILED and not s.review for s in sightings)
    assert band(page, 1, "uncertain") == sum(s.review for s in sightings)
    assert band(page, 1, "failed") == sum(s.label == FAILED for s in sightings)
    assert band(page, 2, "judged_too") == sum(s.is_reviewed for s in sightings)
    assert band(page, 2, "pending") == sum(s.state is ReviewState.OPEN for s in sightings)
    assert band(page, 2, "undecided") == sum(s.state is ReviewState.UNDECIDED or s.refuted for s in sightings)
    assert band(page, 3, "overturned") == sum(s.is_overturned for s in sightings)
    assert band(page, 3, "upheld") == sum(s.is_reviewed and not s.is_overturned for s in sightings)


async def test_the_tables_equal_the_results_and_add_up(client: Client, seen):
    recognition, sightings = seen
    page = await page_of(client, recognition, **TEN_DAYS)
    days = {row[0]: numbers(row[1:]) for row in rows(page, "days")}
    assert list(days) == [f"2026-10-{n:02}" for n in range(13, 3, -1)]
    for day, told in days.items():
        mine = [s for s in sightings if s.at.astimezone(SHANGHAI).date() == date.fromisoformat(day)]
        by_label = [sum(s.label == label for s in mine) for label in (0, 1, 2)]
        kinds = [sum(s.label != FAILED and not s.review for s in mine), sum(s.review for s in mine)]
        failed = sum(s.label == FAILED for s in mine)
        people = [sum(s.is_reviewed for s in mine), sum(s.is_overturned for s in mine)]
        assert told == [len(mine), *by_label, *kinds, failed, *people]
    assert [sum(column) for column in zip(*days.values(), strict=True)] == foot(page, "days")
    labels = {row[0]: numbers(row[1:]) for row in rows(page, "labels")}
    assert list(labels) == ["0 normal", "1 qr code", "2 text", "Failed"]
    assert [sum(column) for column in zip(*labels.values(), strict=True)] == foot(page, "labels")
    assert labels["2 text"][0] == sum(s.label == 2 for s in sightings)
    assert "It adds up" in page


async def test_a_count_that_is_lost_is_noticed(client: Client, seen):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(
            "UPDATE recognition_day SET total = total - 3 WHERE (day, label) IN "
            "(SELECT day, label FROM recognition_day WHERE total - review > 3 AND label = 0 LIMIT 1)"
        )
    assert "It does not add up: 3 pictures are unexplained" in await page_of(client, seen[0], **TEN_DAYS)


async def test_every_day_has_its_column_and_its_title(client: Client, seen):
    recognition, sightings = seen
    page = await page_of(client, recognition, **TEN_DAYS)
    drawings = re.findall(r'<figure class="chart stack">.*?</figure>', page, re.S)
    assert [drawing.count("<g><title>") for drawing in drawings] == [10, 10, 10]
    certain = sum(s.label != FAILED and not s.review and s.at.astimezone(SHANGHAI).day == 4 for s in sightings)
    assert f"<title>Oct 4 · Certain {certain} ·" in drawings[1]


async def test_rare_results_are_still_drawn(client: Client, customer: factories.Customer):
    app = await open_app(client.context, customer)
    recognition = await open_recognition(client.context, app)
    many = [Sighting(at=START + n * timedelta(seconds=60)) for n in range(400)]
    await record(client.context, app, recognition, [*many, Sighting(at=START, label=FAILED, rate=0.0, fault="cut off")])
    page = await page_of(client, recognition, **TEN_DAYS)
    heights = re.findall(r'<rect class="part failed"[^>]* height="([\d.]+)"', page.split('id="days-title"')[1])
    assert [float(height) >= 1 for height in heights] == [True]


async def test_labels_beyond_six_share_the_last_colour(client: Client, customer: factories.Customer):
    app = await open_app(client.context, customer)
    recognition = await open_recognition(client.context, app)
    async with client.context.cells.directory.acquire() as db:
        await db.execute("""UPDATE recognition SET labels = (SELECT jsonb_agg(jsonb_build_array(n, 'kind ' || n))
                            FROM generate_series(0, 8) AS n)""")
    client.context.lookups.forget()
    sightings = [Sighting(at=START, label=label) for label in range(9) for _ in range(9 - label)]
    await record(client.context, app, recognition, sightings)
    page = await page_of(client, recognition, **TEN_DAYS)
    [day] = [numbers(row[1:]) for row in rows(page, "days") if row[0] == "2026-10-04"]
    assert day[:7] == [45, 9, 8, 7, 6, 5, 10]
    assert "Other labels" in page
    assert len(rows(page, "labels")) == 9


async def test_days_that_cannot_be_shown_are_explained(client: Client, seen):
    for query, says in [
        ({"from": "soon", "to": "2026-10-13"}, "could not be read"),
        ({"from": "2026-10-13", "to": "2026-10-04"}, "could not be read"),
        ({"from": "1066-10-14", "to": "2026-10-04"}, "could not be read"),
        ({"from": "2024-01-01", "to": "2026-10-04"}, "At most 366 days are shown at once"),
    ]:
        page = await page_of(client, seen[0], **query)
        assert says in page, query
        assert len(re.findall("<g><title>", page)) in (0, 90)
    year = await page_of(client, seen[0], **{"from": "2025-10-14", "to": "2026-10-13"})
    assert year.count("<g><title>") == 3 * 365


async def test_results_of_the_days_are_listed_and_narrowed(client: Client, seen):
    recognition, sightings = seen
    for show, fits in (
        ("", lambda s: True),
        ("uncertain", lambda s: s.review),
        ("overturned", lambda s: s.is_overturned),
        ("failed", lambda s: s.label == FAILED),
    ):
        found, page = [], await page_of(client, recognition, **TEN_DAYS, show=show)
        while True:
            found += [row[-1] for row in rows(page, "results")]
            older = re.search(r'href="([^"]*)" rel="next"', page)
            if not older:
                break
            page = (await client.get(older[1].replace("&amp;", "&"))).text
        wanted = sorted((s.at.astimezone(SHANGHAI) for s in sightings if fits(s)), reverse=True)
        assert found == [f"{at:%Y-%m-%d %H:%M:%S}" for at in wanted], show
    other = await page_of(client, recognition, **{"from": "2026-10-20", "to": "2026-10-21"})
    assert "Nothing was recognised in these days." in other
    assert 'id="results"' not in other
    gone = await client.get(f"{PATH}/{recognition.task_id}", params={"before": "yesterday"})
    assert gone.headers["location"] == f"{PATH}/{recognition.task_id}"


async def test_a_result_shows_what_people_said_and_leads_to_its_complaint(client: Client, customer: factories.Customer):
    hand = await factories.hand(client.context)
    number = await factories.solve(client.context, customer, hand, "2")
    await factories.complain(client.context, customer, number)
    app = await open_app(client.context, customer)
    recognition = await open_recognition(client.context, app)
    uncertain: dict[str, Any] = {"at": START, "label": 1, "rate": 0.4, "review": True}
    sightings = [
        Sighting(**uncertain, name="https://shop.example/a/1.png", state=ReviewState.DECIDED, verdict=2),
        Sighting(**uncertain, name="2.png", tag="shop", state=ReviewState.DECIDED, verdict=1),
        Sighting(**uncertain, name="3.png", state=ReviewState.OPEN),
        Sighting(**uncertain, name="4.png", state=ReviewState.UNDECIDED),
        Sighting(**uncertain, name="5.png", state=ReviewState.DECIDED, verdict=2, refuted=True),
    ]
    await record(client.context, app, recognition, sightings)
    serial = await client.context.id_blocks.of_wire(1, number)
    async with client.context.cells.pool(1).acquire() as db:
        for table in ("result", "review"):
            await db.execute(f"UPDATE recognition_{table} SET task_id = $1 WHERE name = '5.png'", serial)
    page = await page_of(client, recognition, **TEN_DAYS)
    said = {row[1].split("\n")[0].strip(): row[5] for row in rows(page, "results")}
    assert said == {
        "1.pngshop.example/a": "Overturned: text",
        "2.pngshop": "Upheld: qr code",
        "3.png": "Waiting for a person",
        "4.png": "Undecided",
        "5.png": "Verdict refuted: text complaint",
    }
    assert f'href="/customer/reports/{wire_id(serial)}"' in page
    assert (await client.get(f"/customer/reports/{number}")).status_code == 200


async def test_the_list_shows_apps_keys_and_today(client: Client, customer: factories.Customer, seen):
    recognition, _ = seen
    empty = await open_app(client.context, customer, name="Forum", suspended=True)
    page = (await client.get(PATH)).text
    assert recognition.task_id in page
    assert "Asia/Shanghai" in page
    assert page.count("None yet: every signed call is answered with code 9") == 2
    assert "Suspended: every call is answered with code 8" in page
    assert f"manyeyes recognition create {empty.secret_id}" in page
    assert client.context.signer.public_key.strip() in page
    assert "curl -s http://manyeyes.test/v3/public-key" in page
    app = (await client.context.lookups.app(recognition.secret_id)) or empty
    now = [Sighting(at=datetime.now(UTC), label=1, rate=0.5, review=True), Sighting(at=datetime.now(UTC))]
    await record(
        client.context, app, recognition, [*now, Sighting(at=datetime.now(UTC), label=FAILED, fault="cut off")]
    )
    page = (await client.get(PATH)).text
    line = page.split(f'{recognition.task_id}">', 1)[1].split("</tr>")[0]
    assert re.findall(r'<td class="number">([\d.]+)</td>', line) == ["0.90", "3", "1", "1", "1"]


async def test_who_has_nothing_is_told_what_makes_it(client: Client, customer: factories.Customer):
    page = (await client.get(PATH)).text
    assert f'manyeyes app create "Market place" --account {customer.account_id}' in page
    recognition = await open_recognition(client.context, await open_app(client.context, customer))
    page = await page_of(client, recognition)
    assert "Nothing has been recognised yet." in page
    assert f"curl -s http://manyeyes.test/v3/recognition/{recognition.secret_id}" in page


async def test_others_see_nothing_of_it(client: Client, seen):
    other = await factories.customer(client.context)
    client.cookies.clear()
    assert (await client.get(f"{PATH}/{seen[0].task_id}")).status_code == 303
    await client.post(await link(client.context, customer_subject(other)), headers=OWN)
    assert seen[0].task_id not in (await client.get(PATH)).text
    for path in (f"{PATH}/{seen[0].task_id}", f"{PATH}/nothing", f"{PATH}/{'0' * 24}"):
        assert (await client.get(path)).status_code == 404
        assert (await client.get(f"{path}/results.csv")).status_code == 404


async def test_what_pictures_are_called_is_shown_and_not_run(client: Client, customer: factories.Customer):
    evil = "<script>alert(1)</script>"
    app = await open_app(client.context, customer, name=evil)
    recognition = await open_recognition(client.context, app, evil)
    await record(client.context, app, recognition, [Sighting(at=START, name=evil, tag=evil, label=FAILED, fault=evil)])
    for page in ((await client.get(PATH)).text, await page_of(client, recognition, **TEN_DAYS)):
        assert evil not in page
        assert "&lt;script&gt;" in page


@pytest.mark.browser
async def test_the_pages_fit_a_phone_and_everything_has_a_name(site: Site, browser):
    customer = await factories.customer(site.context)
    app = await open_app(site.context, customer)
    recognition = await open_recognition(site.context, app)
    await open_app(site.context, customer, name="Forum", suspended=True)
    await record(site.context, app, recognition, some(random.Random(1), 200, START, END))
    page = await (await browser.new_context(**PHONE, java_script_enabled=True)).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url("**/customer")
    for path in (PATH, f"{PATH}/{recognition.task_id}?from=2026-10-04&to=2026-10-13"):
        for language in LANGUAGES:
            await page.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang={language}&text=largest")
            assert await page.evaluate(NAMELESS) == [], (path, language)
            assert await has_no_sideways_scroll(page), (path, language)


@pytest.mark.browser
async def test_days_are_chosen_without_script(site: Site, browser):
    customer = await factories.customer(site.context)
    app = await open_app(site.context, customer)
    recognition = await open_recognition(site.context, app)
    await record(site.context, app, recognition, some(random.Random(1), 50, START, END))
    page = await (await browser.new_context(locale="en-US", java_script_enabled=False)).new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Recognitions").click()
    await page.get_by_role("link", name="Advertising").click()
    await page.get_by_label("First day").fill("2026-10-04")
    await page.get_by_label("Last day").fill("2026-10-13")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("#proof")).to_contain_text("It adds up")
    await expect(page.locator("#band-1-certain")).not_to_have_text("0")
