"""Months are summed up once and signed; the proof of the books begins behind the newest seal."""

import asyncio

import asyncpg
import pytest

from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.seal_months import due_months, seal_months
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.db.settled import settled_until
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.seals.rules import NO_SEAL, month_before
from support.action_stage import Stage
from support.sealed_months import KEY, TRUSTED, go_to, months_ago, seal


async def two_months(stage: Stage) -> tuple[int, int, int]:
    """Play the month before last and the last one, with a task, its pay and a complaint in each, across their end."""
    before, last = months_ago(stage, 2), months_ago(stage, 1)
    await go_to(stage, before)
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    await stage.solve(account_id, worker_id)
    disputed = await stage.dispute(account_id, worker_id, "confirm", "confirm")
    await go_to(stage, last)
    await stage.act(vest_pay, VestPay(stage.cell))
    await stage.come(worker_id)
    await stage.solve(account_id, worker_id)
    return account_id, worker_id, disputed


async def test_each_month_that_is_over_is_sealed_once(stage: Stage):
    await two_months(stage)
    names = [month_before(end) for end in await stage.read(due_months, stage.cell)]
    assert len(names) == 2
    assert await seal(stage) == names
    assert await seal(stage) == []
    books = await stage.books(trusted=TRUSTED)
    assert (books.difference_micros, books.findings) == (0, [])
    assert books.transfers == len(await stage.rows("transfer"))
    assert (await stage.books(trusted=TRUSTED, is_whole=True)).findings == []


async def test_what_comes_later_for_an_old_task_counts_into_the_month_in_which_it_is_written(stage: Stage):
    now = stage.now
    _, worker_id, disputed = await two_months(stage)
    await seal(stage)
    await go_to(stage, now)
    await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, disputed, "words"))
    await stage.act(decide_appeals, DecideAppeal(stage.cell, disputed, True))
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    for is_whole in (False, True):
        assert (await stage.books(trusted=TRUSTED, is_whole=is_whole)).findings == []
    await stage.change("DELETE FROM transfer WHERE cell = $1 AND kind = 10")
    assert any("accepted appeals" in said for said in (await stage.books(trusted=TRUSTED)).findings)


async def test_the_proof_names_the_first_month_that_was_altered(stage: Stage):
    await two_months(stage)
    first, second = await seal(stage)
    await stage.change("UPDATE transfer SET amount_micros = amount_micros + 1 WHERE cell = $1 AND kind = 4 OR kind = 3")
    findings = (await stage.books(trusted=TRUSTED, is_whole=True)).findings
    assert findings[0].startswith(f"{first} is not what was sealed: settle from held of")
    assert any(said.startswith(f"{second} is not what was sealed") for said in findings)


async def test_a_seal_whose_sums_were_altered_proves_nothing(stage: Stage):
    await two_months(stage)
    _, second = await seal(stage)
    await stage.change("UPDATE seal_sum SET amount_micros = amount_micros + 5 WHERE cell = $1 AND kind = 1")
    books = await stage.books(trusted=TRUSTED)
    assert books.findings == [f"the sums of the seal of {second} are not what was signed"]
    assert books.difference_micros == 1


async def test_a_seal_of_another_key_is_passed_over_and_all_is_read(stage: Stage):
    await two_months(stage)
    await seal(stage)
    await stage.change(
        "DELETE FROM transfer WHERE cell = $1 AND kind = 3 AND at = (SELECT min(at) FROM transfer WHERE kind = 3)"
    )
    assert (await stage.books(trusted=TRUSTED)).findings == []  # what is sealed is not read again
    assert (await stage.books(trusted=[bytes(32)])).difference_micros > 0


