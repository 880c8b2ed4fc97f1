"""A whole shift by keyboard alone: two hundred tasks of all kinds, with breaks, a skip, an undo and a complaint."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import expect

from manyeyes.ledger.rules import TransferKind
from manyeyes.reports.rules import Vote
from manyeyes.settings import Settings
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.tasks.rules import wire_id
from support import factories
from support.browser_visits import Screen, at_work
from support.question_tasks import ask
from support.screen_disputes import reviewer, vote
from support.served_site import Site

pytestmark = pytest.mark.browser
TASKS = 200
BREAKS, SKIP, UNDO, COMPLAINT = (60, 140), 50, 30, 80  # after so many
NOTE, METER = TextOptions(), NumberOptions(decimals=2, min=Decimal(0))
CURRENCY = ChoiceOptions(labels=("EUR", "USD", "VND"))


class Kind(msgspec.Struct, frozen=True):
    """A kind of task: its options, what is typed and pressed, and the answer that this is."""

    options: Any
    steps: tuple[str, ...]
    answer: str


KINDS = (
    Kind(NOTE, ("a word", "Enter"), "a word"),
    Kind(METER, ("12,50", "Enter"), "12.50"),
    Kind(CURRENCY, ("2",), "USD"),
    Kind(ChoicesOptions(labels=("text", "face", "sign")), ("1", "3", "Enter"), '["text","sign"]'),
    Kind(
        FieldsOptions(
            fields=(
                NumberOptions(name="total", decimals=2),
                ChoiceOptions(name="currency", labels=CURRENCY.labels),
                TextOptions(name="note"),
            )
        ),
        ("12,50", "Enter", "1", "ok", "Enter"),
        '{"total":12.50,"currency":"EUR","note":"ok"}',
    ),
)
# A task is shown that is another one than before, and its form takes keys.
ANOTHER = """(before) => {
  const main = document.getElementById("main");
  return main.dataset.mode === "task" && main.dataset.lease && main.dataset.lease !== before && main.dataset.lease;
}"""
TAKES_KEYS = """() => {
  const main = document.getElementById("main");
  return !main.dataset.task.startsWith("label") || document.getElementById("labels").hasAttribute("data-ready");
}"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which an undo is in time, however slow the machine is."""
    return Settings(data=tmp_path, undo_seconds=60)


class Shift:
    """What one person does at the screen; ``kinds``: of the tasks, by their serials."""

    def __init__(self, screen: Screen, kinds: dict[int, Kind]) -> None:
        self._page, self.kinds = screen.page, kinds
        self.screen, self.lease, self.mended = screen, "", False

    async def turn(self) -> int:
        """Wait for another task; return its serial."""
        shown = await self._page.wait_for_function(ANOTHER, arg=self.lease)
        self.lease = await shown.json_value()
        return int(self.lease.split("-")[1])

    async def do(self, serial: int) -> None:
        """Answer the task that is shown, as its kind wants."""
        keyboard = self._page.keyboard
        for step in self.kinds[serial].steps:
            await self._page.wait_for_function(TAKES_KEYS)
            is_typed = len(step) > 1 and step != "Enter"
            await (keyboard.type(step) if is_typed else keyboard.press(step))

    async def rest(self) -> None:
        """Take a break, and come back."""
        await self._page.keyboard.press("Alt+b")
        await expect(self.screen.part("start")).to_be_focused()
        await self._page.keyboard.press("Enter")
        self.lease = ""


async def house(site: Site, customer: factories.Customer) -> dict[int, Kind]:
    """Let the customer ask everything; return the kinds by serial."""
    return {await ask(site.context, customer, (kind := KINDS[n % len(KINDS)]).options): kind for n in range(TASKS)}


async def results(site: Site) -> dict[int, str]:
    async with site.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT task_id, answer ->> 'text' AS text FROM result WHERE cell = 1")
    return {row["task_id"]: row["text"] for row in rows}


async def refute(site: Site, customer: factories.Customer, kinds: dict[int, Kind], answered: list[int]) -> int:
    """Let the customer complain about a result that is there, and two reviewers confirm it; return the task.

    Of a text in anybody's words there is no complaint (`actions/file_complaints.py`).
    """
    there = await results(site)
    task_id = next(serial for serial in reversed(answered) if serial in there and kinds[serial] is not KINDS[0])
    await factories.complain(site.context, customer, wire_id(task_id))
    for _ in range(2):
        await vote(site.context, await reviewer(site.context), Vote.CONFIRM)
    return task_id


async def settled(site: Site, count: int) -> dict[int, str]:
    """Let the last answer settle as soon as it has come, and return all of them."""
    for _ in range(300):
        async with site.context.cells.pool(1).acquire() as db:
            await db.execute("UPDATE work SET aside_until = now() WHERE cell = 1 AND state = 4 AND aside_until > now()")
        if len(found := await results(site)) >= count:
            break
        await asyncio.sleep(0.1)
    return found


async def mend(shift: Shift, serial: int) -> None:
    """Answer, see the next task, take it back, and answer again: what was given before lies there."""
    before = shift.lease
    await shift.do(serial)
    await shift.turn()
    await shift.screen.press("Alt+z")
    await expect(shift.screen.part("main")).to_have_attribute("data-lease", before)
    shift.lease = before
    if shift.kinds[serial] is KINDS[0]:
        await shift.screen.part("answer").press("Control+a")
    await shift.do(serial)


async def test_two_hundred_tasks_of_all_kinds(site: Site, browser, people):
    customer, hand = people
    kinds = await house(site, customer)
    shift = Shift(await at_work(site, browser, hand), kinds)
    await shift.screen.start()
    answered: list[int] = []
    skipped = refuted = 0
    while len(answered) < TASKS - 1:
        serial = await shift.turn()
        if len(answered) == SKIP and not skipped:
            skipped = serial
            await shift.screen.press("Escape")
            continue
        is_mended = len(answered) >= UNDO and kinds[serial] is KINDS[0] and not shift.mended
        await (mend(shift, serial) if is_mended else shift.do(serial))
        shift.mended |= is_mended
        answered.append(serial)
        if len(answered) == COMPLAINT:
            refuted = await refute(site, customer, kinds, answered)
        if len(answered) in BREAKS:
            await shift.rest()
    found = await settled(site, TASKS - 1)
    assert {n: (found.get(n), kinds[n].answer) for n in answered if found.get(n) != kinds[n].answer} == {}
    assert shift.mended
    assert shift.screen.errors == []
    async with site.context.cells.pool(1).acquire() as db:
        paid = await db.fetchval("SELECT count(*) FROM transfer WHERE cell = 1 AND kind = $1", TransferKind.PAY)
        lost = await db.fetchval("SELECT count(*) FROM transfer WHERE cell = 1 AND kind = $1", TransferKind.CANCEL_PAY)
    assert (paid, lost) == (TASKS - 1, 1)
    await shift.screen.page.goto(site.url + "/worker/reports")
    await expect(shift.screen.page.locator(f"#complaint-{wire_id(refuted)}")).to_contain_text("Refused")
