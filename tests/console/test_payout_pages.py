"""/worker/mine and /operator/payouts: asked for, approved, noted as paid, each once; a worker's sums and entries."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect
from test_customer_pages import OWN
from test_looks import NAMELESS

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.payouts.rules import PayoutState
from manyeyes.roles.payouts import ask_payout, purse_of, requests_of
from manyeyes.settings import Settings
from manyeyes.staff.store import StaffMember
from manyeyes.trail.store import entries_after
from manyeyes.workers.store import Subject
from support import factories
from support.action_stage import PAY, Stage, set_stage
from support.browser_visits import PHONE, has_no_sideways_scroll, link, worker_subject
from support.factories import Hand
from support.in_process_client import Client, client_of
from support.paid_people import earn
from support.served_site import Site

OPERATOR = Subject("operator", 0, 0)
BANK = "Ada Lovelace\nDE02 1203 4321"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, smallest_payout="0.0005", contact="+49 30 1234")


@pytest.fixture
async def stage(client: Client) -> Stage:
    return await set_stage(client.context.cells.directory)


@pytest.fixture
async def ada(client: Client, stage: Stage) -> Hand:
    """Ada, who has the pay of three answers and is signed in."""
    hand = await factories.hand(client.context)
    await earn(stage, hand.worker.worker_id, 3)
    await client.post(await link(client.context, worker_subject(hand)), headers=OWN)
    return hand


@pytest.fixture
async def operator(client: Client) -> Client:
    """The operator in another browser."""
    other = client_of(client.context)
    await other.post(await link(client.context, OPERATOR), headers=OWN)
    return other


def fields(page: str, form: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    shown = page[page.index(form) :]
    shown = shown[: shown.index("</form>")]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))


async def send(client: Client, path: str, **form: Any) -> str:
    """Send a form and return the page that follows."""
    reply: httpx.Response = await client.post(path, headers=OWN, data=form)
    assert reply.status_code == 303, reply.text
    return (await client.get(reply.headers["location"])).text


async def asked(client: Client, ada: Hand, key: str = "a key") -> int:
    outcome = await ask_payout(client.context, ada.worker.worker_id, None, BANK, key)
    assert isinstance(outcome, list), outcome
    return outcome[0].request_id


async def test_each_sum_leads_to_its_entries(client: Client, ada: Hand):
    await ask_payout(client.context, ada.worker.worker_id, PAY, BANK, "a key")
    page = (await client.get("/worker/mine")).text
    assert re.search(r'id="payable">\$0.001<', page)
    assert re.search(r'id="requested">\$0.0005<', page)
    rows = {}
    for name in ("pending", "payable", "requested", "paid", "earned"):
        shown = (await client.get(f"/worker/mine?show={name}")).text
        table = re.search(r'<table id="entries">.*?</table>', shown, re.DOTALL)
        rows[name] = re.findall(r'<td class="number">([^<]+)</td>', table[0]) if table else []
    assert sorted(rows["payable"]) == ["+$0.000500"] * 3 + ["−$0.000500"]
    assert rows["requested"] == ["+$0.000500"]
    assert rows["earned"] == ["+$0.000500"] * 3
    assert (rows["pending"], rows["paid"]) == ([], [])


async def test_a_form_that_is_sent_twice_asks_once(client: Client, ada: Hand):
    form = fields((await client.get("/worker/mine")).text, 'action="/worker/mine/ask"')
    for _ in range(2):
        page = await send(client, "/worker/mine/ask", **form, amount="0.0005", to=BANK)
        assert "Your request is with the operator" in page
    (request,) = await requests_of(client.context, ada.worker.worker_id)
    assert (request.amount_micros, request.shown) == (PAY, "…4321")
    assert "Lovelace" not in page
    assert "…4321" in page


@pytest.mark.parametrize(
    ("amount", "to", "said"),
    [
        ("0.0001", BANK, "less than the smallest amount"),
        ("7", BANK, "There is less than that to be paid out."),
        ("much", BANK, "Write an amount such as 10.00"),
        ("", "", "Write an amount such as 10.00"),
        ("", "x" * 501, "at most 500 characters"),
    ],
)
async def test_what_cannot_be_asked_for_is_said(client: Client, ada: Hand, amount: str, to: str, said: str):
    assert said in await send(client, "/worker/mine/ask", key="k", amount=amount, to=to)
    assert await requests_of(client.context, ada.worker.worker_id) == []


async def test_a_request_is_withdrawn_until_it_is_approved(client: Client, ada: Hand, operator: Client):
    number = await asked(client, ada)
    assert "Withdrawn: the money is payable again." in await send(client, "/worker/mine/withdraw", request=number)
    second = await asked(client, ada, "another key")
    await send(operator, "/operator/payouts/move", request=second, step="approve")
    page = await send(client, "/worker/mine/withdraw", request=second)
    assert "cannot be withdrawn any more" in page
    assert 'action="/worker/mine/withdraw"' not in page


async def test_from_the_request_to_the_reference(client: Client, ada: Hand, operator: Client):
    number = await asked(client, ada)
    page = (await operator.get("/operator/payouts")).text
    assert ada.worker.name in page
    assert "…4321" in page
    assert "Lovelace" not in page
    page = await send(operator, "/operator/payouts/move", request=number, step="approve")
    assert "The file for the bank has it" in page
    file = await operator.get("/operator/payouts.csv")
    (row,) = csv.DictReader(file.text.splitlines(keepends=True))
    assert (row["request"], row["amount"], row["to"]) == (str(number), "0.001500", BANK)
    form = fields(page, '<input type="hidden" name="amount"')
    wrong = {"request": number, "step": "mark_paid", "words": "batch 3", "amount": 1}
    assert "another amount is approved" in await send(operator, "/operator/payouts/move", **wrong)
    assert form["amount"] == "1500"
    for _ in range(2):
        page = await send(operator, "/operator/payouts/move", **wrong | form)
        assert "Noted as paid" in page
    assert "Nobody waits to be paid." in page
    mine = (await client.get("/worker/mine")).text
    assert "batch 3" in mine
    assert re.search(r'id="paid">\$0.0015<', mine)
    assert (await purse_of(client.context, ada.worker.worker_id)).paid_micros == 3 * PAY


async def test_a_request_is_declined_with_a_word(client: Client, ada: Hand, operator: Client):
    number = await asked(client, ada)
    page = await send(operator, "/operator/payouts/move", request=number, step="decline", words=" ")
    assert "a word is missing" in page
    page = await send(operator, "/operator/payouts/move", request=number, step="decline", words="no such account")
    assert "Declined. The money is payable again" in page
    assert "no such account" in (await client.get("/worker/mine")).text
    page = await send(operator, "/operator/payouts/move", request=number, step="approve")
    assert "went another way" in page


@pytest.mark.parametrize("step", ["withdraw", "pay", ""])
async def test_the_operator_takes_no_other_step(client: Client, ada: Hand, operator: Client, step: str):
    number = await asked(client, ada)
    assert "Nothing was done" in await send(operator, "/operator/payouts/move", request=number, step=step)
    assert (await purse_of(client.context, ada.worker.worker_id)).requested_micros == 3 * PAY


@pytest.mark.parametrize("path", ["/operator/payouts", "/operator/payouts.csv"])
async def test_a_worker_sees_nothing_of_the_operator_s(client: Client, ada: Hand, path: str):
    assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/worker/mine", "/worker/mine.csv"])
async def test_nobody_else_sees_a_worker_s_money(client: Client, operator: Client, path: str):
    assert (await operator.get(path)).status_code == 403
    assert (await client_of(client.context).get(path)).status_code == 303


async def test_who_was_disabled_sees_and_asks_and_finds_the_way(client: Client, ada: Hand):
    await client.context.batcher.ask(disable_workers, DisableWorker(ada.worker.worker_id))
    client.context.lookups.forget()
    assert 'href="/worker/mine"' in (await client.get("/")).text
    page = (await client.get("/worker/mine")).text
    assert "What you earned stays yours" in page
    assert "+49 30 1234" in page
    assert 'href="/worker/accuracy"' not in page
    page = await send(client, "/worker/mine/ask", key="k", to=BANK)
    assert "Your request is with the operator" in page
    async with client.context.cells.directory.acquire() as db:
        found = [each.entry for each in await entries_after(db, 1, 0) if each.entry.deed == "payout.ask"]
    assert [(entry.actor.role, entry.actor.name) for entry in found] == [("worker", ada.worker.name)]
    assert (await client.get("/worker/reports")).status_code != 200


async def test_days_are_those_of_the_reader_s_zone(client: Client, ada: Hand, stage: Stage):
    await stage.change("UPDATE transfer SET at = $2 WHERE cell = $1", datetime(2026, 3, 31, 20, tzinfo=UTC))
    for tz, month, day in (("UTC", "2026-03", "2026-03-31"), ("Asia/Bangkok", "2026-04", "2026-04-01")):
        page = (await client.get(f"/worker/mine?month={month}&tz={tz}")).text
        assert f"<time>{day}</time>" in page
        assert re.search(r'id="total">.*?<td class="number">3</td>', page, re.DOTALL)
        file = (await client.get(f"/worker/mine.csv?month={month}&tz={tz}&by=day")).text
        (row,) = [row for row in csv.DictReader(file.splitlines()) if row["answers"] != "0"]
        assert (row["from"][:10], row["earned"]) == (day, "0.001500")
    assert "could not be read" in (await client.get("/worker/mine?month=x")).text
    assert (await client.get("/worker/mine.csv?by=job")).status_code == 400


async def test_what_became_of_the_last_answers_is_shown(client: Client, stage: Stage, ada: Hand):
    customer = await stage.account()
    await stage.come(ada.worker.worker_id)
    tasks = [await stage.solve(customer, ada.worker.worker_id) for _ in range(2)]
    await stage.complain(customer, tasks[0])
    await stage.judge("confirm", "confirm")
    page = (await client.get("/worker/mine")).text
    assert page.count('<p class="status solved">stands</p>') == 4
    assert "a complaint was upheld; the pay was taken back" in page
    assert page.count('<img src="/pictures/') == 5


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
async def test_asked_and_approved_by_keyboard_without_script(site: Site, browser: Browser, language: str):
    hand = await factories.hand(site.context)
    await earn(await set_stage(site.context.cells.directory), hand.worker.worker_id, 3)
    site.context.settings = Settings(data=site.context.settings.data, smallest_payout="0.0005")
    look: dict[str, Any] = {"java_script_enabled": False, **PHONE}
    mine = await (await browser.new_context(**look)).new_page()
    await mine.goto(site.url + await link(site.context, worker_subject(hand)))
    await mine.locator("main button").first.press("Enter")
    await mine.goto(f"{site.url}/worker/mine?lang={language}")
    await mine.locator("textarea[name=to]").fill(BANK)
    await mine.locator("#ask button").press("Enter")
    await expect(mine.locator("#notice")).to_be_visible()
    await expect(mine.locator("#requests > li")).to_have_count(1)
    house = await (await browser.new_context(**look)).new_page()
    await house.goto(site.url + await link(site.context, OPERATOR))
    await house.locator("main button").first.press("Enter")
    await house.goto(f"{site.url}/operator/payouts?lang={language}")
    await house.locator("button[value=approve]").press("Enter")
    await house.locator("#waiting details summary").first.press("Enter")
    await house.locator("#waiting input[name=words]").first.fill("batch 3")
    await house.locator("button[value=mark_paid]").press("Enter")
    await expect(house.locator("#ended > li")).to_have_count(1)
    await mine.goto(f"{site.url}/worker/mine?lang={language}")
    await expect(mine.locator("#requests")).to_contain_text("batch 3")


@pytest.mark.browser
async def test_both_pages_fit_a_phone_and_a_magnified_window(site: Site, browser: Browser):
    hand = await factories.hand(site.context)
    await earn(await set_stage(site.context.cells.directory), hand.worker.worker_id, 3)
    site.context.settings = Settings(data=site.context.settings.data, smallest_payout="0.0005")
    await ask_payout(site.context, hand.worker.worker_id, PAY, BANK, "a key")
    for subject, path in ((worker_subject(hand), "/worker/mine"), (OPERATOR, "/operator/payouts")):
        phone: dict[str, Any] = PHONE
        page = await (await browser.new_context(**phone)).new_page()
        await page.goto(site.url + await link(site.context, subject))
        await page.wait_for_url(lambda url: "/login/" not in url)
        for width, height in ((390, 844), (640, 400)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto(site.url + path)
            assert await has_no_sideways_scroll(page), (path, width)
            assert await page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("role", ["auditor", "support"])
async def test_who_may_not_pay_sees_the_page_and_neither_form_nor_file(client: Client, ada: Hand, role: str):
    number = await asked(client, ada)
    await client.context.batcher.ask(add_staff, AddStaff(StaffMember(7, "Eve", role)))
    eve = client_of(client.context)
    await eve.post(await link(client.context, Subject("operator", 7, 0)), headers=OWN)
    page = (await eve.get("/operator/payouts")).text
    assert ada.worker.name in page
    assert "/operator/payouts/move" not in page
    assert (await eve.get("/operator/payouts.csv")).status_code == 403
    move = {"request": number, "step": "approve"}
    assert (await eve.post("/operator/payouts/move", headers=OWN, data=move)).status_code == 403
    (request,) = await requests_of(client.context, ada.worker.worker_id)
    assert request.state is PayoutState.REQUESTED
