"""What workers ask to be paid out and what becomes of it, as moves of the ledger's machine."""

import asyncio
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from manyeyes.actions.ask_payouts import AskPayout, ask_payouts
from manyeyes.actions.move_payouts import move_payouts
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.payouts.rules import PayoutStep
from manyeyes.payouts.store import Payout
from support.action_stage import PAY, Stage
from support.dispute_moves import REVIEWERS
from support.paid_people import asking, moving

WAYS: tuple[tuple[str, ...], ...] = (), ("approve",), ("approve", "mark_paid"), ("decline",), ("withdraw",)


class PayoutMoves(RuleBasedStateMachine):
    """Plays on the stage of the machine that has these moves; `asked` are all requests that were ever taken."""

    runner: asyncio.Runner
    stage: Stage
    asked: list[Payout]
    commands: list[AskPayout]

    @rule(
        worker_id=st.sampled_from(REVIEWERS),
        micros=st.sampled_from([1, PAY // 2, PAY, 3 * PAY]),
        times=st.integers(1, 2),
    )
    def ask_payout(self, worker_id: int, micros: int, times: int) -> None:
        """Ask for a part, for all or for too much; perhaps twice with one key, perhaps in one batch."""
        self.ask_these([asking(self.stage, worker_id, micros)] * times)

    @rule(which=st.integers(0, 1_000))
    def ask_again(self, which: int) -> None:
        """Send any request again that was ever sent."""
        if self.commands:
            self.ask_these([self.commands[which % len(self.commands)]])

    @rule(
        which=st.lists(st.integers(0, 1_000), min_size=1, max_size=3),
        steps=st.lists(st.sampled_from(list(PayoutStep)), min_size=1, max_size=3),
        times=st.integers(1, 2),
    )
    def move_payouts(self, which: list[int], steps: list[PayoutStep], times: int) -> None:
        """Take steps with requests, in any order, in one batch, perhaps twice."""
        picked = [self.asked[i % len(self.asked)] for i in which if self.asked]
        for _ in range(times if picked else 0):
            made = [moving(self.stage, payout, step, "word") for payout in picked for step in steps]
            self.run(self.stage.act(move_payouts, *made))

    @rule(shift=st.integers(0, 4))
    def pay_everybody(self, shift: int) -> None:
        """Let everybody ask for half of what they have, and what was ever asked for go different ways."""
        self.run(self.stage.act(vest_pay, VestPay(self.stage.cell)))
        wallets = self.rows("wallet", "worker_id, payable_micros", "payable_micros > 0")
        if wallets:
            self.ask_these([asking(self.stage, w["worker_id"], (w["payable_micros"] + 1) // 2) for w in wallets])
        paths = [(payout, step) for i, payout in enumerate(self.asked) for step in WAYS[(i + shift) % len(WAYS)]]
        if paths:
            self.run(
                self.stage.act(move_payouts, *[moving(self.stage, payout, step, "word") for payout, step in paths])
            )

    @invariant()
    def no_payout_ends_twice(self) -> None:
        """Fail when one was both paid and given back, or is open and was."""
        ends: dict[int, int] = {}
        for row in self.rows("transfer", "cause_id, kind", "kind IN (17, 18)"):
            ends[row["cause_id"]] = ends.get(row["cause_id"], 0) + 1
        ended = {row["payout_id"] for row in self.rows("payout", "payout_id", "state >= 2")}
        assert ends == dict.fromkeys(ended, 1)

    def ask_these(self, commands: list[AskPayout]) -> None:
        """Ask, and remember what was taken."""
        self.commands += commands
        for outcome in self.run(self.stage.act(ask_payouts, *commands)):
            if isinstance(outcome, Payout) and outcome.payout_id not in {p.payout_id for p in self.asked}:
                self.asked.append(outcome)

    def run(self, work: Any) -> Any:
        """Run a coroutine to its end and return its result; the machine says how."""
        raise NotImplementedError

    def rows(self, table: str, columns: str, where: str = "true") -> list[dict[str, Any]]:
        """Return the cell's rows of a table; the machine says how."""
        raise NotImplementedError
