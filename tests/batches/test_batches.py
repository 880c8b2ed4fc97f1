"""A batch of n commands is n batches of one: the same outcomes, and the same rows of every table.

Each action meets drawn batches on one prepared world (support/batch_world.py), in a transaction that is rolled back.
"""

import asyncio
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import asyncpg
import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from manyeyes.db.pool import DIRECTORY
from manyeyes.runtime.context import prepare_database
from manyeyes.values.refusals import Refusal
from support import (
    account_batches,
    announcement_batches,
    customer_batches,
    directory_batches,
    identity_batches,
    item_batches,
    job_batches,
    judgement_batches,
    link_request_batches,
    month_batches,
    own_choice_batches,
    passkey_batches,
    payout_batches,
    repository,
    reviewer_batches,
    skill_batches,
    task_batches,
    worker_batches,
)
from support.batch_draw import Draw
from support.batch_world import CELL, World, make_world

pytestmark = pytest.mark.long

EXAMPLES, SWEEPS_EXAMPLES = 12, 3
LATER = (0, 0, 0, 0, 0, 25, 61, 121, 90_000, 2_700_000)  # seconds: leases, complaint windows and proofs end meanwhile
BATCHES = {
    name: made
    for module in (
        *(worker_batches, customer_batches, directory_batches, item_batches, job_batches, judgement_batches),
        *(identity_batches, passkey_batches, payout_batches, reviewer_batches, skill_batches),
        *(task_batches, account_batches, announcement_batches, link_request_batches, own_choice_batches),
        month_batches,
    )
    for name, made in inspect.getmembers(module, inspect.isfunction)
    if made.__module__ == module.__name__ and not name.startswith("_")
}
# A command of these says only that a cell's periodic job is due: a batch does all of it, once.
SWEEPS: dict[str, dict[str, Any]] = {
    "close_overdue_judgements": {"patience_hours": 0},
    "count_evidence": {},
    "end_barred_tasks": {},
    "end_overdue_tasks": {},
    "forget_credentials": {"cell": DIRECTORY},
    "forget_refused_reports": {},
    "forget_samples": {},
    "forget_standings": {},
    "forget_tasks": {},
    "lay_gold": {"seed": b"seed"},
    "measure_depths": {},
    "replace_answers": {},
    "send_on_breaks": {},
    "retire_dead_nodes": {},
    "return_lapsed_leases": {},
    "sample_queues": {},
    "settle_overdue_reports": {"patience_hours": 0},
    "sign_heads": {"private_key": bytes(range(32))},
    "sweep_calls": {"window_seconds": 300},
    "sweep_deliveries": {},
    "take_due_sites": {},
    "tell_low_balances": {},
    "tell_stuck_jobs": {},
    "vest_pay": {},
    "watch_reporters": {},
}
NO_COMMANDS = {
    "check_books": "reads a whole cell for one asker; nothing is batched",
    "seal_months": "sums a whole cell up, a transaction for each month; nothing is batched",
}


class Law(NamedTuple):
    """Where outcomes of a batch and of its commands apart differ by what the action promises: what must be equal."""

    why: str
    together: Callable[[Sequence[Any], Sequence[Any]], Any]  # of the commands and their outcomes
    apart: Callable[[Sequence[Any], Sequence[Any]], Any]


def _the_same(why: str, told: Callable[[Sequence[Any], Sequence[Any]], Any]) -> Law:
    return Law(why, told, told)


def _with_the_last_desk(commands: Sequence[Any], outcomes: Sequence[Any]) -> Any:
    """Return the outcomes without what comes next, and what comes next for each worker in the end."""
    told = [(c.worker_id, o) for c, o in zip(commands, outcomes, strict=True) if not isinstance(o, Refusal)]
    plain = [o if isinstance(o, Refusal) else msgspec.structs.replace(o, next_work=None) for o in outcomes]
    return plain, {worker_id: outcome.next_work for worker_id, outcome in told if outcome.queue_id}


def _with_what_is_next(commands: Sequence[Any], outcomes: Sequence[Any]) -> Any:
    """Return the same of outcomes that may be None: the command is for another action."""
    pairs = [(c, o) for c, o in zip(commands, outcomes, strict=True) if o is not None]
    return [o is None for o in outcomes], _with_the_last_desk([c for c, _ in pairs], [o for _, o in pairs])


