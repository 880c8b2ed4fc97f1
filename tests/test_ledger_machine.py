"""Any random history, played through the real actions: money is neither made nor lost, each task ends once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import asyncpg
import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test

from manyeyes.payouts.rules import PayoutState
from manyeyes.reports.rules import WHY_OVERDUE
from support.ledger_machine import LedgerMachine, PractisingMachine

pytestmark = pytest.mark.long

HISTORIES, PRACTISING, STEPS = 120, 16, 12
MOST_ROUNDS = 8  # of random histories with practice, until tries of each kind were seen


@pytest.fixture
async def books(create_database: Callable[[str], Awaitable[str]]) -> str:
    """The DSN of a database of its own: its many cells are no other test's."""
    return await create_database("books")


@pytest.fixture(params=[LedgerMachine])
def machine(books: str, request: pytest.FixtureRequest) -> Iterator[type[LedgerMachine]]:
    """A machine on a pool of one connection, in an event loop of its own."""
    with asyncio.Runner() as runner:

        async def connect() -> asyncpg.Pool:
            return await asyncpg.create_pool(books, min_size=1, max_size=1)

        pool = runner.run(connect())
        yield type("OnThisServer", (request.param,), {"runner": runner, "pool": pool})
        runner.run(pool.close())


def play_any(machine: type[LedgerMachine], histories: int) -> None:
    settings = hypothesis.settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(machine, settings=settings)


def test_any_history_keeps_the_books(machine: type[LedgerMachine]):
    play_any(machine, HISTORIES)
    reached = machine.runner.run(machine.pool.fetch("SELECT DISTINCT state, why FROM report WHERE cell >= 1000"))
    assert {(row["state"], row["why"]) for row in reached} >= {(0, ""), (1, ""), (2, ""), (1, WHY_OVERDUE)}
    decided = machine.runner.run(
        machine.pool.fetch("SELECT p.task_id FROM panel AS p JOIN report USING (cell, task_id) WHERE given > 1")
    )
    assert decided, "results of several were complained about"
    payouts = machine.runner.run(machine.pool.fetch("SELECT DISTINCT state FROM payout WHERE cell >= 1000"))
    assert {row["state"] for row in payouts} == set(PayoutState)
    asked = machine.runner.run(machine.pool.fetch("SELECT count(*) AS n FROM recognition_review WHERE cell >= 1000"))
    assert asked[0]["n"] > 0


@pytest.mark.parametrize("machine", [PractisingMachine], indirect=True)
def test_any_history_with_practice_keeps_the_books(machine: type[LedgerMachine]):
    wanted = {(True, True), (True, False), (False, True), (False, False)}
    found: set[tuple[bool, bool]] = set()
    for _ in range(MOST_ROUNDS):
        play_any(machine, PRACTISING)
        tries = machine.runner.run(
            machine.pool.fetch("SELECT DISTINCT is_paid, is_passed FROM practice WHERE cell >= 1000")
        )
        found |= {tuple(row) for row in tries}
        if found >= wanted:  # a few histories may come to no end of a try
            break
    assert found >= wanted
