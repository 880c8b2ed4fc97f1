"""The functions that statements are called by: made for each version, kept for the last two, and no others touched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.db.statement_functions import (
    ARRAYS_IN_ROWS,
    PREFIX,
    find_functions,
    make_functions,
    named_statements,
    schema_of,
)
from support.action_stage import Stage


@asynccontextmanager
async def undone(stage: Stage) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection in a transaction that is rolled back; patient, as the one is that makes functions."""
    async with stage.pool.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            await db.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            yield db
        finally:
            await transaction.rollback()


async def schemas(db: asyncpg.Connection) -> set[str]:
    return {row["nspname"] for row in await db.fetch("SELECT nspname FROM pg_namespace WHERE nspname ~ '^statements'")}


async def test_the_functions_of_the_last_versions_are_kept(stage: Stage):
    others = [f"{PREFIX}{version:016x}" for version in range(3)]
    async with undone(stage) as db:
        ours, schema = await find_functions(db), schema_of(named_statements())
        for other in others:
            await db.execute(f"CREATE SCHEMA {other}; COMMENT ON SCHEMA {other} IS 'made {other[-1]}'")
        await db.execute(f"DROP SCHEMA {schema} CASCADE")
        assert await find_functions(db) == {}
        await make_functions(db)
        assert await find_functions(db) == ours
        assert await schemas(db) == {schema, others[-1]}


async def test_a_version_that_was_gone_back_to_is_not_the_oldest(stage: Stage):
    newer = f"{PREFIX}{7:016x}"
    async with undone(stage) as db:
        schema = schema_of(named_statements())
        await db.execute(f"COMMENT ON SCHEMA {schema} IS 'made 0'")
        await db.execute(f"CREATE SCHEMA {newer}; COMMENT ON SCHEMA {newer} IS 'made 1'")
        await make_functions(db)
        assert await db.fetchval("SELECT obj_description(to_regnamespace($1), 'pg_namespace')", schema) > "made 1"
        assert await schemas(db) == {schema, newer}


async def test_nobody_elses_schema_is_dropped(stage: Stage):
    theirs = {"statements_of_account", "statements2026"}
    async with undone(stage) as db:
        before = await schemas(db)
        for name in theirs:
            await db.execute(f"CREATE SCHEMA {name}")
        await db.execute(f"DROP SCHEMA {schema_of(named_statements())} CASCADE")
        await make_functions(db)
        assert await schemas(db) == before | theirs


async def test_a_role_that_may_make_no_schema_is_served_without_functions(stage: Stage):
    async with undone(stage) as db:
        await db.execute(f"DROP SCHEMA {schema_of(named_statements())} CASCADE")
        await db.execute("SET LOCAL ROLE pg_monitor")
        await make_functions(db)
        assert await find_functions(db) == {}


async def test_a_role_that_may_not_call_functions_knows_none(stage: Stage):
    async with undone(stage) as db:
        await db.execute("SET LOCAL ROLE pg_monitor")
        await make_functions(db)
        assert await find_functions(db) == {}


async def test_every_array_in_a_row_is_known_to_each_connection(stage: Stage):
    kinds = await stage.pool.fetch(
        "SELECT DISTINCT e.typname FROM pg_proc AS p, unnest(proallargtypes, proargmodes) AS a (kind, mode) "
        "JOIN pg_type AS t ON t.oid = a.kind JOIN pg_type AS e ON e.oid = t.typelem "
        r"WHERE p.pronamespace::regnamespace::text LIKE 'statements\_%' AND a.mode = 't' AND t.typcategory = 'A'"
    )
    assert {row["typname"] for row in kinds} <= set(ARRAYS_IN_ROWS)


async def test_every_statement_is_a_function_and_known_for_what_it_does(stage: Stage):
    """A look takes no lock and writes nothing: as PostgreSQL itself plans it, not as we read the text."""
    wrong = []
    async with stage.pool.acquire() as db:
        functions = await find_functions(db)
        await db.execute("SET plan_cache_mode = force_generic_plan")
        for query in named_statements().values():
            function = functions[query.text]
            given = f"({', '.join(['NULL'] * function.arguments)})" if function.arguments else ""
            await db.execute(f"PREPARE asked AS {query.text}")
            plan = "\n".join(row[0] for row in await db.fetch(f"EXPLAIN EXECUTE asked {given}"))
            await db.execute("DEALLOCATE asked")
            writes = any(f"{word} on " in plan for word in ("Insert", "Update", "Delete"))
            locks = "LockRows" in plan
            body = await db.fetchval("SELECT prosrc FROM pg_proc WHERE oid = to_regproc(nullif($1, ''))", function.look)
            if writes == bool(function.look) or (function.look and locks == (function.look == function.name)):
                wrong.append(function.name)
            if function.look and locks and "FOR UPDATE" in body:
                wrong.append(function.look)
        await db.execute("RESET plan_cache_mode")
    assert wrong == []


@pytest.mark.parametrize("commands", [1, 2])
async def test_a_process_whose_functions_are_dropped_goes_on_without(stage: Stage, commands: int):
    account_id = await stage.account()
    tasks = [stage.submitting(account_id) for _ in range(2 * commands)]
    await stage.act(submit_tasks, *tasks[:commands])
    async with stage.pool.acquire() as db:
        await db.execute(f"DROP SCHEMA {schema_of(named_statements())} CASCADE")
    try:
        for outcome in await stage.act(submit_tasks, *tasks[commands:]):
            assert isinstance(outcome, Submitted)
    finally:
        async with stage.pool.acquire() as db, db.transaction():
            await make_functions(db)
