"""/operator: the proof of the ledger reads every transfer, so a process runs one at a time."""

import asyncio

from manyeyes.actions.check_books import Books
from manyeyes.console import operator
from manyeyes.console.operator import OperatorPages


async def test_the_books_are_proven_by_one_view_at_a_time_and_others_see_the_last_proof(house, monkeypatch):
    monkeypatch.setattr(operator, "BOOKS_FRESH_SECONDS", -1.0)
    begun, gate, proofs = asyncio.Event(), asyncio.Event(), []

    async def slow(db, cell):
        proofs.append(cell)
        begun.set()
        await gate.wait()
        return Books(len(proofs), 0, 0, 0, 0, [])

    monkeypatch.setattr(operator, "check_books", slow)
    pages = OperatorPages(house)
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


async def test_views_before_the_first_proof_wait_for_it_and_start_no_other(house, monkeypatch):
    proofs = []

    async def slow(db, cell):
        proofs.append(cell)
        await asyncio.sleep(0)
        return Books(0, 0, 0, 0, 0, [])

    monkeypatch.setattr(operator, "check_books", slow)
    pages = OperatorPages(house)
    assert await asyncio.gather(*[pages.books_difference() for _ in range(3)]) == [0, 0, 0]
    assert len(proofs) == 1
