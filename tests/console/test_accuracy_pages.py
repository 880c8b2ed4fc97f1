"""What workers are told of how often they are right, and what the operator does about it; phone, no script."""

import os

import pytest
from playwright.async_api import expect

from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.actions.learn_skills import LearnSkills, learn_skills
from manyeyes.consensus.rules import Method
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.roles.practising import PracticeDesk
from manyeyes.skills import evidence
from manyeyes.skills.alike import AlikeKind, FoundAlike
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from manyeyes.skills.training import Practice
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import PHONE, has_no_sideways_scroll, link, regions_beside, worker_subject
from support.practising import fall_below, open_training

pytestmark = pytest.mark.browser
OPERATOR = Subject("operator", 0, 0)


async def known(context, hand, customer, count: int, given: str) -> None:
    """Let gold of a real picture say of a worker that they gave ``given`` where "12345" is right."""
    pieces = []
    for _ in range(count):
        task_id = (await factories.submit(context, customer)).task_id
        pieces.append(
            NewEvidence(
                queue_id=1,
                worker_id=hand.worker.worker_id,
                task_id=task_id,
                source=EvidenceSource.GOLD,
                truth="12345",
                given=given,
            )
        )
    async with context.cells.pool(1).acquire() as tx, tx.transaction():
        await evidence.insert_evidence(tx, await tx.fetchval("SELECT now()"), 1, pieces)
    await context.batcher.ask(count_evidence, CountEvidence(1))


async def page_of(site, browser, subject, path: str, **given):
    """Return a page of somebody who is signed in."""
    visit = await browser.new_context(**given)
    signed_in = await visit.request.post(site.url + await link(site.context, subject), headers={"origin": site.url})
    assert signed_in.ok
    page = await visit.new_page()
    await page.goto(site.url + path)
    return page


async def looked_at(page, name: str) -> None:
    """Leave a picture of the page where a folder for them is named."""
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_a_worker_is_told_why_with_the_pictures_and_appeals_without_script(site, browser):
    customer, hand = await factories.customer(site.context), await factories.hand(site.context)
    async with site.context.cells.directory.acquire() as db:
        await db.execute("UPDATE queue SET floor = 0.7 WHERE queue_id = 1")
    await known(site.context, hand, customer, 12, "9")
    page = await page_of(site, browser, worker_subject(hand), "/worker/accuracy", **PHONE, java_script_enabled=False)
    queue = page.locator("#queue-1")
    await expect(queue).to_contain_text("You no longer get pictures of this queue.")
    await expect(queue).to_contain_text("0 of 12 checked answers")
    await expect(queue.locator("article")).to_have_count(12)
    await expect(queue.locator("article img")).to_have_count(12)
    assert await has_no_sideways_scroll(page)
    await queue.locator("summary").click()
    await queue.locator("textarea").fill("These signs cannot be read.")
    await queue.get_by_role("button", name="Send the appeal").click()
    await expect(page.locator("#notice")).to_contain_text("Your appeal was sent.")
    await expect(queue).to_contain_text("Your appeal is with the operator.")
    operator = await page_of(site, browser, OPERATOR, "/operator/people/1", java_script_enabled=False)
    await expect(operator.locator("#people")).to_contain_text("appeals")
    assert hand.worker.name not in await operator.locator("#people").inner_text()
    await operator.set_viewport_size({"width": 390, "height": 844})
    fits = "(each) => each.scrollWidth <= each.clientWidth"
    assert await operator.locator(".scroll").evaluate(fits), "the table needs no scrolling sideways"
    if folder := os.environ.get("MANYEYES_PICTURES"):
        await operator.screenshot(path=f"{folder}/people-phone.png", full_page=True)
    await operator.locator("textarea").fill("They can.")
    await operator.locator("summary", has_text="Leave it as it is").click()
    await operator.get_by_role("button", name="Leave it as it is").click()
    await expect(operator.locator("#notice")).to_contain_text("They do not get this queue.")
    await page.reload()
    await expect(queue).to_contain_text("They can.")
    await operator.locator("summary", has_text="Give them the queue again").click()
    await operator.get_by_role("button", name="Give them the queue again").click()
    await expect(operator.locator("#notice")).to_contain_text("They get this queue again")


async def test_nothing_is_said_of_whom_nothing_is_known(site, browser):
    hand = await factories.hand(site.context)
    page = await page_of(site, browser, worker_subject(hand), "/worker/accuracy", **PHONE)
    await expect(page.locator("main")).to_contain_text("No answer of yours was checked yet.")


async def alike(context, one: int, other: int) -> None:
    """Let a night find two who answer alike, and that the first is hasty."""
    pair = FoundAlike(worker_id=one, kind=AlikeKind.PAIR, other_id=other, tasks=20, alike=18, expected=6.0)
    haste = FoundAlike(worker_id=one, kind=AlikeKind.HASTE, tasks=40, alike=30, expected=20.0)
    night = LearnSkills(cell=1, queue_id=1, method=Method.MAJORITY, learned=(), alike=(pair, haste))
    await context.batcher.ask(learn_skills, night)


async def test_the_operator_sees_who_is_alike_and_each_worker_in_their_queues(site, browser):
    await open_training(site.context, 3)
    customer = await factories.customer(site.context)
    one, other = await factories.hand(site.context), await factories.hand(site.context)
    await known(site.context, one, customer, 12, "9")
    await alike(site.context, one.worker.worker_id, other.worker.worker_id)
    page = await page_of(site, browser, OPERATOR, "/operator/people/1", **PHONE, java_script_enabled=False)
    found = page.locator("#alike tbody tr")
    await expect(found).to_have_count(2)
    pair = found.filter(has_text="wrong in the same way as each other")
    await expect(pair).to_contain_text("18 of 20")
    await expect(pair.locator("td.number").nth(1)).to_have_text("6")
    await looked_at(page, "people-alike")
    await pair.get_by_role("link", name=str(one.worker.worker_id)).click()
    await expect(page.locator("h1")).to_have_text(one.worker.name)
    await expect(page.locator("#standings tbody tr")).to_contain_text("0% (0/12)")
    await expect(page.locator("#alike tbody tr")).to_have_count(2)
    await looked_at(page, "worker")
    await fall_below(site.context, one)
    assert isinstance(await PracticeDesk(site.context).begin(one.worker, 1), Practice)
    for language in LANGUAGES:
        for path in ("/operator/people/1", f"/operator/workers/{one.worker.worker_id}"):
            await page.goto(f"{site.url}{path}?lang={language}&text=largest")
            assert await has_no_sideways_scroll(page), (language, path)
            await page.goto(f"{site.url}{path}?lang={language}&text=normal")
            assert await page.locator(".scroll").count() >= 2
            assert await regions_beside(page) == [], (language, path)
            await looked_at(page, f"{path.split('/')[2]}-{language}")
    await page.goto(f"{site.url}/operator/workers?lang=en&text=normal")
    await page.locator("#workers").get_by_role("link", name=other.worker.name).click()
    await expect(page.locator("main")).to_contain_text("None of their answers were checked yet.")
    await expect(page.locator("#alike tbody tr")).to_have_count(1)
    missing = await page.goto(f"{site.url}/operator/workers/4711")
    assert missing is not None
    assert missing.status == 404
