"""ask_top_ups: what customers ask for is kept once, and few of it at a time."""

from manyeyes.accounts.top_ups import MOST_OPEN, TopUpRequest, TopUpState
from manyeyes.actions.ask_top_ups import AskTopUp, ask_top_ups
from manyeyes.actions.decide_top_ups import DecideTopUp, decide_top_ups
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.told_changes import ANN, told


def asking(stage: Stage, account_id: int, micros: int = 700, **given: str) -> AskTopUp:
    number = stage.number()
    return AskTopUp(cell=stage.cell, request_id=number, account_id=account_id, amount_micros=micros, **given, actor=ANN)


async def ask(stage: Stage, command: AskTopUp) -> TopUpRequest:
    (outcome,) = await stage.act(ask_top_ups, command)
    assert isinstance(outcome, TopUpRequest), outcome
    return outcome


async def test_a_request_waits_and_moves_no_money(stage: Stage):
    account_id = await stage.account(0)
    command = asking(stage, account_id, 2_500_000, note="for May", asked_by="Bo")
    found = await ask(stage, command)
    assert (found.state, found.amount_micros, found.note, found.asked_by) == (
        TopUpState.OPEN,
        2_500_000,
        "for May",
        "Bo",
    )
    assert await stage.available(account_id) == 0
    after = {"amount_micros": 2_500_000, "note": "for May"}
    assert await told(stage) == [("top_up.ask", f"top_up:{command.request_id}", None, after)]


async def test_a_command_that_comes_twice_and_a_button_pressed_twice_are_one_request(stage: Stage):
    account_id = await stage.account(0)
    command = asking(stage, account_id)
    first = await ask(stage, command)
    assert await ask(stage, command) == first
    assert await ask(stage, asking(stage, account_id)) == first
    stage.later(61)
    assert await ask(stage, asking(stage, account_id)) != first
    assert len(await stage.rows("top_up_request")) == 2


async def test_few_wait_at_a_time_and_room_comes_back(stage: Stage):
    account_id = await stage.account(0)
    batch = [asking(stage, account_id, micros) for micros in range(1, MOST_OPEN + 2)]
    *kept, last = await stage.act(ask_top_ups, *batch)
    assert all(isinstance(each, TopUpRequest) for each in kept)
    assert isinstance(last, Refusal)
    assert last.reason is Reason.ENOUGH_OF_THEM
    await stage.act(decide_top_ups, DecideTopUp(stage.cell, batch[0].request_id, TopUpState.DECLINED))
    await ask(stage, asking(stage, account_id, 99))


async def test_nobodys_account_asks_for_nothing(stage: Stage):
    (refusal,) = await stage.act(ask_top_ups, asking(stage, 99_999))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.UNKNOWN_ACCOUNT
    assert await stage.rows("top_up_request") == []
