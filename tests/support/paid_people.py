"""People with pay that may be paid out, and what they ask for."""

from typing import Any

import msgspec

from manyeyes.actions.ask_payouts import AskPayout, ask_payouts
from manyeyes.actions.move_payouts import MovePayout, move_payouts
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.payouts.rules import PayoutStep
from manyeyes.payouts.store import Payout
from manyeyes.roles.payouts import ask_payout, move_request
from manyeyes.runtime.context import Context
from support.action_stage import PAY, Stage

LONG_BANK = "Ada Lovelace, Regional archive of handwritten meter readings, DE02120300000000202051"
VOTE = 100  # micros, as the first rows of `queue` say
KEY = b"the first"  # under which people of the prepared world asked


REQUESTS = (900_001, 900_002, 900_003, 900_004)  # of the prepared world: requested, approved, paid, declined
STEPS_TAKEN = (), ("approve",), ("approve", "mark_paid"), ("decline",)


async def make_requests(stage: Stage) -> None:
    """Let people of the prepared world ask to be paid out, each a part of what they have."""
    wallets = [row for row in await stage.rows("wallet") if row["payable_micros"] >= VOTE]
    for row, request_id, steps in zip(wallets, REQUESTS, STEPS_TAKEN, strict=False):
        command = asking(stage, row["worker_id"], VOTE // 4, KEY)
        await stage.act(ask_payouts, msgspec.structs.replace(command, request_id=request_id))
        for step in steps:
            moved = MovePayout(cell=stage.cell, request_id=request_id, step=PayoutStep(step), words="a word")
            await stage.act(move_payouts, moved)


async def someone_with_pay(stage: Stage, tasks: int = 1) -> int:
    """Return a worker whose pay for so many answers is payable."""
    worker_id = stage.number()
    await earn(stage, worker_id, tasks)
    return worker_id


async def earn(stage: Stage, worker_id: int, tasks: int = 1) -> None:
    """Let a worker answer so many tasks and their pay become payable; they have gone then."""
    customer = await stage.account(100_000_000)
    await stage.come(worker_id)
    for _ in range(tasks):
        await stage.solve(customer, worker_id)
    await stage.go(worker_id)
    stage.later(PENDING_SECONDS + 1)
    await stage.act(vest_pay, VestPay(stage.cell))


async def request_payouts(context: Context, worker_id: int) -> None:
    """Let a worker ask three times, from pay that is no answer's, in an installation that proves no books."""
    async with context.cells.pool(1).acquire() as db:
        await ledger.add_to_wallets(db, 1, {worker_id: 9_000_000})
    for n, step in enumerate((None, PayoutStep.APPROVE, PayoutStep.DECLINE)):
        outcome = await ask_payout(context, worker_id, 2_000_000 + n, f"{LONG_BANK} {n}", f"key {n}")
        assert isinstance(outcome, list), outcome
        if step:
            await move_request(context, outcome[0].request_id, step, LONG_BANK)


def asking(stage: Stage, worker_id: int, amount_micros: int, key: bytes = b"") -> AskPayout:
    """Return the command that asks for so much, under a key of its own unless one is given."""
    return AskPayout(
        cell=stage.cell,
        payout_id=stage.number(),
        request_id=stage.number(),
        worker_id=worker_id,
        ask_key=key or b"key %d" % stage.number(),
        amount_micros=amount_micros,
        shown="…4321",
        details=b"sealed",
    )


async def a_request(stage: Stage, tasks: int = 1) -> Payout:
    """Return a request of somebody's for all that they have."""
    worker_id = await someone_with_pay(stage, tasks)
    (asked,) = await stage.act(ask_payouts, asking(stage, worker_id, tasks * PAY))
    assert isinstance(asked, Payout), asked
    return asked


def moving(stage: Stage, payout: Payout, step: str, words: str = "", **given: Any) -> MovePayout:
    """Return the command that takes a step with a request."""
    return MovePayout(cell=stage.cell, request_id=payout.request_id, step=PayoutStep(step), words=words, **given)


async def payable(stage: Stage, worker_id: int) -> int:
    """Return what a worker's wallet has, in micros."""
    return sum(row["payable_micros"] for row in await stage.rows("wallet", "*", f"worker_id = {worker_id}"))
