"""What the operator is told of the house's health: the limit always, beyond it the cause and what to do."""

from pathlib import Path
from typing import Any

import pytest
from test_customer_pages import OWN

from manyeyes.console.operator import health
from manyeyes.console.shared.languages import LANGUAGES, decimals, money
from manyeyes.runtime.disk_room import DiskRoom
from manyeyes.tasks.rules import QueueTerms
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.in_process_client import Client


def line(terms: QueueTerms, waiting: int, online: int) -> dict[str, Any]:
    return {"terms": terms, "waiting": waiting, "online": online}


@pytest.fixture
async def terms(client: Client) -> QueueTerms:
    await factories.customer(client.context)
    return (await client.context.lookups.queues())[1]


async def test_a_wait_is_told_with_its_limit_and_for_want_of_whom(terms: QueueTerms):
    nothing = health.waiting_check(None, [], "en")
    assert (nothing.finding, nothing.is_well, nothing.limit) == ("nothing waits", True, "")
    well = health.waiting_check(119.9, [line(terms, 1, 0)], "en")
    assert (well.is_well, well.limit, well.cause, well.next_step) == (True, "limit: 2 min", "", "")
    alone = health.waiting_check(304, [line(terms, 1, 0)], "en")
    assert (alone.is_well, alone.finding) == (False, "5.1 min")
    assert alone.cause == f"Nobody who may answer is online for: {terms.name}."
    assert alone.next_step.endswith("/operator/workers")
    few = health.waiting_check(120, [line(terms, 9, 2)], "en")
    assert (few.is_well, few.cause) == (False, f"Those who are online do not keep up with: {terms.name}.")


def test_whatever_is_beyond_its_limit_has_a_cause_and_a_next_step():
    for language in LANGUAGES:
        for well, bad in (
            (health.snapshot_check(59.9, language), health.snapshot_check(60, language)),
            (health.books_check(0, language), health.books_check(-1, language)),
            (health.complaints_check(1, 4 * 3600 - 1, language), health.complaints_check(1, 4 * 3600, language)),
        ):
            assert (well.is_well, bad.is_well) == (True, False)
            assert (bool(well.cause), bool(well.next_step)) == (False, False)
            assert all((well.limit, bad.limit, bad.cause, bad.next_step)), (language, bad)


def test_the_disk_is_told_with_its_floor_and_what_the_database_says_of_its_own(tmp_path: Path):
    well, short = DiskRoom([tmp_path], has_database=True), DiskRoom([tmp_path], 10**18)
    for language in LANGUAGES:
        found, bad = health.disk_check(well, language), health.disk_check(short, language)
        assert (found.is_well, found.cause, found.next_step) == (True, "", "")
        assert str(tmp_path) in found.finding
        assert not bad.is_well
        assert all((bad.limit, bad.cause, bad.next_step))
        assert len(bad.finding) > len(found.finding), "the disk of a database elsewhere cannot be seen"
    elsewhere = DiskRoom()
    assert health.disk_check(elsewhere, "en").is_well
    elsewhere.note_full()
    full = health.disk_check(elsewhere, "en")
    assert (full.is_well, full.finding) == (False, "the database says that its disk is full")


async def test_the_operators_page_says_that_nothing_new_is_taken(client: Client):
    client.context.disk_room.floor_bytes = 10**18
    await client.post(await link(client.context, Subject("operator", 0, 0)), headers=OWN)
    page = (await client.get("/operator")).text
    assert "Tasks, recognitions and jobs are refused; answers and reports are taken." in page


@pytest.mark.parametrize(
    ("column", "wanted"),
    [([], 2), ([None], 2), ([1_000_000], 2), ([10_000, 700], 4), ([-700, 5_000_000], 4), ([1, 10_000], 6)],
)
def test_a_column_has_the_decimals_of_the_one_that_needs_most(column: list[int | None], wanted: int):
    assert decimals(column) == wanted
    written = {money(amount, "en", wanted).partition(".")[2] for amount in column if amount is not None}
    assert all(len(each) == wanted for each in written)
