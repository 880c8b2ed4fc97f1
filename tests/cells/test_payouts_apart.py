"""One request over two cells in two databases: exact in each, whatever is killed between them."""

import asyncio

import msgspec
import pytest

from manyeyes.actions.ask_payouts import AskPayout, ask_payouts
from manyeyes.actions.move_payouts import MovePayout, move_payouts
from manyeyes.payouts.rules import PayoutState, PayoutStep
from manyeyes.roles.payout_lines import payout_csv
from manyeyes.roles.payouts import (
    ask_payout,
    ended_requests,
    move_request,
    open_requests,
    opened,
    purse_of,
    requests_of,
)
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.action_stage import PAY, Stage, set_stage
from support.factories import Hand
from support.paid_people import earn
from support.payouts_apart import BANK, Killed, asked, balanced, killed_after


@pytest.fixture
async def stages(two_databases: Context) -> dict[int, Stage]:
    two_databases.settings = msgspec.structs.replace(two_databases.settings, smallest_payout="0.0001")
    return {cell: await set_stage(two_databases.cells.pool(cell), cell) for cell in (1, 2)}


@pytest.fixture
async def ada(two_databases: Context, stages: dict[int, Stage]) -> Hand:
    """Ada, who has the pay of two answers in the first cell and of three in the second."""
    hand = await factories.hand(two_databases)
    for cell, tasks in ((1, 2), (2, 3)):
        await earn(stages[cell], hand.worker.worker_id, tasks)
    return hand


