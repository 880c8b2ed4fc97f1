"""kill -9 of any part of a server under load: nothing acknowledged is lost, and it recovers by itself."""

import asyncio
import random
import socket
from pathlib import Path

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from manyeyes.ledger.rules import TransferKind
from support.persistent_load import Acknowledged, Load
from support.real_server import ServeProcess, ask_json, left_of, run, wait_until_gone

pytestmark = pytest.mark.faults

CUSTOMERS, WORKERS = 2, 3
LONGEST_PAUSE_SECONDS = 1.0


async def people(data: Path) -> tuple[list[str], list[str]]:
    """Client keys and workers' tokens, made on the command line while the server runs."""
    keys = [
        ask_json(data, "account", "create", f"customer {i}", "--balance", "100.00")["client_key"]
        for i in range(CUSTOMERS)
    ]
    tokens = [ask_json(data, "worker", "create", f"worker {i}")["token"] for i in range(WORKERS)]
    return keys, tokens


@pytest.mark.parametrize(("victim", "kills"), [("serving", 3), ("postmaster", 3), ("supervisor", 2)])
async def test_nothing_acknowledged_is_lost(data: Path, victim: str, kills: int) -> None:
    moments = random.Random()
    server = await asyncio.to_thread(ServeProcess, data)
    load = None
    try:
        keys, tokens = await asyncio.to_thread(lambda: asyncio.run(people(data)))
        load = Load(server.url, keys, tokens)
        await load.reached(tasks=10, answers=10)
        for _ in range(kills):
            await asyncio.sleep(moments.uniform(0, LONGEST_PAUSE_SECONDS))
            await asyncio.to_thread(server.kill, victim)
            if victim == "supervisor":
                server = await asyncio.to_thread(ServeProcess, data, server.port)
            await load.reached(tasks=10, answers=10)
        await load.stop()
        await assert_kept(data, server.url, load.acknowledged)
        check = await asyncio.to_thread(ask_json, data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        if load:
            load.abort()
        assert server.stop() == 0
    check = await asyncio.to_thread(ask_json, data, "db", "check")
    assert (check["difference"], check["findings"]) == (0, [])
    assert left_of(data) == {}


async def assert_kept(data: Path, url: str, acknowledged: Acknowledged) -> None:
    """Every acknowledged task is known to its customer; every acknowledged answer is in the ledger once."""
    db = await asyncpg.connect(running_dsn(data))
    booked = await db.fetch("SELECT cause_id, kind, amount_micros FROM transfer")
    await db.close()
    count = {(row["cause_id"], row["kind"]): 0 for row in booked}
    for row in booked:
        count[row["cause_id"], row["kind"]] += 1
    paid = {row["cause_id"]: row["amount_micros"] for row in booked if row["kind"] == TransferKind.PAY}
    known = [task_id for _, task_id in acknowledged.tasks]
    assert len(known) == len(set(known))
    for task_id in known:
        assert count.get((task_id, TransferKind.HOLD)) == 1, task_id
    for lease, earned in acknowledged.answers:
        task_id = int(lease.split("-")[1])
        assert count.get((task_id, TransferKind.SETTLE)) == count.get((task_id, TransferKind.PAY)) == 1, lease
        assert paid[task_id] == round(earned * 1_000_000)
    answered = {int(lease.split("-")[1]) for lease, _ in acknowledged.answers}
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for key, task_id in acknowledged.tasks:
            reply = (await client.post("/getTaskResult", json={"clientKey": key, "taskId": task_id})).json()
            assert reply["errorId"] == 0, (task_id, reply)
            assert reply["status"] == "ready" or task_id not in answered


def test_a_killed_supervisor_leaves_no_process_behind(data: Path) -> None:
    server = ServeProcess(data)
    server.kill("supervisor")
    wait_until_gone(data)
    server.stop()


def test_a_second_server_on_the_same_directory_says_so_and_ends(data: Path) -> None:
    server = ServeProcess(data)
    try:
        second = run(data, "serve", "--port", "0")
        assert second.returncode == 1
        assert second.stdout == ""
        assert "in use" in second.stderr
        assert str(server.process.pid) in second.stderr
        assert httpx.get(f"{server.ops_url}/healthz").status_code == 200
    finally:
        assert server.stop() == 0


def test_a_taken_port_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failed = run(tmp_path / "data", "serve", "--port", str(port))
    assert (failed.returncode, failed.stdout) == (1, "")
    assert f"cannot listen on 127.0.0.1:{port}" in failed.stderr
    assert left_of(tmp_path / "data") == {}
