"""A job's results streamed over HTTP in each of their forms: 50,000 done lines, written in bulk.

The goal: >= 20,000 lines a second for JSON lines and CSV.
"""

import asyncio
import http.client
import time
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec

from bench.cpu import spent
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row
from manyeyes.db.pool import FIRST_CELL

LINES, SMALLER = 50_000, 25
FIRST_TASK = 10**12
QUESTION = {"kind": "number", "words": "What does the meter say?", "decimals": 2}
ENDINGS = {"jsonl": ">= 20,000 lines/s", "csv": ">= 20,000 lines/s", "parquet": ""}
TASKS = """
INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at, contract, question_id, job_id, line, external_id)
SELECT cell, $3 + n, j.account_id, j.queue_id, 'number', q.options, 'png', 0, '', '', '', '', now(), 1, question_id,
       j.job_id, n, 'meters/item ' || n || '.png'
FROM job AS j JOIN question AS q USING (cell, question_id), generate_series(1, $4::bigint) AS n
WHERE cell = $1 AND j.job_id = $2"""
RESULTS = """
INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros, job_id)
SELECT cell, task_id, account_id, queue_id, 0, '', created_at, now(), 0,
       jsonb_build_object('text', (line * 7919 % 1000000) || '.50'), 'png', 1, 1, 1, 700, 500, job_id
FROM task WHERE cell = $1 AND job_id = $2 AND job_id <> 0"""


def measure(small: bool = False) -> list[Row]:
    """Return the lines a second of each form."""
    count = LINES // SMALLER if small else LINES
    with serving() as product:
        key = asyncio.run(invite(product.dsn, 1, 0)).keys[0]
        made = msgspec.json.decode(_call(product, key, "POST", "/v1/jobs", {"name": "meters", "question": QUESTION}))
        job_id = int(made["id"])
        asyncio.run(_fill(product.dsn, job_id, count))
        return [_measured(product, key, job_id, ending, aim, count) for ending, aim in ENDINGS.items()]


def _measured(product: Product, key: str, job_id: int, ending: str, aim: str, count: int) -> Row:
    path = f"/v1/jobs/{job_id}/results.{ending}"
    _call(product, key, "GET", path)  # what is loaded once is loaded, and PostgreSQL has it in memory
    before, began = spent(product.pid), time.monotonic()
    size = len(_call(product, key, "GET", path))
    seconds, used = time.monotonic() - began, spent(product.pid).since(before)
    details = {"lines": count, "MB": size / 1e6, "server CPU s": used.server, "PostgreSQL CPU s": used.postgres}
    return Row(f"jobs_results: {ending}", count / seconds, "lines/s", aim, details)


async def _fill(dsn: str, job_id: int, count: int) -> None:
    db = await asyncpg.connect(dsn)
    try:
        await db.execute(TASKS, FIRST_CELL, job_id, FIRST_TASK, count, timeout=300)
        await db.execute(RESULTS, FIRST_CELL, job_id, timeout=300)
        await db.execute("UPDATE job SET items = $3 WHERE cell = $1 AND job_id = $2", FIRST_CELL, job_id, count)
        await db.execute("ANALYZE task, result")
    finally:
        await db.close()


def _call(product: Product, key: str, method: str, path: str, body: Any = None) -> bytes:
    """Return a reply's body. Raises RuntimeError when there is none."""
    connection = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=300)
    try:
        sent = msgspec.json.encode(body) if body else None
        connection.request(method, path, sent, {"authorization": f"Bearer {key}"})
        reply = connection.getresponse()
        found = reply.read()
        if reply.status not in (200, 201):
            raise RuntimeError(f"{reply.status}: {found[:500]!r}")
        return found
    finally:
        connection.close()
