"""The yardstick: PostgreSQL itself with the product's own SQL, one task per statement, one transaction per step.

One life of the product's actions is recorded on a fresh database; its statements, with this life's ids and clock
replaced by variables, become a script for pgbench, which runs it with 8 clients. Each client has an account, a worker
and a queue of its own, so none waits for another's row: what is measured is the database, not the naive design's locks.
"""

import asyncio
import os
import re
import resource
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from bench.bare import Actors, settle, submission
from bench.cpu import spent
from bench.product import temporary_folder
from bench.row import Row
from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.db.binaries import find_programs
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.dispatch import store as dispatch
from manyeyes.runtime.context import prepare_database
from manyeyes.tasks import store as tasks

CLIENTS = 8
ACCOUNT, WORKER, QUEUE, TASK = 910_000_000, 920_000_000, 930_000_000, 940_000_000_000  # no other value is like these
TASKS_OF_A_CLIENT = 100_000_000
SETTING_UP = f"""\\set n :n + 1
\\set account {ACCOUNT} + :client_id
\\set worker {WORKER} + :client_id
\\set queue {QUEUE} + :client_id
\\set task {TASK} + {TASKS_OF_A_CLIENT} * :client_id + :n
"""
NAMES: dict[Any, str] = {ACCOUNT + CLIENTS: ":account", WORKER + CLIENTS: ":worker", QUEUE + CLIENTS: ":queue"}
_PARAMETER = re.compile(r"\$(\d+)")


class Recorder:
    """Stands in for a connection: passes each statement on and remembers it with its arguments, ready for pgbench."""

    def __init__(self, db: asyncpg.Connection, names: Mapping[Any, str]) -> None:
        self._db, self._names = db, names
        self.script: list[str] = []
        self.constants: dict[str, str] = {}

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def call(sql: str, *arguments: Any) -> Any:
            self.script.append(_PARAMETER.sub(lambda m: self._value(arguments[int(m[1]) - 1]), sql) + ";")
            return await getattr(self._db, method)(sql, *arguments)

        return call

    def _value(self, value: Any) -> str:
        """Return the SQL that stands for an argument: a variable, the server's clock, a number or a named constant."""
        if value is None:
            return "NULL"
        if isinstance(value, (list, tuple)):
            return f"ARRAY[{', '.join(map(self._value, value))}]"
        if isinstance(value, datetime):
            return f"(now() + interval '{(value - self._names_now).total_seconds():.0f} s')"
        if isinstance(value, date):
            return "current_date"
        if value in self._names:
            return self._names[value]
        if isinstance(value, int):
            return str(value).lower() if isinstance(value, bool) else str(int(value))
        if value == "":
            return "''"
        text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
        return ":" + self.constants.setdefault(text, f"c{len(self.constants)}")

    @property
    def _names_now(self) -> datetime:
        return next(value for value in self._names if isinstance(value, datetime))


def measure(seconds: float) -> Row:
    """Return the yardstick's lives per second."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            dsn = server.start()
            script, constants = asyncio.run(_prepare(dsn))
            (folder / "life.sql").write_text(script)
            before, own = spent(os.getpid()), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            rate = pgbench(dsn, str(folder / "life.sql"), constants, seconds)
            used = spent(os.getpid()).since(before)
            bench = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - own
        finally:
            server.stop()
    lives = rate * seconds
    details = {
        "round trips/life": script.count(";"),
        "PostgreSQL CPU us/life": 1e6 * used.postgres / lives,
        "pgbench CPU us/life": 1e6 * bench / lives,
    }
    return Row(f"yardstick: pgbench, same SQL, {CLIENTS} clients", rate, "lives/s", "", details)


async def _prepare(dsn: str) -> tuple[str, dict[str, str]]:
    """Fill a fresh database with what the clients need and return the script with its constants."""
    db = await asyncpg.connect(dsn)
    try:
        await prepare_database(db)
        for client in range(CLIENTS + 1):
            await settle(db, _actors(client))
        await _life(db, CLIENTS, 1)  # the first one of an account is unlike the later ones
        return await _life(db, CLIENTS, 2)
    finally:
        await db.close()


async def _life(db: asyncpg.Connection, client: int, number: int) -> tuple[str, dict[str, str]]:
    """Run one life: its transactions and reads, as the edges ask for them."""
    actors = _actors(client)
    task = TASK + TASKS_OF_A_CLIENT * client + number
    now = await db.fetchval("SELECT now()")
    minute = "floor(extract(epoch FROM now()) / 60)::int"
    names = NAMES | {task: ":task", int(now.timestamp() // 60): minute, now: "now()"}
    life = Recorder(db, names)
    tx: Any = life
    await step(life, submit_tasks(tx, now, [await submission(db, actors, task)]))
    for _ in range(2):
        await tasks.progress(tx, FIRST_CELL, [(actors.account, task)])
    await step(life, hand_out(tx, now, [HandOut(FIRST_CELL, actors.queue)]))
    held = await dispatch.desks(tx, FIRST_CELL, [actors.worker])
    await step(life, show_desks(tx, now, [ShowDesk(FIRST_CELL, actors.worker)]))
    answer = AnswerTask(FIRST_CELL, actors.worker, LeaseId(FIRST_CELL, task, held[0].lease), "12345")
    outcomes = await step(life, answer_tasks(tx, now, [answer]))
    assert isinstance(outcomes[0], Answered), outcomes
    await tasks.progress(tx, FIRST_CELL, [(actors.account, task)])
    return SETTING_UP + "\n".join(life.script), {name: text for text, name in life.constants.items()}


def _actors(client: int) -> Actors:
    return Actors(ACCOUNT + client, WORKER + client, QUEUE + client)


async def step(life: Recorder, action: Awaitable[Sequence[Any]]) -> Sequence[Any]:
    """Run an action as a transaction of its own."""
    life.script.append("BEGIN;")
    outcomes = await action
    life.script.append("COMMIT;")
    return outcomes


def pgbench(dsn: str, script: str, constants: Mapping[str, str], seconds: float) -> float:
    """Return the script's runs per second. Raises RuntimeError when one of them failed."""
    defined = [f"--define={name}={text}" for name, text in constants.items()]
    command = [str(find_programs() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}"]
    command += [f"--time={seconds:.0f}", f"--file={script}", "--define=n=0", *defined, dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found or "number of failed transactions: 0 " not in done.stdout:
        raise RuntimeError(f"pgbench failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return float(found[1])
