"""decide_top_ups: money comes in once for what was asked, whoever says so how often."""

import asyncio

import pytest

from manyeyes.accounts.top_ups import TopUpRequest, TopUpState
from manyeyes.actions.ask_top_ups import AskTopUp, ask_top_ups
from manyeyes.actions.decide_top_ups import DecideTopUp, decide_top_ups
from manyeyes.ledger.rules import TransferKind
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.told_changes import ANN, told

APPROVED, DECLINED = TopUpState.APPROVED, TopUpState.DECLINED


async def asked(stage: Stage, micros: int = 2_500_000) -> TopUpRequest:
    account_id, number = await stage.account(0), stage.number()
    command = AskTopUp(cell=stage.cell, request_id=number, account_id=account_id, amount_micros=micros)
    (found,) = await stage.act(ask_top_ups, command)
    assert isinstance(found, TopUpRequest)
    return found


def deciding(stage: Stage, request: TopUpRequest, state: TopUpState, word: str = "") -> DecideTopUp:
    return DecideTopUp(stage.cell, request.request_id, state, word, ANN)


async def test_what_is_approved_is_one_top_up_under_its_own_number(stage: Stage):
    request = await asked(stage)
    (found,) = await stage.act(decide_top_ups, deciding(stage, request, APPROVED))
    assert isinstance(found, TopUpRequest)
    assert (found.state, found.decided_at) == (APPROVED, stage.now)
    (transfer,) = await stage.rows("transfer")
    assert (transfer["kind"], transfer["cause_id"]) == (TransferKind.TOP_UP, request.request_id)
    assert await stage.available(request.account_id) == 2_500_000
    assert (await stage.books()).difference_micros == 0
    before, after = {"state": "OPEN"}, {"state": "APPROVED"}
    assert await told(stage) == [("top_up.approve", f"top_up:{request.request_id}", before, after)]


async def test_approved_again_moves_nothing_and_says_the_same(stage: Stage):
    request = await asked(stage)
    command = deciding(stage, request, APPROVED)
    first = await stage.act(decide_top_ups, command)
    before = await stage.everything()
    assert await stage.act(decide_top_ups, command, command) == [*first, *first]
    assert await stage.everything() == before


async def test_approved_by_many_at_once_moves_once(stage: Stage):
    request = await asked(stage, 7)
    command = deciding(stage, request, APPROVED)
    outcomes = await asyncio.gather(*[stage.act(decide_top_ups, command) for _ in range(8)])
    assert all(isinstance(outcome, TopUpRequest) for (outcome,) in outcomes)
    assert await stage.available(request.account_id) == 7
    assert len(await stage.rows("transfer")) == 1
    assert len(await told(stage)) == 1


@pytest.mark.parametrize(("first", "then"), [(APPROVED, DECLINED), (DECLINED, APPROVED)])
async def test_what_is_decided_is_not_decided_otherwise(stage: Stage, first: TopUpState, then: TopUpState):
    request = await asked(stage)
    await stage.act(decide_top_ups, deciding(stage, request, first, "no invoice"))
    before = await stage.everything()
    (refusal,) = await stage.act(decide_top_ups, deciding(stage, request, then))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.ALREADY_DECIDED
    assert await stage.everything() == before


async def test_approved_and_declined_at_once_has_one_end(stage: Stage):
    request = await asked(stage, 9)
    states = [APPROVED, DECLINED] * 3
    outcomes = await asyncio.gather(*[stage.act(decide_top_ups, deciding(stage, request, state)) for state in states])
    ends = {outcome.state for (outcome,) in outcomes if isinstance(outcome, TopUpRequest)}
    assert len(ends) == 1
    assert await stage.available(request.account_id) == (9 if ends == {APPROVED} else 0)


async def test_declined_moves_nothing_and_keeps_the_word(stage: Stage):
    request = await asked(stage)
    (found,) = await stage.act(decide_top_ups, deciding(stage, request, DECLINED, "no invoice yet"))
    assert isinstance(found, TopUpRequest)
    assert (found.state, found.word) == (DECLINED, "no invoice yet")
    assert await stage.rows("transfer") == []


async def test_what_is_not_there_is_not_decided(stage: Stage):
    (refusal,) = await stage.act(decide_top_ups, DecideTopUp(stage.cell, 99_999, APPROVED))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.UNKNOWN_TOP_UP
