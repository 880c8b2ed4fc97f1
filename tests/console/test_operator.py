"""/operator: the proof of the ledger reads every transfer, so a process runs one at a time."""

import asyncio
import re

import asyncpg
import pytest
from test_customer_pages import OWN

from manyeyes.actions.check_books import BooksAudit
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.console.operator import overview
from manyeyes.console.operator.overview import OperatorPages
from manyeyes.dispatch import open_work
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject
from support import factories
from support.browser_visits import link
from support.in_process_client import client_of


async def test_the_books_are_proven_by_one_view_at_a_time_and_others_see_the_last_proof(context: Context, monkeypatch):
    monkeypatch.setattr(overview, "BOOKS_FRESH_SECONDS", -1.0)
    begun, gate, proofs = asyncio.Event(), asyncio.Event(), []

    async def slow(of: Context, cell: int) -> BooksAudit:
        proofs.append(cell)
        begun.set()
        await gate.wait()
        return BooksAudit(
            difference_micros=len(proofs), transfers=0, accounts=0, wallets=0, open_tasks_held_micros=0, findings=[]
        )

    monkeypatch.setattr(overview, "prove_cell", slow)
    pages = OperatorPages(context)
    gate.set()
    assert await pages.books_difference() == 1
    begun.clear()
    gate.clear()
    second = asyncio.create_task(pages.books_difference())
    await begun.wait()
    async with asyncio.timeout(20):
        assert [await pages.books_difference() for _ in range(3)] == [1, 1, 1]
    gate.set()
    assert await second == 2
    assert len(proofs) == 2


async def test_views_before_the_first_proof_wait_for_it_and_start_no_other(context: Context, monkeypatch):
    proofs = []

    async def slow(of: Context, cell: int) -> BooksAudit:
        proofs.append(cell)
        await asyncio.sleep(0)
        return BooksAudit(
            difference_micros=0, transfers=0, accounts=0, wallets=0, open_tasks_held_micros=0, findings=[]
        )

    monkeypatch.setattr(overview, "prove_cell", slow)
    pages = OperatorPages(context)
    assert await asyncio.gather(*[pages.books_difference() for _ in range(3)]) == [0, 0, 0]
    assert len(proofs) == 1


async def test_queues_tell_what_waits_what_is_answered_or_laid_aside_and_each_cell_is_asked_once(
    two_databases: Context, monkeypatch: pytest.MonkeyPatch
):
    context, asked = two_databases, []
    count = open_work.answering

    async def counted(db: asyncpg.Connection, cell: int) -> dict[int, int]:
        asked.append(cell)
        return await count(db, cell)

    monkeypatch.setattr(open_work, "answering", counted)
    for cell, states in ((1, (0, 1, 2, 4)), (2, (0, 0, 4))):
        customer = await factories.customer(context, cell=cell)
        for state in states:
            submitted = await factories.submit(context, customer)
            assert isinstance(submitted, Submitted)
            async with context.cells.pool(cell).acquire() as db:
                await db.execute("UPDATE work SET state = $2 WHERE task_id = $1", submitted.task_id, state)
    caller = client_of(context)
    await caller.post(await link(context, Subject("operator", 0, 0)), headers=OWN)
    page = (await caller.get("/operator")).text
    line = page[page.index("English ImageToText</bdi>") :]
    assert re.findall(r'<td class="number">(\d+)</td>', line)[:3] == ["3", "4", "0"]
    assert sorted(asked) == list(context.cells.numbers)
