"""Requests for money in two cells, which number them each for itself."""

from datetime import timedelta

import pytest

from manyeyes.accounts.top_ups import TopUpRequest, TopUpState
from manyeyes.actions.ask_top_ups import AskTopUp, ask_top_ups
from manyeyes.roles.customer.top_ups import decide_top_up, every_request
from manyeyes.runtime.context import Context
from manyeyes.values.actor import BY_ITSELF
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage, set_stage

TWICE, OTHER = 910_001, 900_002


@pytest.fixture
async def stages(two_databases: Context) -> dict[int, Stage]:
    return {cell: await set_stage(two_databases.cells.pool(cell), cell) for cell in (1, 2)}


async def asked(context: Context, stage: Stage, request_id: int, minutes_ago: int) -> int:
    """Let a new account ask for a dollar; return its number."""
    account_id = await stage.account()
    command = AskTopUp(cell=stage.cell, request_id=request_id, account_id=account_id, amount_micros=1_000_000)
    assert isinstance(await context.batcher.ask(ask_top_ups, command), TopUpRequest)
    back = "UPDATE top_up_request SET asked_at = now() - $2::interval WHERE cell = $1 AND request_id = $3"
    await stage.pool.execute(back, stage.cell, timedelta(minutes=minutes_ago), request_id)
    return account_id


async def test_a_number_that_two_cells_have_is_decided_where_it_is_said(
    two_databases: Context, stages: dict[int, Stage]
):
    first, second = [await asked(two_databases, stage, TWICE, 1) for stage in stages.values()]
    before = [await stages[1].available(first), await stages[2].available(second)]
    outcome = await decide_top_up(two_databases, BY_ITSELF, TWICE, TopUpState.APPROVED)
    assert isinstance(outcome, Refusal)
    assert (outcome.reason, "in the cells 1, 2" in outcome.detail) == (Reason.UNKNOWN_TOP_UP, True)
    assert [await stages[1].available(first), await stages[2].available(second)] == before
    for _ in range(2):
        outcome = await decide_top_up(two_databases, BY_ITSELF, TWICE, TopUpState.APPROVED, cell=2)
        assert isinstance(outcome, TopUpRequest)
        assert outcome.account_id == second
    nowhere = await decide_top_up(two_databases, BY_ITSELF, TWICE, TopUpState.APPROVED, cell=3)
    assert isinstance(nowhere, Refusal)
    after = [await stages[1].available(first), await stages[2].available(second)]
    assert after == [before[0], before[1] + 1_000_000]


async def test_all_cells_requests_are_listed_in_the_order_in_which_they_were_asked(
    two_databases: Context, stages: dict[int, Stage]
):
    """Serials are taken in blocks: the number of a request says nothing of when it was asked."""
    for cell, request_id, minutes_ago in ((1, TWICE, 30), (2, TWICE, 20), (1, OTHER, 10), (2, OTHER, 40)):
        await asked(two_databases, stages[cell], request_id, minutes_ago)
    order = [(2, OTHER), (1, TWICE), (2, TWICE), (1, OTHER)]
    waiting = await every_request(two_databases, is_open=True)
    assert [(each.cell, each.request.request_id) for each in waiting] == order
    every = await every_request(two_databases, is_open=False)
    assert [(each.cell, each.request.request_id) for each in every] == order[::-1]
