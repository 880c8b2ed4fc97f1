"""Metrics: what the page says there is, and nothing else; right, of all processes, and at a cost that does not grow."""

import base64
import re
import time
from pathlib import Path

import httpx
import pytest

from bench.postgres_proxy import counting
from manyeyes.runtime.context import Context, open_context
from manyeyes.server.house_metrics import FIGURES, OLDEST_SECONDS, HouseMetrics
from manyeyes.settings import Settings
from manyeyes.v1 import account_metrics
from support import factories, repository
from support.alert_rules import samples_of
from support.counted_metrics import counted
from support.databases import MakeDatabase
from support.embedded_owners import wait_until
from support.in_process_client import Client
from support.made_pictures import jpeg
from support.real_server import ServeProcess, ask_json, run

PAGE = repository.ROOT / "docs" / "reference" / "metrics.md"
ROW = re.compile(r"^\| `(manyeyes_\w+)` \|([^|]*)\|([^|]+)\|([^|]+)\|$", re.MULTILINE)


def test_the_page_and_the_code_agree_on_every_name_and_label():
    told = {name: tuple(re.findall(r"`(\w+)`", labels)) for name, labels, _, _ in ROW.findall(PAGE.read_text("utf-8"))}
    of_house = {figure.name: figure.labels for figure in FIGURES}
    of_accounts = {figure.name: figure.labels for figure in account_metrics.FIGURES}
    assert told == counted() | of_house | of_accounts


def test_a_real_house_is_told_as_it_is(data: Path, tmp_path: Path):
    mark = tmp_path / "mark"
    mark.touch()
    server = ServeProcess(data, processes=2, MANYEYES_BACKUP_MARK=str(mark))
    try:
        ann = ask_json(data, "account", "create", "Ann", "--balance", "1")
        task = {"type": "ImageToTextTask", "body": base64.b64encode(jpeg()).decode()}
        for key in (ann["client_key"], ann["client_key"], "0" * 32):
            httpx.post(f"{server.url}/createTask", json={"clientKey": key, "task": task})
        assert run(data, "db", "check").returncode == 0

        def seen(name: str, **labels: str) -> float | None:
            return samples_of(httpx.get(f"{server.ops_url}/metrics").text).get((name, tuple(sorted(labels.items()))))

        wait_until(lambda: seen("manyeyes_queue_waiting_tasks", cell="1", queue="1") == 2)
        wait_until(lambda: (seen("manyeyes_held_micros", cell="1") or 0) > 0)
        assert seen("manyeyes_requests_refused_total", reason="unknown_key") == 1
        assert seen("manyeyes_requests_refused_total", reason="fault") == 0, "so that the first one is an increase"
        assert seen("manyeyes_commands_total", verb="submit_tasks", outcome="done") == 2
        assert (seen("manyeyes_oldest_waiting_seconds", cell="1") or 0) > 0
        assert (seen("manyeyes_database_up"), seen("manyeyes_standbys")) == (1, 0)
        assert 0 < (seen("manyeyes_disk_free_bytes") or 0) <= (seen("manyeyes_disk_bytes") or 0)
        assert (seen("manyeyes_backup_age_seconds") or 1e9) < 600
        wait_until(lambda: seen("manyeyes_audit_difference_micros") == 0)
        assert (seen("manyeyes_round_trips_total") or 0) > 0
    finally:
        assert server.stop() == 0


async def test_a_look_costs_three_statements_and_asking_again_none(create_database: MakeDatabase, tmp_path: Path):
    with counting(await create_database("metrics")) as counter:
        context = await open_context(Settings(data=tmp_path), counter.dsn, pool_size=1)
        house = HouseMetrics(context)
        made = []
        for _ in range(3):  # the first one prepares its statements, too
            before = counter.round_trips
            for _ in range(20):
                assert b"manyeyes_database_up 1.0" in await house.text()
            made.append(counter.round_trips - before)
            house._at = time.monotonic() - OLDEST_SECONDS - 1
        await context.close()
    assert made[1:] == [3, 3]


async def test_what_the_database_knows_is_absent_while_that_is_away(context: Context):
    await context.cells.close()
    found = samples_of((await HouseMetrics(context).text()).decode())
    assert found["manyeyes_database_up", ()] == 0
    assert ("manyeyes_disk_free_bytes", ()) in found
    assert not [name for name, _ in found if name.startswith(("manyeyes_queue", "manyeyes_held", "manyeyes_standbys"))]


async def test_an_account_is_told_of_itself_alone(client: Client):
    ann, bob = [await factories.customer(client.context) for _ in range(2)]
    for customer in (ann, ann, bob):
        await factories.submit(client.context, customer)
    reply = await client.get("/v1/metrics", headers={"authorization": f"Bearer {ann.key}"})
    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    found = samples_of(reply.text)
    assert {name for name, _ in found} <= {figure.name for figure in account_metrics.FIGURES}
    waiting = {labels: value for (name, labels), value in found.items() if name == "manyeyes_account_waiting_tasks"}
    assert list(waiting.values()) == [2]
    balance = (await client.get("/v1/balance", headers={"authorization": f"Bearer {ann.key}"})).json()
    assert found["manyeyes_account_available_usd", ()] == pytest.approx(float(balance["available"]))
    assert found["manyeyes_account_held_usd", ()] == pytest.approx(float(balance["held"]))
    assert (await client.get("/v1/metrics", headers={"authorization": "Bearer no"})).status_code == 401
