"""The alert rules: each names metrics that there are, each seeded fault raises its alert and no other."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY, generate_latest

from manyeyes.actions.check_books import check_books
from manyeyes.runtime.context import Context, open_context
from manyeyes.runtime.last_audit import NAME, LastAudit, note_audit
from manyeyes.server.house_metrics import FIGURES, HouseMetrics
from manyeyes.settings import Settings
from support import factories
from support.alert_rules import Samples, holds, names_in, rules, samples_of
from support.counted_metrics import counted
from support.spoken_connection import Spoken

OWN = {"up"}  # Prometheus' own, of whom it asks
Seed = Callable[[Context], Awaitable[None]]


def test_every_rule_names_metrics_that_there_are_and_says_what_to_do():
    for rule in rules():
        assert names_in(rule["expr"]) <= {*counted(), *(figure.name for figure in FIGURES)} | OWN, rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    assert len({rule["alert"] for rule in rules()}) == len(rules())


@pytest.fixture
async def house(dsn: str, tmp_path: Path) -> AsyncIterator[Context]:
    """Yield a healthy house: a backup was made, and the books were proven."""
    mark = tmp_path / "mark"
    mark.touch()
    settings = Settings(data=tmp_path, backup_mark=str(mark))
    context = await open_context(settings, dsn)
    note_audit(settings, 0)
    yield context
    await context.close()


async def seen(context: Context) -> Samples:
    """Return all that is told of the house now."""
    told = samples_of((generate_latest(REGISTRY) + await HouseMetrics(context).text()).decode())
    return {**told, ("manyeyes_disk_free_bytes", ()): told["manyeyes_disk_bytes", ()]}  # whatever disk the test is on


async def raised(context: Context, before: Samples) -> set[str]:
    now = {**await seen(context), ("up", (("job", "manyeyes"),)): 1.0}
    return {rule["alert"] for rule in rules() if holds(rule["expr"], now, before)}


async def let_a_task_wait(context: Context) -> None:
    await factories.submit(context, await factories.customer(context))
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE work SET created_at = created_at - interval '10 minutes' WHERE cell = 1")


async def lose_money(context: Context) -> None:
    await factories.customer(context)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE balance SET available_micros = available_micros + 1 WHERE cell = 1")
        note_audit(context.settings, (await check_books(db, 1)).difference_micros)


async def prove_nothing_for_days(context: Context) -> None:
    (context.settings.data / NAME).write_bytes(msgspec.json.encode(LastAudit(0, time.time() - 8 * 86_400)))


async def fail_at_a_request(context: Context) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("boom")

    await (await Spoken(failing).hear(b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\n\r\n")).end()


async def pile_up_deliveries(context: Context) -> None:
    async with context.cells.pool(1).acquire() as db:
        await db.execute(
            "INSERT INTO delivery (cell, task_id, account_id, url, receiver, base_url, next_at, ended_at)"
            " SELECT 1, n, 1, 'https://a.test/', 'a.test:443', '', now() + interval '1 hour', now()"
            " FROM generate_series(1, 10001) AS n"
        )


async def forget_the_backup(context: Context) -> None:
    os.utime(context.settings.backup_mark, (0, time.time() - 30 * 3_600))


async def make_no_backup(context: Context) -> None:
    os.unlink(context.settings.backup_mark)


async def lose_the_database(context: Context) -> None:
    await context.cells.close()


FAULTS: dict[str, Seed] = {
    "ManyeyesTasksWait": let_a_task_wait,
    "ManyeyesBooksDiffer": lose_money,
    "ManyeyesBooksNotProven": prove_nothing_for_days,
    "ManyeyesFaults": fail_at_a_request,
    "ManyeyesDeliveriesWait": pile_up_deliveries,
    "ManyeyesBackupOld": forget_the_backup,
    "ManyeyesNoBackup": make_no_backup,
    "ManyeyesDatabaseAway": lose_the_database,
}
# What no test can bring about here: a value that stands for it.
TOLD: dict[str, Samples] = {
    "ManyeyesDown": {("up", (("job", "manyeyes"),)): 0.0},
    "ManyeyesSnapshotOld": {("manyeyes_oldest_snapshot_seconds", ()): 61.0},
    "ManyeyesStandbyBehind": {("manyeyes_standby_lag_seconds", ()): 31.0},
    "ManyeyesDiskLow": {("manyeyes_disk_free_bytes", ()): 1.0},
    "ManyeyesRecogniserLost": {("manyeyes_recogniser_losses_total", (("cause", "slow"), ("recogniser", "x"))): 6.0},
}


def test_every_rule_is_tried():
    assert {rule["alert"] for rule in rules()} == {*FAULTS, *TOLD}


async def test_a_house_that_is_well_raises_nothing(house: Context):
    assert await raised(house, await seen(house)) == set()


@pytest.mark.parametrize("alert", FAULTS)
async def test_a_fault_raises_its_alert_and_no_other(house: Context, alert: str):
    before = await seen(house)
    await FAULTS[alert](house)
    await asyncio.sleep(0)
    assert await raised(house, before) == {alert}


@pytest.mark.parametrize("alert", TOLD)
async def test_a_value_that_stands_for_a_fault_raises_its_alert_and_no_other(house: Context, alert: str):
    before = await seen(house)
    now = {**before, ("up", (("job", "manyeyes"),)): 1.0, **TOLD[alert]}
    assert {rule["alert"] for rule in rules() if holds(rule["expr"], now, before)} == {alert}
