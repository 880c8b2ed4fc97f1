"""The picture of the customer's list of tasks for the documents: an answer of each kind, as people gave it."""

from pathlib import Path

from playwright.async_api import Browser, expect

from demo.listings import LABELS
from demo.pictures import draw
from manyeyes.reports.rules import Vote
from manyeyes.roles.worker import LeasedTask, WorkerDesk
from manyeyes.tasks.pictures import Picture, inspect
from manyeyes.tasks.questions import ChoiceOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support import factories
from support.browser_visits import customer_subject, link
from support.question_tasks import ask
from support.screen_disputes import decided
from support.served_site import Site

METER = "What does the meter read?"
RECEIPT = '{"shop":"Corner Bakery","total":"20.14"}'


async def tasks_page(site: Site, browser: Browser, folder: Path) -> None:
    """Take the picture of a customer's tasks: an answer of each kind, one that was called wrong, one that waits."""
    customer, hand = await factories.customer(site.context), await factories.hand(site.context)
    await _passed_over(site, hand)
    await decided(site.context, customer, hand, Vote.CONFIRM, text="91508", picture=_drawn("meter", 4), comment=METER)
    fields = (TextOptions(name="shop"), NumberOptions(name="total", unit="EUR", decimals=2))
    labels = tuple(LABELS.values())
    for question, kind, number, text in (
        (ChoiceOptions(comment="What is it?", labels=labels), "listing", 24, labels[0]),
        (FieldsOptions(comment="Read the receipt", fields=fields), "receipt", 2, RECEIPT),
        (NumberOptions(comment=METER, unit="kWh"), "meter", 11, "42769"),
        (ImageOptions(comment="What does the sign say?"), "sign", 7, "Long Orchard Row"),
    ):
        name = f"{kind}s/{number:04}.jpg"
        await ask(site.context, customer, question, picture=_drawn(kind, number), external_id=name)
        lease = await factories.taken(site.context, hand)
        answered = await WorkerDesk(site.context).answer(hand.worker, lease.lease, text)
        assert not isinstance(answered, Refusal), answered
    await WorkerDesk(site.context).offline(hand.worker)
    await factories.submit(
        site.context, customer, picture=_drawn("sign", 3), options=ImageOptions(comment="What does the sign say?")
    )
    browser_context = await browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-US")
    page = await browser_context.new_page()
    await page.goto(site.url + await link(site.context, customer_subject(customer)))
    await page.wait_for_url(lambda url: "/login/" not in url)
    await page.goto(f"{site.url}/customer/tasks")
    await expect(page.locator("img.thumb").last).to_have_js_property("complete", True)
    await page.screenshot(path=folder / "tasks-page.png", full_page=True)
    await browser_context.close()


async def _passed_over(site: Site, hand: factories.Hand) -> None:
    """Let the hand skip what earlier pictures left waiting: it would come before this picture's tasks."""
    desk = WorkerDesk(site.context)
    await desk.online(hand.worker)
    while isinstance(lease := await desk.next(hand.worker, 1), LeasedTask):
        await desk.skip(hand.worker, lease.lease, SkipReason.WRONG_LANGUAGE)
    await desk.offline(hand.worker)


def _drawn(kind: str, number: int) -> Picture:
    picture = inspect(draw(kind, number).data)
    assert isinstance(picture, Picture)
    return picture
