"""The type checker sees through the seam between edges and actions, and knows of asyncpg what is true."""

import ast
import builtins
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import asyncpg

from support.repository import FUNCTIONS, ROOT

STUB = ROOT / "typings" / "asyncpg" / "__init__.pyi"
SOURCES = [
    importlib.import_module(f"asyncpg{part}")
    for part in ("", ".types", ".connection", ".prepared_stmt", ".transaction")
]
PROXY = importlib.import_module("asyncpg.pool").PoolConnectionProxy  # what a pool lends, said to be a connection
# Each line that is wrong ends with what the checker must call it; it must find nothing else.
PLANTED = """
import asyncpg

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.claim_deliveries import ClaimDeliveries
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.note_deliveries import note_deliveries
from manyeyes.actions.submit_tasks import SubmitTask, submit_tasks
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.cli.command import run
from manyeyes.runtime.batching import Batcher, read_patiently
from manyeyes.runtime.context import Context
from manyeyes.runtime.delivery_sender import Ask
from manyeyes.tasks import store as tasks
from support.action_stage import Stage
from support.in_process_client import Client

async def commands(batcher: Batcher, command: SubmitTask, client: Client, stage: Stage, ask: Ask) -> int:
    await batcher.ask(submit_tasks, VestPay(1))  # arg-type
    await batcher.ask(vest_pay, VestPay("1"))  # arg-type
    await batcher.ask(vest_pay, 1)  # arg-type type-var
    await ask(note_deliveries, ClaimDeliveries(1, 2, ()))  # arg-type
    await client.context.batcher.ask(hand_out, command)  # arg-type
    await stage.act(answer_tasks, command)  # arg-type
    return await batcher.ask(vest_pay, VestPay(1))

async def outcomes(batcher: Batcher, command: SubmitTask, stage: Stage) -> Answered | None:
    handed: str = await batcher.ask(hand_out, HandOut(1, 1))  # arg-type
    task_id = (await batcher.ask(submit_tasks, command)).task_id  # union-attr
    [outcome] = await stage.act(submit_tasks, command)
    return outcome  # return-value

async def reads(context: Context, pool: asyncpg.Pool) -> None:
    await context.batcher.read(tasks.progress, 1, 7)  # arg-type
    text: str = await context.batcher.read(tasks.progress, 1, (7, 8))  # arg-type
    names: list[str] = await read_patiently(pool, tasks.queues)  # arg-type
    await tasks.queues(pool)  # arg-type

async def look_ups(context: Context) -> str:
    account_id = (await context.lookups.owner("key", "192.0.2.1")).account_id  # union-attr
    price: str = (await context.lookups.queues())[1].price_micros  # assignment
    async def count() -> int:
        return 1
    return await context.lookups.cached("count", None, 1.0, count)  # arg-type

async def rows(db: asyncpg.Connection, row: asyncpg.Record) -> int:
    total = (await db.fetchrow("SELECT 1 AS total"))["total"]  # index
    number: int | None = await db.fetchval("SELECT 1")
    later = db.fetchval("SELECT 1") + 1  # operator
    name: str = number  # assignment
    return row["total"]  # no-any-return

async def work(context: Context) -> dict[str, int]:
    return {"number": 1}

def show(result: dict[str, str]) -> str:
    return result["number"]

run(None, work, show)  # misc
"""


def test_planted_faults_are_found_and_nothing_else(tmp_path: Path):
    planted = tmp_path / "planted"
    planted.write_text(PLANTED)
    done = subprocess.run([sys.executable, "-m", "mypy", str(planted)], cwd=ROOT, capture_output=True, text=True)
    found = re.findall(r"planted:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    lines = [line.partition("  # ")[2] for line in PLANTED.split("\n")]
    wanted = [(str(number), code) for number, codes in enumerate(lines, 1) for code in codes.split()]
    assert sorted(found) == sorted(wanted), done.stdout + done.stderr


def test_what_the_stub_says_of_asyncpg_is_so():
    said = ast.parse(STUB.read_text("utf-8")).body
    wrong = [fault for node in said for fault in faults_of(node)]
    assert not wrong, f"correct {STUB.relative_to(ROOT)}: {'; '.join(wrong)}"


def faults_of(node: ast.stmt) -> list[str]:
    """Return what of a statement in the stub the library does not have."""
    if isinstance(node, FUNCTIONS):
        return parameter_faults(node, getattr(asyncpg, node.name, None), node.name)
    if not isinstance(node, ast.ClassDef):
        return []
    real = next((getattr(source, node.name) for source in SOURCES if hasattr(source, node.name)), None)
    if real is None:
        return [f"no class {node.name}"]
    bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id != "NamedTuple"]
    found = [f"{node.name} is no {base}" for base in bases if not issubclass(real, named(base))]
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not hasattr(real, part.target.id):
            found.append(f"{node.name} has no {part.target.id}")
        if isinstance(part, FUNCTIONS):
            homes = (real, PROXY) if real is asyncpg.Connection else (real,)
            for home in homes:
                found += parameter_faults(part, getattr(home, part.name, None), f"{home.__name__}.{part.name}")
    return found


def named(base: str) -> type:
    """Return a class of asyncpg or of Python."""
    found = getattr(asyncpg, base, None) or getattr(builtins, base)
    assert isinstance(found, type)
    return found


def parameter_faults(said: FUNCTIONS, real: object, name: str) -> list[str]:
    """Return the parameters that a function does not take; what it hands on to `connect` counts as its own."""
    if not callable(real):
        return [f"no {name}"]
    try:
        taken = dict(inspect.signature(real).parameters)
    except ValueError:  # written in C
        return []
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken.values()):
        taken |= inspect.signature(asyncpg.connect).parameters
    wanted = [each.arg for each in said.args.args + said.args.kwonlyargs if each.arg != "self"]
    return [f"{name} takes no {each}" for each in wanted if each not in taken]
