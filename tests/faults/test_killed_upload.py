"""kill -9 of any part of a server, and cut connections, while a file of items comes: it goes on, nothing is twice."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from support.item_files import JSONL, bearer, line, open_draft
from support.real_server import ServeProcess, ask_json, left_of

pytestmark = pytest.mark.faults

LINES, AT_ONCE = 3_000, 60
LONGEST_PAUSE_SECONDS = 0.6
PICTURES = [json.loads(line(text=str(n)))["picture"] for n in range(3)]


def item(n: int) -> bytes:
    """Return the line of item ``n``, from 1; every tenth brings its picture along."""
    if n % 10:
        return line(f"item {n}", picture_url=f"https://pictures.example/{n}.png")
    return line(f"item {n}", picture=PICTURES[n % 3])


async def body(first: int, cut_after: int = LINES) -> AsyncIterator[bytes]:
    """Yield the file from a line on, slowly enough to be hit in the middle; it breaks off after so many lines."""
    for n in range(first, LINES + 1, AT_ONCE):
        if n - first > cut_after:
            raise httpx.WriteError("the connection is cut")
        yield b"".join(item(k) for k in range(n, min(n + AT_ONCE, LINES + 1)))
        await asyncio.sleep(0.01)


async def patiently(client: httpx.AsyncClient, method: str, path: str, **given: Any) -> httpx.Response | None:
    """Return the reply; None where none came, as from a server that was killed."""
    with contextlib.suppress(httpx.TransportError):
        return await client.request(method, path, **given)
    return None


async def send_to_the_end(client: httpx.AsyncClient, job_id: int, moments: random.Random, cuts: int) -> dict[str, Any]:
    """Send the file until it is complete: from its beginning, or from where it stopped; cut it off a few times."""
    headers = {"content-type": JSONL, "upload-key": "file"}
    while True:
        first = 1
        there = await patiently(client, "GET", f"/v1/jobs/{job_id}/uploads/file")
        if there and there.status_code == 200 and not there.json()["complete"] and moments.random() < 0.5:
            first = there.json()["lines"] + 1
        cut_after = moments.randrange(LINES) if cuts > 0 else LINES
        content, query = body(first, cut_after), {"from_line": first}
        reply = await patiently(
            client, "POST", f"/v1/jobs/{job_id}/items", content=content, headers=headers, params=query
        )
        cuts -= 1
        if reply and reply.status_code == 200:
            taken: dict[str, Any] = reply.json()
            return taken
        assert reply is None or reply.status_code in (404, 409, 503), reply.text
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(("victim", "kills"), [("serving", 2), ("postmaster", 1), ("supervisor", 1), ("client", 3)])
async def test_a_file_goes_on_and_none_of_its_lines_is_twice(data: Path, victim: str, kills: int) -> None:
    moments = random.Random()
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        made = await asyncio.to_thread(ask_json, data, "account", "create", "customer", "--balance", "10.00")
        async with httpx.AsyncClient(base_url=server.url, timeout=60, headers=bearer(made["client_key"])) as client:
            job_id = await open_draft(client, made["client_key"])
            cuts = kills if victim == "client" else 0
            sending = asyncio.create_task(send_to_the_end(client, job_id, moments, cuts))
            for _ in range(0 if victim == "client" else kills):
                await asyncio.sleep(moments.uniform(0, LONGEST_PAUSE_SECONDS))
                await asyncio.to_thread(server.kill, victim)
                if victim == "supervisor":
                    server = await asyncio.to_thread(ServeProcess, data, server.port)
            taken = await sending
            assert (taken["lines"], taken["items"], taken["complete"]) == (LINES, LINES, True)
            again = await client.post(
                f"/v1/jobs/{job_id}/items", content=body(1), headers={"content-type": JSONL, "upload-key": "file"}
            )
            assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
        await assert_whole(data, job_id)
    finally:
        assert server.stop() == 0
    assert left_of(data) == {}


async def assert_whole(data: Path, job_id: int) -> None:
    """Every line is there once and in its place, with its picture where it brought one."""
    db = await asyncpg.connect(running_dsn(data))
    rows = await db.fetch("SELECT line, external_id FROM task WHERE job_id = $1 ORDER BY line", job_id)
    assert [(row["line"], row["external_id"]) for row in rows] == [(n, f"item {n}") for n in range(1, LINES + 1)]
    assert await db.fetchval("SELECT count(*) FROM blob") == LINES // 10
    assert await db.fetchval("SELECT items FROM job WHERE job_id = $1", job_id) == LINES
    await db.close()
    check = await asyncio.to_thread(ask_json, data, "db", "check")
    assert (check["difference"], check["findings"]) == (0, [])