def _which_are_back(_: Sequence[Any], outcomes: Sequence[Any]) -> Any:
    return [o if isinstance(o, Refusal) else (o.task_id, o.lease) for o in outcomes]


def _by_worker(commands: Sequence[Any], outcomes: Sequence[Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for command, queue_ids in zip(commands, outcomes, strict=True):
        found.setdefault(command.worker_id, set()).update(queue_ids)
    return found


def _by_account(commands: Sequence[Any], outcomes: Sequence[Any]) -> dict[int, int]:
    return {command.account_id: outcome for command, outcome in zip(commands, outcomes, strict=True)}


def _settled_of(commands: Sequence[Any], outcomes: Sequence[Any]) -> dict[int, tuple[set[int], set[int]]]:
    found: dict[int, tuple[set[int], set[int]]] = {}
    for command, outcome in zip(commands, outcomes, strict=True):
        queue_ids, task_ids = found.setdefault(command.worker_id, (set(), set()))
        queue_ids.update(outcome.queue_ids)
        task_ids.update(outcome.task_ids)
    return found


LAWS = {
    "answer_tasks": _the_same("`next_work` is what lies on the desk when the whole batch is done", _with_the_last_desk),
    "skip_tasks": _the_same("`next_work` is what lies on the desk when the whole batch is done", _with_the_last_desk),
    "lay_aside": _the_same("`next_work` is what lies on the desk when the whole batch is done", _with_what_is_next),
    "take_back": _the_same("a task that another command lays behind its own is told as it lies then", _which_are_back),
    "beat_nodes": Law(
        "each is told who lives when the whole batch is noted",
        lambda _, outcomes: [sorted(o) for o in outcomes],
        lambda _, outcomes: [sorted(outcomes[-1])] * len(outcomes),
    ),
    "leave": _the_same("all commands of one worker are told all queues that the worker's tasks went to", _by_worker),
    "settle_aside": _the_same("all commands of one worker are told all that was settled of theirs", _settled_of),
    "return_lapsed_judgements": Law(
        "each command is told how many judgements the batch opened", lambda _, o: set(o), lambda _, o: {sum(o)}
    ),
    "return_lapsed_slots": Law(
        "each command is told how many slots the batch opened", lambda _, o: set(o), lambda _, o: {sum(o)}
    ),
    "rotate_secrets": _the_same("the generation that is told is the one after the batch", _by_account),
    "settle_jobs": Law(
        "each command is told what the whole batch did",
        lambda _, o: {each.queue_ids for each in o},
        lambda _, o: {frozenset().union(*(each.queue_ids for each in o))},
    ),
    "top_up_accounts": _the_same("the balance that is told is the one after the batch", _by_account),
}
EQUAL = _the_same("equal, one by one", lambda _, outcomes: list(outcomes))
# Rows that may differ, with the reason.
DIFFERENT_ROWS = {
    "reviewer_record": "one of no votes is what taking locks, and it locks nothing when nothing is open any more"
}


class Played(NamedTuple):
    """What came of a run: outcomes, or the error that undid it, and all rows after it."""

    outcomes: list[Any]
    rows: list[tuple[str, str]]


class Prepared(NamedTuple):
    runner: asyncio.Runner
    db: asyncpg.Connection
    world: World
    contents: str  # the statement that reads every table


@pytest.fixture(scope="module")
def prepared(server: str) -> Iterator[Prepared]:
    """The world in a transaction of its own, in an event loop of its own."""
    with asyncio.Runner() as runner:
        db = runner.run(asyncpg.connect(server, server_settings={"timezone": "UTC", "jit": "off"}))
        runner.run(db.execute("SET idle_in_transaction_session_timeout = 0"))
        runner.run(prepare_database(db))
        transaction = db.transaction()
        runner.run(transaction.start())
        yield Prepared(runner, db, runner.run(make_world(db)), runner.run(reading_everything(db)))
        runner.run(transaction.rollback())
        runner.run(db.close())


async def reading_everything(db: asyncpg.Connection) -> str:
    """Return the statement that reads all of the cell, and the look-ups: `cell` is no table's first column there."""
    rows = await db.fetch(
        "SELECT c.relname AS name, bool_or(a.attname = 'cell' AND a.attnum = 1) AS is_of_a_cell FROM pg_class AS c "
        "JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"
    )
    return " UNION ALL ".join(
        f"SELECT '{r['name']}', t::text FROM {r['name']} AS t"
        + f" WHERE cell IN ({CELL}, {DIRECTORY})" * r["is_of_a_cell"]
        for r in rows
    )


def may_differ(table: str, row: str) -> bool:
    return table in DIFFERENT_ROWS and row.endswith((",0,0)", ",0,0,,,)"))


async def play(prepared: Prepared, action: Any, seconds: int, batches: Sequence[Sequence[Any]]) -> Played:
    """Run batches one after the other on the world, look at everything, and undo it."""
    db, now = prepared.db, prepared.world.stage.now + timedelta(seconds=seconds)
    outcomes: list[Any] = []
    undone = db.transaction()
    await undone.start()
    try:
        for batch in batches:
            try:
                async with db.transaction():
                    outcomes += await action(db, now, batch)
            except (asyncpg.PostgresError, ValueError) as error:
                outcomes += [type(error)] * len(batch)
        rows = map(tuple, await db.fetch(prepared.contents))
        return Played(outcomes, sorted(row for row in rows if not may_differ(*row)))
    finally:
        await undone.rollback()


def law_of(prepared: Prepared, name: str, seconds: int, commands: Sequence[Any], law: Law) -> None:
    """Raise AssertionError when the batch and its commands one by one differ in what must be equal."""
    action = getattr(importlib.import_module(f"manyeyes.actions.{name}"), name)
    together = prepared.runner.run(play(prepared, action, seconds, [commands]))
    apart = prepared.runner.run(play(prepared, action, seconds, [[command] for command in commands]))
    if isinstance(together.outcomes[0], type):  # a batch that breaks is tried one by one (runtime/batching.py)
        assert any(isinstance(outcome, type) for outcome in apart.outcomes)
        return
    assert law.together(commands, together.outcomes) == law.apart(commands, apart.outcomes)
    assert together.rows == apart.rows


def drawn(examples: int) -> Any:
    """Return what draws batches and instants, anew in every run. They are small as they are: none is made smaller."""
    phases = [hypothesis.Phase.reuse, hypothesis.Phase.generate]
    checks = list(hypothesis.HealthCheck)
    settings = hypothesis.settings(max_examples=examples, deadline=None, phases=phases, suppress_health_check=checks)
    return lambda law: settings(hypothesis.given(data=st.data(), seconds=st.sampled_from(LATER))(law))


@pytest.mark.parametrize("name", sorted(BATCHES))
def test_a_batch_is_what_its_commands_are_one_by_one(prepared: Prepared, name: str):
    @drawn(EXAMPLES)
    def law(data: st.DataObject, seconds: int) -> None:
        commands = BATCHES[name](Draw(data.draw), prepared.world)
        hypothesis.note(f"{commands=}")
        law_of(prepared, name, seconds, commands, LAWS.get(name, EQUAL))

    law()


@pytest.mark.parametrize("name", sorted(SWEEPS))
def test_a_batch_of_periodic_jobs_is_one_job_and_leaves_nothing_for_another(prepared: Prepared, name: str):
    module = importlib.import_module(f"manyeyes.actions.{name}")
    made = getattr(module, "".join(part.capitalize() for part in name.split("_")))
    once = Law("each is told what the one job did", lambda _, o: list(o), lambda _, o: [o[0]] * len(o))

    @drawn(SWEEPS_EXAMPLES)
    def law(data: st.DataObject, seconds: int) -> None:
        commands = [made(**{"cell": CELL, **SWEEPS[name]})] * data.draw(st.integers(2, 3))
        law_of(prepared, name, seconds, commands, EQUAL if name == "take_due_sites" else once)

    law()


def test_the_world_has_rows_of_every_table(prepared: Prepared):
    """What is empty before cannot be changed or lost, and is no good to tell one run from another."""
    filled = {name for name, _ in prepared.runner.run(prepared.db.fetch(prepared.contents))}
    read = set(re.findall(r"SELECT '(\w+)'", prepared.contents))
    assert sorted(read - filled) == []


def test_every_action_is_tried_here():
    names = {path.stem for path in (repository.SOURCE / "actions").glob("[a-z]*.py")}
    listed = [*BATCHES, *SWEEPS, *NO_COMMANDS]
    missing = sorted(names - set(listed))
    assert missing == [], f"write for each of {missing} a function of its name in support/*_batches.py"
    assert sorted(listed) == sorted(names)
