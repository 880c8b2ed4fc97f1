"""kill -9 of the program that learns at night, with all but the last statement written: it writes a queue whole."""

import asyncio
import signal
import sys

import asyncpg
import pytest

from manyeyes.actions.count_evidence import CountEvidence, count_evidence
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.runtime.skill_process import PROGRAM
from manyeyes.tasks.questions import LABEL, ChoiceOptions
from support.action_stage import Stage
from support.real_server import environment

pytestmark = pytest.mark.faults
THREE = PeopleTerms(answers=3, answers_at_most=3)
WRITTEN = ("skill", "alike", "evidence")


async def program(dsn: str, stage: Stage) -> asyncio.subprocess.Process:
    """Start the night's program."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", PROGRAM, str(stage.cell)), stdin=asyncio.subprocess.PIPE, env=environment()
    )
    assert child.stdin
    child.stdin.write(f"{dsn}\n".encode())
    await child.stdin.drain()
    child.stdin.close()
    return child


async def test_a_night_that_is_killed_leaves_nothing_and_the_next_writes_it_whole(stage: Stage, dsn: str):
    account_id = await stage.account(100_000_000)
    people = [await stage.worker() for _ in range(3)]
    options = ChoiceOptions(labels=("cat", "dog"))
    for _ in range(12):
        await stage.submit(account_id, kind=LABEL, options=options, terms=THREE)
        await stage.hand_out()
        for worker_id, text in zip(people, ("cat", "cat", "dog"), strict=True):
            await stage.answer(worker_id, await stage.lease(worker_id), text)
    await stage.act(count_evidence, CountEvidence(stage.cell))
    await stage.change("UPDATE answer SET took_ms = 200 WHERE cell = $1")
    await stage.change("UPDATE queue SET learned_at = NULL WHERE $1::int > 0")
    before = {table: await stage.rows(table) for table in WRITTEN}
    holder = await asyncpg.connect(dsn)
    holding = holder.transaction()
    await holding.start()
    await holder.execute("SELECT FROM queue WHERE queue_id = 1 FOR UPDATE")
    child = await program(dsn, stage)
    blocked = "SELECT count(*) > 0 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
    async with asyncio.timeout(60):
        while not await stage.pool.fetchval(blocked, holder.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.02)
    child.kill()
    assert await child.wait() == -signal.SIGKILL
    await holding.rollback()
    await holder.close()
    assert {table: await stage.rows(table) for table in WRITTEN} == before
    assert await stage.pool.fetchval("SELECT learned_at FROM queue WHERE queue_id = 1") is None
    for _ in range(2):  # the second finds nothing that is due
        again = await program(dsn, stage)
        assert await again.wait() == 0
        after = {table: await stage.rows(table) for table in WRITTEN}
    assert [(row["worker_id"], row["kind"]) for row in after["alike"]] == [(n, "haste") for n in people]
    assert after["evidence"] == before["evidence"]
    rights = {row["worker_id"]: row["right_weight"] for row in after["skill"]}
    assert rights[people[0]] > rights[people[2]]
    counted = [sum(row["answered"] for row in found["skill"]) for found in (before, after)]
    assert counted == [12, 12], "nothing twice"