async def test_all_that_is_payable_is_one_request_over_both(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    request = await asked(two_databases, ada)
    assert (request.amount_micros, request.state, request.shown) == (5 * PAY, PayoutState.REQUESTED, "…0 51")
    assert await requests_of(two_databases, ada.worker.worker_id) == [request]
    purse = await purse_of(two_databases, ada.worker.worker_id)
    assert (purse.payable_micros, purse.requested_micros, purse.paid_micros) == (0, 5 * PAY, 0)
    assert await balanced(stages)


@pytest.mark.parametrize(("micros", "parts"), [(PAY, [PAY]), (2 * PAY, [2 * PAY]), (2 * PAY + 1, [2 * PAY, 1])])
async def test_cells_give_in_their_order_until_it_is_enough(
    two_databases: Context, stages: dict[int, Stage], ada: Hand, micros: int, parts: list[int]
):
    assert (await asked(two_databases, ada, micros)).amount_micros == micros
    found = [row["amount_micros"] for stage in stages.values() for row in await stage.rows("payout")]
    assert found == parts
    assert await balanced(stages)


async def test_the_same_key_twice_at_once_is_one_request(two_databases: Context, stages: dict[int, Stage], ada: Hand):
    tries = [ask_payout(two_databases, ada.worker.worker_id, 3 * PAY, BANK, "once") for _ in range(4)]
    outcomes = await asyncio.gather(*tries)
    assert len({one.request_id for outcome in outcomes if isinstance(outcome, list) for one in outcome}) == 1
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
    assert (await purse_of(two_databases, ada.worker.worker_id)).requested_micros == 3 * PAY
    assert await balanced(stages)


async def test_killed_between_two_cells_what_was_set_aside_is_the_request(
    two_databases: Context, stages: dict[int, Stage], ada: Hand, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        killed_after(two_databases, patch, AskPayout, 1)
        with pytest.raises(Killed):
            await asked(two_databases, ada)
    assert (await asked(two_databases, ada)).amount_micros == 2 * PAY
    assert (await purse_of(two_databases, ada.worker.worker_id)).payable_micros == 3 * PAY
    assert await balanced(stages)


@pytest.mark.parametrize(
    ("step", "words", "state"),
    [
        (PayoutStep.APPROVE, "", PayoutState.APPROVED),
        (PayoutStep.DECLINE, "no such bank", PayoutState.DECLINED),
        (PayoutStep.WITHDRAW, "", PayoutState.WITHDRAWN),
    ],
)
async def test_a_step_that_was_killed_between_two_cells_is_completed_by_the_same_step(
    two_databases: Context,
    stages: dict[int, Stage],
    ada: Hand,
    monkeypatch: pytest.MonkeyPatch,
    step: PayoutStep,
    words: str,
    state: PayoutState,
):
    request = await asked(two_databases, ada)
    with monkeypatch.context() as patch:
        killed_after(two_databases, patch, MovePayout, 1)
        with pytest.raises(Killed):
            await move_request(two_databases, request.request_id, step, words)
    halves = await requests_of(two_databases, ada.worker.worker_id)
    assert sorted((one.state, one.amount_micros) for one in halves) == sorted(
        [(state, 2 * PAY), (PayoutState.REQUESTED, 3 * PAY)]
    )
    assert await balanced(stages)
    await move_request(two_databases, request.request_id, step, words)
    (whole,) = await requests_of(two_databases, ada.worker.worker_id)
    assert (whole.state, whole.amount_micros, whole.words) == (state, 5 * PAY, words)
    assert await balanced(stages)


async def test_paid_is_noted_of_what_was_approved_and_nothing_else(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    request = await asked(two_databases, ada)
    await move_request(two_databases, request.request_id, PayoutStep.APPROVE)
    paid = PayoutStep.MARK_PAID
    other = await move_request(two_databases, request.request_id, paid, "7", seen_micros=5 * PAY - 1)
    assert isinstance(other, Refusal)
    assert other.reason is Reason.PAYOUT_CHANGED
    for _ in range(2):
        await move_request(two_databases, request.request_id, paid, "7", seen_micros=5 * PAY)
    (ended,) = await ended_requests(two_databases, 10)
    assert (ended.request.state, ended.request.words, ended.worker_name) == (PayoutState.PAID, "7", ada.worker.name)
    assert await open_requests(two_databases, 10) == []
    assert (await purse_of(two_databases, ada.worker.worker_id)).paid_micros == 5 * PAY
    assert await balanced(stages)


async def test_what_was_withdrawn_in_one_cell_and_approved_in_the_other_is_shown_as_both(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    request = await asked(two_databases, ada)
    for cell, step in ((1, PayoutStep.WITHDRAW), (2, PayoutStep.APPROVE)):
        command = MovePayout(cell=cell, request_id=request.request_id, step=step)
        await two_databases.batcher.ask(move_payouts, command)
    (waiting,) = await open_requests(two_databases, 10)
    assert (waiting.request.state, waiting.request.amount_micros) == (PayoutState.APPROVED, 3 * PAY)
    paid = await move_request(two_databases, request.request_id, PayoutStep.MARK_PAID, "8", seen_micros=3 * PAY)
    assert isinstance(paid, list)
    assert [one.amount_micros for one in paid] == [3 * PAY]
    assert await balanced(stages)


async def test_each_payment_pays_the_parts_that_were_approved_for_it(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    """The second cell's part was approved after the first one's was paid."""
    request_id, paid = (await asked(two_databases, ada)).request_id, PayoutStep.MARK_PAID
    only_first = MovePayout(cell=1, request_id=request_id, step=PayoutStep.APPROVE)
    await two_databases.batcher.ask(move_payouts, only_first)
    for _ in range(2):
        outcome = await move_request(two_databases, request_id, paid, "8", seen_micros=2 * PAY)
        assert isinstance(outcome, list), outcome
        assert [(one.state, one.words, one.amount_micros) for one in outcome] == [(PayoutState.PAID, "8", 2 * PAY)]
    other = await move_request(two_databases, request_id, paid, "9")
    assert isinstance(other, Refusal)
    assert (other.reason, other.detail) == (Reason.ALREADY_DECIDED, f"request {request_id} is requested and paid")
    await move_request(two_databases, request_id, PayoutStep.APPROVE)
    for _ in range(2):
        outcome = await move_request(two_databases, request_id, paid, "9", seen_micros=3 * PAY)
        assert isinstance(outcome, list), outcome
        assert [(one.state, one.words, one.amount_micros) for one in outcome] == [(PayoutState.PAID, "9", 3 * PAY)]
    halves = await requests_of(two_databases, ada.worker.worker_id)
    assert sorted((one.words, one.amount_micros) for one in halves) == [("8", 2 * PAY), ("9", 3 * PAY)]
    assert await balanced(stages)


@pytest.mark.parametrize("seen", [5, 3], ids=["all", "what the page still shows"])
async def test_a_payment_that_was_noted_in_one_cell_alone_is_completed(
    two_databases: Context, stages: dict[int, Stage], ada: Hand, monkeypatch: pytest.MonkeyPatch, seen: int
):
    request_id = (await asked(two_databases, ada)).request_id
    await move_request(two_databases, request_id, PayoutStep.APPROVE)
    with monkeypatch.context() as patch:
        killed_after(two_databases, patch, MovePayout, 1)
        with pytest.raises(Killed):
            await move_request(two_databases, request_id, PayoutStep.MARK_PAID, "8", seen_micros=5 * PAY)
    outcome = await move_request(two_databases, request_id, PayoutStep.MARK_PAID, "8", seen_micros=seen * PAY)
    assert isinstance(outcome, list), outcome
    assert [(one.state, one.amount_micros) for one in outcome] == [(PayoutState.PAID, 5 * PAY)]
    assert await balanced(stages)


async def test_a_list_that_ends_has_no_request_without_a_part(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    """The first cell's list ends before the second request, of which the second cell has a part."""
    for key, micros in (("first", PAY), ("second", 2 * PAY)):
        await asked(two_databases, ada, micros, key=key)
    assert [each.request.amount_micros for each in await open_requests(two_databases, 1)] == [PAY]
    assert [each.request.amount_micros for each in await open_requests(two_databases, 2)] == [PAY, 2 * PAY]


async def test_where_the_money_goes_is_sealed_and_may_be_left_out_the_next_time(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    first = await asked(two_databases, ada, PAY)
    assert not any(b"1203" in row["details"] for row in await stages[1].rows("payout"))
    assert opened(two_databases, first) == BANK
    second = await asked(two_databases, ada, PAY, " ", "again")
    assert opened(two_databases, second) == BANK
    assert second.request_id != first.request_id
    assert second.details != first.details


async def test_the_file_for_the_bank_has_the_approved_ones_and_runs_nothing(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    for n, details in enumerate(("=HYPERLINK(1)", "plain words")):
        request = await asked(two_databases, ada, 2 * PAY, details, str(n))
        if n == 0:
            await move_request(two_databases, request.request_id, PayoutStep.APPROVE)
    head, line, end = payout_csv(two_databases, await open_requests(two_databases, 10)).split("\r\n")
    assert head == "request,worker,name,amount,currency,to,asked_at,approved_at"
    assert line.split(",")[1:6] == [str(ada.worker.worker_id), ada.worker.name, "0.001000", "USD", "'=HYPERLINK(1)"]
    assert end == ""


@pytest.mark.parametrize(
    ("micros", "details", "reason"),
    [
        (99, BANK, Reason.PAYOUT_TOO_SMALL),
        (5 * PAY + 1, BANK, Reason.PAYOUT_TOO_LARGE),
        (PAY, "", Reason.UNREADABLE),
        (PAY, "x" * 501, Reason.UNREADABLE),
    ],
)
async def test_what_cannot_be_asked_for_is_refused_and_leaves_nothing(
    two_databases: Context, stages: dict[int, Stage], ada: Hand, micros: int, details: str, reason: Reason
):
    outcome = await ask_payout(two_databases, ada.worker.worker_id, micros, details, "once")
    assert isinstance(outcome, Refusal)
    assert outcome.reason is reason
    assert (await purse_of(two_databases, ada.worker.worker_id)).requested_micros == 0


async def test_a_stranger_cannot_withdraw(two_databases: Context, stages: dict[int, Stage], ada: Hand):
    request = await asked(two_databases, ada)
    stranger = ada.worker.worker_id + 1
    outcome = await move_request(two_databases, request.request_id, PayoutStep.WITHDRAW, worker_id=stranger)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.UNKNOWN_PAYOUT


async def test_keys_that_were_given_up_open_nothing(two_databases: Context, stages: dict[int, Stage], ada: Hand):
    request = await asked(two_databases, ada, PAY)
    changed = msgspec.structs.replace(request, details=b"sealed by another key")
    assert opened(two_databases, changed) == ""


async def test_the_first_cell_that_knows_the_key_gives_its_number_to_the_others(
    two_databases: Context, stages: dict[int, Stage], ada: Hand
):
    request = await asked(two_databases, ada)
    repeated = await two_databases.batcher.ask(
        ask_payouts,
        AskPayout(
            cell=2,
            payout_id=1,
            request_id=999,
            worker_id=ada.worker.worker_id,
            ask_key=(await stages[2].rows("payout"))[0]["ask_key"],
            amount_micros=1,
            shown="",
            details=b"",
        ),
    )
    assert not isinstance(repeated, Refusal)
    assert repeated.request_id == request.request_id
