"""The proof of the audit trail in a real database: what was altered, taken out or cut off is named by its number."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from functools import partial

import msgspec
import pytest

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.actions.sign_heads import SignHeads, sign_heads
from manyeyes.db.pool import DIRECTORY
from manyeyes.roles import trail_reading
from manyeyes.roles.trail_reading import ChainProof, asked_for, every_head, prove, prove_chain, trail_page
from manyeyes.runtime.context import Context
from manyeyes.runtime.periodic import sign_trail
from manyeyes.trail.heads import SignedHead, head_line, public_key_of, read_heads
from manyeyes.trail.rules import ChainedEntry, ChainEnd, Flaw, follow_all
from manyeyes.trail.store import NEWEST, PAGE, TrailFilter
from manyeyes.values.actor import Actor
from manyeyes.workers.store import Worker

CELL = 1
ANN = Actor(role="operator", name="Ann", via="screen", address="192.0.2.7", through="00")
BOB = Actor(role="support", actor_id=2, name="Bob", via="screen", address="192.0.2.8", through="01")
LENGTH = 7  # entries of the cell's chain: an account is opened, and changed six times
ALTERED = {
    "at": "at + interval '1 microsecond'",
    "deed": "'account.get'",
    "subject": "subject || '0'",
    "role": "'worker'",
    "actor_id": "actor_id + 1",
    "name": "'Eve'",
    "via": "'v1'",
    "address": "'192.0.2.9'",
    "through": "'ff'",
    "before": "'null'",
    "after": "'{}'",
    "hash": "decode(repeat('ab', 32), 'hex')",
    "previous": "decode(repeat('ab', 32), 'hex')",
}


@pytest.fixture
async def told(context: Context) -> Context:
    """A cell whose chain has `LENGTH` entries."""
    await context.batcher.ask(open_accounts, OpenAccount(CELL, 1, "Ada", actor=ANN))
    for weight in range(2, LENGTH + 1):
        actor = ANN if weight % 2 else BOB
        command = ChangeAccountTerms(cell=CELL, account_id=1, weight=weight, actor=actor)
        await context.batcher.ask(change_account_terms, command)
    return context


async def proof(context: Context, kept: list[SignedHead] | None = None, cell: int = CELL) -> ChainProof:
    proofs = await prove(context, kept or [], [public_key_of(context.trail_key)])
    return next(each for each in proofs if each.cell == cell)


async def change(context: Context, statement: str, *arguments: object) -> None:
    async with context.cells.pool(CELL).acquire() as db:
        await db.execute(statement, *arguments)


async def test_what_nobody_touched_is_whole(told: Context):
    assert await proof(told) == ChainProof(CELL, LENGTH, 0, None)
    await sign_trail(told, CELL)
    assert await proof(told) == ChainProof(CELL, LENGTH, LENGTH, None)
    assert await proof(told, await every_head(told)) == ChainProof(CELL, LENGTH, LENGTH, None)


async def test_every_column_is_tried(told: Context):
    async with told.cells.pool(CELL).acquire() as db:
        row = await db.fetchrow("SELECT * FROM trail_entry LIMIT 1")
    assert row is not None
    assert {*row.keys()} - {"cell", "number"} == set(ALTERED)


@pytest.mark.parametrize("column", ALTERED)
async def test_each_column_of_each_entry_that_is_altered_is_found(told: Context, column: str):
    async with told.cells.pool(CELL).acquire() as db:
        for number in range(1, LENGTH + 1):
            undone = db.transaction()
            await undone.start()
            set_to = f"UPDATE trail_entry SET {column} = {ALTERED[column]} WHERE cell = $1 AND number = $2"
            await db.execute(set_to, CELL, number)
            found = await prove_chain(partial(nullcontext, db), CELL, [], set())
            await undone.rollback()
            if (column, number) in {("before", 1)}:  # it is null already
                continue
            assert isinstance(found.flaw, Flaw), number
            assert (found.flaw.number, found.entries) == (number, number - 1)


@pytest.mark.parametrize("number", [1, 3, LENGTH - 1])
async def test_an_entry_that_is_taken_out_is_missing(told: Context, number: int):
    await change(told, "DELETE FROM trail_entry WHERE cell = $1 AND number = $2", CELL, number)
    assert (await proof(told)).flaw == Flaw(number, "is missing")


async def test_two_entries_that_changed_places_are_seen(told: Context):
    swap = "UPDATE trail_entry SET number = $2 WHERE cell = $1 AND number = $3"
    for place, number in ((99, 3), (3, 5), (5, 99)):
        await change(told, swap, CELL, place, number)
    found = (await proof(told)).flaw
    assert found is not None
    assert found.number == 3


async def test_the_end_that_is_cut_off_is_missed(told: Context):
    await change(told, "DELETE FROM trail_entry WHERE cell = $1 AND number > $2", CELL, LENGTH - 2)
    assert (await proof(told)).flaw == Flaw(LENGTH - 1, "is missing")


async def test_a_cut_that_also_sets_the_end_back_is_seen_by_the_signed_head(told: Context):
    await sign_trail(told, CELL)
    kept = await every_head(told)
    await change(told, "DELETE FROM trail_entry WHERE cell = $1 AND number > 4", CELL)
    fourth = "SELECT number, hash FROM trail_entry WHERE cell = $1 AND number = 4"
    await change(told, f"UPDATE trail_chain SET (number, hash) = ({fourth}) WHERE cell = $1", CELL)
    assert (await proof(told)).flaw == Flaw(5, "is missing")
    await change(told, "DELETE FROM trail_head")
    assert (await proof(told)).flaw is None, "nothing here tells of it any more"
    assert (await proof(told, kept)).flaw == Flaw(5, "is missing"), "what was kept elsewhere does"


async def test_a_chain_that_was_written_anew_is_seen_by_the_signed_head(told: Context):
    await sign_trail(told, CELL)
    await change(told, "DELETE FROM trail_entry")
    await change(told, "DELETE FROM trail_chain")
    for weight in range(2, LENGTH + 2):
        command = ChangeAccountTerms(cell=CELL, account_id=1, weight=weight + 50, actor=ANN)
        await told.batcher.ask(change_account_terms, command)
    found = (await proof(told)).flaw
    assert found is not None
    assert (found.number, "hashed anew" in found.said) == (1, True)


async def test_a_head_with_a_wrong_signature_or_another_key_proves_nothing(told: Context):
    await sign_trail(told, CELL)
    kept = await every_head(told)
    mine = next(head for head in kept if head.cell == CELL)
    forged = msgspec.structs.replace(mine, signed_at=mine.signed_at + timedelta(seconds=1))
    found = (await proof(told, [forged])).flaw
    assert found is not None
    assert (found.number, "is not what was signed" in found.sentence) == (LENGTH, True)
    await told.batcher.ask(sign_heads, SignHeads(CELL, bytes(32)))
    proofs = await prove(told, [], [public_key_of(bytes(32))])
    assert [("another key" in each.flaw.said) for each in proofs if each.flaw] == [True]


async def test_a_head_of_a_cell_that_is_gone_is_missed(told: Context):
    await sign_trail(told, CELL)
    (head,) = [head for head in await every_head(told) if head.cell == CELL]
    assert (await proof(told, [msgspec.structs.replace(head, cell=9)], cell=9)).flaw is not None


async def test_heads_are_read_as_they_were_printed(told: Context):
    await sign_trail(told, CELL)
    found = await every_head(told)
    lines = [msgspec.json.encode(head_line(head)).decode() for head in found]
    assert read_heads("\n".join(lines)) == read_heads(f'{{"heads": [{",".join(lines)}]}}') == found
    for broken in ("x", lines[0][:-9], lines[0].replace('"hash":"', '"hash":"00'), "{}"):
        with pytest.raises(ValueError, match="head"):
            read_heads(broken)


async def test_a_long_chain_is_followed_page_by_page_and_listed_by_what_is_asked(told: Context):
    many = [ChangeAccountTerms(cell=CELL, account_id=1, keep_days=n % 50, actor=BOB) for n in range(PAGE + 20)]
    async with told.cells.transaction(CELL) as (tx, now):
        await change_account_terms(tx, now, many)
    await told.batcher.ask(
        register_workers,
        RegisterWorker(
            Worker(worker_id=5, name="Kim", languages=("en",), queues=(1,), reviewer=False), b"t", actor=ANN
        ),
    )
    await told.batcher.ask(disable_workers, DisableWorker(5, actor=BOB))
    assert (await proof(told)).entries == PAGE + 20 + LENGTH
    assert (await proof(told, cell=DIRECTORY)).entries == 2
    newest = await trail_page(told, TrailFilter(), limit=1)
    assert newest.entries[0].entry.subject == "worker:5"
    for who, what, subject, expected in (
        ("operator:0", "", "", 1 + LENGTH // 2 + 1),
        ("Ann", "", "account:1", 1 + LENGTH // 2),
        ("support:2", "worker.disable", "", 1),
        ("support", "account.set", "account:1", PAGE + 20 + LENGTH // 2),
        ("", "account.open", "", 1),
        ("", "", "worker:5", 2),
        ("customer", "", "", 0),
        ("Nobody", "", "", 0),
    ):
        wanted, found, place = asked_for(who, what, subject, None, None), 0, NEWEST
        while True:
            page = await trail_page(told, wanted, limit=400, place=place)
            found += len(page.entries)
            if page.next_place is None:
                break
            place = page.next_place
        assert found == expected, (who, what, subject)


async def test_a_span_of_days_has_both_of_its_ends(told: Context):
    today = (await trail_page(told, TrailFilter(), limit=1)).entries[0].at.date()
    day = timedelta(days=1)
    for since, until, expected in (
        (today, today, LENGTH),
        (today - day, today - day, 0),
        (today + day, None, 0),
        (None, today, LENGTH),
        (None, today - day, 0),
    ):
        wanted = asked_for("", "", "", *(str(each) if each else None for each in (since, until)))
        assert len((await trail_page(told, wanted)).entries) == expected, (since, until)
    with pytest.raises(ValueError, match="no day"):
        asked_for("", "", "", "yesterday", "")


async def test_others_go_on_while_a_chain_is_followed(told: Context, monkeypatch: pytest.MonkeyPatch):
    """No connection is held while hashes are made, and they are not made in the loop that serves everybody."""
    monkeypatch.setattr(trail_reading, "PAGE", 2)
    pool, found = told.cells.pool(CELL), list[tuple[bool, int]]()

    def followed(entries: Iterable[ChainedEntry], end: ChainEnd) -> Iterator[ChainEnd | Flaw]:
        found.append((threading.current_thread() is threading.main_thread(), pool.get_size() - pool.get_idle_size()))
        yield from follow_all(entries, end)

    monkeypatch.setattr(trail_reading, "follow_all", followed)
    assert (await proof(told)).flaw is None
    assert found
    assert set(found) == {(False, 0)}