FORGED = {
    "its sums and its digest": "UPDATE seal SET digest = sha256('x') WHERE cell = $1",
    "its signature": "UPDATE seal SET signature = sha512('x') WHERE cell = $1",
    "a month to come": "INSERT INTO seal (cell, until, transfers, previous, digest, sealed_at, public_key, signature)"
    " VALUES ($1, '2199-01-01Z', 0, '', '', now(), '', '')",
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_seal_is_told_and_nothing_is_built_on_it(stage: Stage, forged: str):
    await two_months(stage)
    await seal(stage)
    await stage.change(FORGED[forged])
    for is_whole in (False, True):
        assert (await stage.books(trusted=TRUSTED, is_whole=is_whole)).difference_micros > 0


async def test_another_keys_seal_is_built_on_only_where_the_entries_prove_it(stage: Stage):
    await two_months(stage)
    due = await stage.read(due_months, stage.cell)
    async with stage.pool.acquire() as db:
        await seal_months(db, stage.cell, bytes(31) + b"1", due[:1])
        await db.execute("UPDATE seal_sum SET amount_micros = amount_micros + 1 WHERE cell = $1", stage.cell)
        with pytest.raises(ValueError, match="not what was signed"):
            await seal_months(db, stage.cell, KEY, due[1:])
        digest, _ = await seals.digest(db, stage.cell, due[0], NO_SEAL)
        await db.execute("UPDATE seal SET digest = $2 WHERE cell = $1", stage.cell, digest)
        with pytest.raises(ValueError, match="the entries are not what it says"):
            await seal_months(db, stage.cell, KEY, due[1:])
        await db.execute("UPDATE seal_sum SET amount_micros = amount_micros - 1 WHERE cell = $1", stage.cell)
        digest, _ = await seals.digest(db, stage.cell, due[0], NO_SEAL)
        await db.execute("UPDATE seal SET digest = $2 WHERE cell = $1", stage.cell, digest)
        assert await seal_months(db, stage.cell, KEY, due[1:]) == [month_before(due[1])]


async def test_two_who_seal_at_once_make_each_seal_once(stage: Stage):
    await two_months(stage)
    one, other = await asyncio.gather(seal(stage), seal(stage))
    assert len(one + other) == 2
    assert len(await stage.rows("seal")) == 2
    assert (await stage.books(trusted=TRUSTED, is_whole=True)).findings == []


async def test_who_is_killed_while_sealing_leaves_no_half_seal(stage: Stage):
    account_id, _, _ = await two_months(stage)
    due = await stage.read(due_months, stage.cell)
    same = "INSERT INTO seal_sum VALUES ($1, $2, 1, 1, 0, 10, $3, $3, 0, 1, 1)"
    async with stage.pool.acquire() as other, stage.pool.acquire() as db:
        blocking = other.transaction()
        await blocking.start()
        await other.execute(same, stage.cell, due[1], account_id)  # the sums of the second month wait for it
        sealing = asyncio.create_task(seal_months(db, stage.cell, KEY, due))
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = $1)"
        while not await other.fetchval(waiting, db.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.05)
        await other.execute("SELECT pg_terminate_backend($1)", db.get_server_pid())
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await sealing
        await blocking.rollback()
    assert [row["until"] for row in await stage.rows("seal")] == [due[0]]
    assert {row["until"] for row in await stage.rows("seal_sum")} == {due[0]}
    assert (await stage.books(trusted=TRUSTED, is_whole=True)).findings == []
    assert await seal(stage) == [month_before(due[1])]


async def test_nothing_is_sealed_while_somebody_may_still_write_into_it(stage: Stage, dsn: str):
    """A transaction that began before the end bears an earlier instant, whenever it commits: it is waited for."""
    account_id = await stage.account(100_000)
    entry = "INSERT INTO transfer VALUES ($1, $2, 1, 0, 1, 0, 10, $3, 500, $3, 0, now())"
    late = await asyncpg.connect(dsn, server_settings={"application_name": "manyeyes"})
    try:
        writing = late.transaction()
        await writing.start()
        await late.execute(entry, stage.cell, stage.number(), account_id)
        end = await late.fetchval("SELECT clock_timestamp()")  # as if a month ended now
        await asyncio.sleep(0.5)
        async with stage.pool.acquire() as db:
            assert await settled_until(db) < end
            with pytest.raises(ValueError, match="may still be written"):
                await seal_months(db, stage.cell, KEY, [end])
            await late.execute(
                "UPDATE balance SET available_micros = available_micros + 500 WHERE cell = $1 AND account_id = $2",
                stage.cell,
                account_id,
            )
            await writing.commit()
            assert await settled_until(db) > end
            assert len(await seal_months(db, stage.cell, KEY, [end])) == 1
    finally:
        await late.close()
    rows = {row["at"] for row in await stage.rows("transfer", "at")}
    assert max(rows) < end
    (sealed,) = await stage.rows("seal")
    assert sealed["transfers"] == 2  # what was under way is in it
    assert (await stage.books(trusted=TRUSTED)).findings == []
