"""How long a page of 100 tasks takes over /v1, of an account that has a million; and what changed of them.

The rows are written by SQL: all of them ended. The goal: at most 10 ms.
"""

import asyncio
import time

import asyncpg
import uvloop

from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import Link, connect
from manyeyes.db.pool import FIRST_CELL

TASKS, SMALL_TASKS = 1_000_000, 20_000
WARM, PAGES = 20, 200
_TASKS = """INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url,
callback_url, language_pool, created_at, external_id) SELECT $1, n, $2, 1, 'image_to_text', '{"comment":"the meter"}',
'png', 0, '', '', '', '', now() - interval '30 d' + n * interval '1 s', 'row ' || n
FROM generate_series($3::int, $4::int) AS n"""
_RESULTS = """INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending,
answer, media, worker_id, lease, solve_count, charged_micros, pay_micros) SELECT $1, n, $2, 1, 0, '', now(),
now() - interval '30 d' + n * interval '1 s', 0, '{"text":"12345"}', 'png', 1, 1, 1, 700, 500
FROM generate_series($3::int, $4::int) AS n"""
_HOLDS = """INSERT INTO transfer (cell, cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros,
account_id, worker_id, at) SELECT $1, n, 2, 0, 1, $2, 2, $2, 700, $2, 0, now()
FROM generate_series($3::int, $4::int) AS n"""


def measure(small: bool = False) -> list[Row]:
    """Return p50 and p99 in milliseconds of the first page, of pages in the middle, and of changes."""
    count = SMALL_TASKS if small else TASKS
    with serving() as product:
        found = uvloop.run(_run(product, count))
    return [
        Row(
            f"GET /v1/tasks{name}, 100 of {count:,}", percentile(took, 50), "ms", "<= 10", {"p99": percentile(took, 99)}
        )
        for name, took in found.items()
    ]


async def _run(product: Product, count: int) -> dict[str, list[float]]:
    people = await invite(product.dsn, 1, 0)
    db = await asyncpg.connect(product.dsn, command_timeout=3_600)
    await db.execute("SET statement_timeout = 0")
    for statement in (_TASKS, _RESULTS, _HOLDS):
        for first in range(1_000, 1_000 + count, 100_000):
            last = min(first + 99_999, 999 + count)
            await db.execute(statement, FIRST_CELL, people.first_account, first, last)
    await db.execute("UPDATE cell SET next_serial = greatest(next_serial, $1)", 2_000 + count)
    await db.execute("VACUUM ANALYZE")
    await db.close()
    link = await connect(product.url)
    key = people.keys[0]
    found = {"": await _pages(link, key, "order=newest"), "?order=oldest": await _pages(link, key, "order=oldest")}
    found["?since="] = await _pages(link, key, "since=", "since")
    link.close()
    return found


async def _pages(link: Link, key: str, query: str, name: str = "cursor") -> list[float]:
    """Return how long each page took, going on from page to page."""
    took: list[float] = []
    path = f"/v1/tasks?{query}"
    for number in range(WARM + PAGES):
        head = f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n".encode()
        began = time.perf_counter()
        reply = await link.ask(head)
        if number >= WARM:
            took.append(1_000 * (time.perf_counter() - began))
        following = reply[reply.rindex(b'"next":') + 7 : -1].strip(b'"').decode()
        path = f"/v1/tasks?{query}" if following == "null" else f"/v1/tasks?{_onwards(query, name, following)}"
        await asyncio.sleep(0)
    return took


def _onwards(query: str, name: str, following: str) -> str:
    return f"since={following}" if name == "since" else f"{query}&cursor={following}"
