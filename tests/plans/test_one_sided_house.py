"""Nearly all that waits is in one queue and of one account: whoever asks about another does not read it.

A function of the database keeps one plan for all, made by what most rows are like.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from manyeyes.db.queries import Queries
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.depths import store as depths
from plans.test_hot_queries import nodes
from support.databases import MakeDatabase
from support.hot_people_queries import NOW

ONE_SIDED = """
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds,
                  soft_id, ip, kind, options, media, created_at, expires_at, state, worker_id)
SELECT 1, n, least(n, 60), 1, 700, n, 700, 500, 60, 0, '203.0.113.7', 'image_to_text', '{}', 'png',
       now(), now() + interval '10 min', CASE n % 20 WHEN 0 THEN 2 ELSE 0 END, CASE n % 20 WHEN 0 THEN n ELSE 0 END
FROM generate_series(1, 40000) AS n;
ANALYZE work;
"""
ASKED: list[tuple[Queries, str, tuple[Any, ...], set[str]]] = [
    (dispatch.SQL, "backlog", (1, 2, NOW, NOW), {"work_waiting", "work_queued"}),
    (depths.SQL, "shallow_depths", (1, [2]), {"work_waiting"}),
    (depths.SQL, "count_waiting", (1, 2, 1000), {"work_waiting"}),
    (depths.SQL, "head_bid", (1, 2, 256), {"work_waiting"}),
    (depths.SQL, "account_waiting", (1, 1), {"work_account", "work_leased"}),
]


@pytest.fixture(scope="module")
async def one_sided(create_database: MakeDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A database of its own in which all waits in queue 1, nearly all of account 60; 59 others have a task each."""
    db = await asyncpg.connect(await create_database("one_sided"))
    await db.execute(ONE_SIDED)
    yield db
    await db.close()


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(("sql", "name", "arguments", "indexes"), ASKED, ids=[asked[1] for asked in ASKED])
async def test_another_queue_or_account_is_not_waited_for(
    one_sided: asyncpg.Connection, sql: Queries, name: str, arguments: tuple[Any, ...], indexes: set[str], mode: str
):
    given = [await one_sided.fetchval("SELECT quote_nullable($1::text)", _written(value)) for value in arguments]
    await one_sided.execute(f"SET plan_cache_mode = {mode}")
    await one_sided.execute(f"PREPARE asked AS {getattr(sql, name)}")
    try:
        said = await one_sided.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({', '.join(given)})")
    finally:
        await one_sided.execute("DEALLOCATE asked")
    found = nodes(json.loads(said)[0]["Plan"])
    assert "Seq Scan" not in {node["Node Type"] for node in found}, found
    assert indexes <= {node["Index Name"] for node in found if "Index Name" in node}, found
    assert sum(node.get("Rows Removed by Filter", 0) for node in found if node.get("Index Name") == "work_waiting") == 0


def _written(value: object) -> str:
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else str(value)
