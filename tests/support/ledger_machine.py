"""The machine that plays any random history through the real actions, and counts along."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.ask_payouts import AskPayout
from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.record_recognitions import Recorded, record_recognitions
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.skip_tasks import SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.ledger.rules import TransferKind
from manyeyes.payouts.store import Payout
from manyeyes.reports.rules import Slot
from manyeyes.workers.rules import SkipReason
from support.action_stage import PAY, PRICE, Stage, set_stage
from support.dispute_moves import ACCOUNTS, REVIEWERS, VOTE, WORKERS, RecourseMoves
from support.payout_moves import PayoutMoves
from support.practice_moves import PracticeMoves
from support.recognition_calls import Calls, app_of, recognition_of, retried

PAST_STEPS, PAST_TRIES = 50, 8
QUEUES = (1, 2)
LIFE_SECONDS = 150  # short enough that tasks run out of it within a history
TERMS = (None, PeopleTerms(answers=2, answers_at_most=3), PeopleTerms(answers=3, answers_at_most=3))
SEATED = "purpose = 1 AND worker_id <> 0"
REASONS = [SkipReason.UNREADABLE, SkipReason.OTHER, SkipReason.UPSETTING]


class LedgerMachine(RecourseMoves, PayoutMoves):
    """Each history lives in a cell of its own. The model counts; the database must agree after every step."""

    runner: asyncio.Runner
    pool: asyncpg.Pool
    cells = iter(range(1_000, 1_000_000))
    practice_at_most = 0

    @initialize(balances=st.tuples(*[st.integers(0, 12 * PRICE) for _ in ACCOUNTS]), seed=st.integers(0, 2**32))
    def begin(self, balances: tuple[int, ...], seed: int) -> None:
        self.stage: Stage = self.run(set_stage(self.pool, next(self.cells)))
        self.stage._number = 100
        self.topped_up, self.solved, self.voted = 0, 0, 0
        self.seen_leases: list[tuple[int, LeaseId]] = []
        self.seen_slots: list[Slot] = []
        self.asked, self.commands = list[Payout](), list[AskPayout]()
        self.submitted: set[int] = set()
        self.recognised, self.labels = 0, set[int]()
        for account_id, micros in zip(ACCOUNTS, balances, strict=True):
            self.run(self.stage.open(account_id))
            if micros:
                self.top_up(account_id, micros, 1)
        for worker_id in WORKERS:
            self.run(self.stage.come(worker_id, *QUEUES))
        self.play(seed, PAST_STEPS)

    def run(self, work: Awaitable[Any]) -> Any:
        return self.runner.run(work)  # type: ignore[arg-type]

    @rule(account_id=st.sampled_from(ACCOUNTS), micros=st.integers(1, 3 * PRICE), times=st.integers(1, 2))
    def top_up(self, account_id: int, micros: int, times: int) -> None:
        command = TopUp(self.stage.cell, self.stage.number(), account_id, micros)
        for _ in range(times):
            self.run(self.stage.act(top_up_accounts, command))
        self.topped_up += micros

    @rule(
        wanted=st.lists(st.tuples(*map(st.sampled_from, (ACCOUNTS, QUEUES, TERMS))), min_size=1, max_size=5),
        times=st.integers(1, 2),
    )
    def submit(self, wanted: list[tuple[int, int, PeopleTerms | None]], times: int) -> None:
        commands = [
            self.stage.submitting(
                a,
                queue_id=q,
                life_seconds=LIFE_SECONDS,
                retried=True,
                soft_id=a,
                share_percent=10 if q == 2 else None,
                terms=terms,
            )
            for a, q, terms in wanted
        ]
        for _ in range(times):
            outcomes = self.run(self.stage.act(submit_tasks, *commands))
            self.submitted |= {o.task_id for o in outcomes if isinstance(o, Submitted)}

    @rule(
        account_id=st.sampled_from(ACCOUNTS),
        rates=st.lists(st.sampled_from([0.0, 0.5, 0.95]), min_size=1, max_size=3),
        times=st.integers(1, 2),
    )
    def recognise(self, account_id: int, rates: list[float], times: int) -> None:
        """Let a call come with these results, and again when its connection broke."""
        app = app_of(account_id, cell=self.stage.cell, secret_id=f"{account_id:024x}")
        calls = Calls(self.stage, app, recognition_of(app, account_id, review_seconds=LIFE_SECONDS))
        call = calls.call(*[calls.found(rate=rate) for rate in rates], calls.found(label=-1, rate=0.0))
        outcomes = [self.run(self.stage.act(record_recognitions, retried(call)))[0] for _ in range(times)]
        if isinstance(outcomes[-1], Recorded):
            self.recognised += sum(result.charged_micros for result in call.results)
            asked = {result.task_id for result in call.results if result.task_id}
            self.labels, self.submitted = self.labels | asked, self.submitted | asked

    @rule(queue_id=st.sampled_from(QUEUES))
    def hand_out(self, queue_id: int) -> None:
        self.run(self.stage.hand_out(queue_id))
        self.seen_leases += [held for held in self.on_desks() if held not in self.seen_leases]

    @rule(which=st.lists(st.integers(0, 1_000), min_size=1, max_size=3), text=st.sampled_from(["a", "b"]))
    def answer(self, which: list[int], text: str) -> None:
        """Answer on any lease that was ever given: late and repeated ones too."""
        self.answer_these([self.seen_leases[i % len(self.seen_leases)] for i in which if self.seen_leases], text)

    @rule(text=st.sampled_from(["a", "b"]))
    def answer_all(self, text: str) -> None:
        """Answer all that lies on the desks, in one batch."""
        self.answer_these(self.on_desks(), text)

    @rule(which=st.integers(0, 1_000), reason=st.sampled_from(REASONS))
    def skip(self, which: int, reason: SkipReason) -> None:
        if self.seen_leases:
            worker_id, lease = self.seen_leases[which % len(self.seen_leases)]
            self.run(self.stage.act(skip_tasks, SkipTask(self.stage.cell, worker_id, lease, reason)))

    @rule(worker_id=st.sampled_from(WORKERS), offline=st.booleans())
    def leave(self, worker_id: int, offline: bool) -> None:
        self.run(self.stage.act(leave, Leave(self.stage.cell, worker_id, offline)))

    @rule(worker_id=st.sampled_from(WORKERS))
    def come_back(self, worker_id: int) -> None:
        if self.run(self.stage.act(attach_workers, AttachWorker(self.stage.cell, worker_id, 1))) == [False]:
            self.run(self.stage.come(worker_id, *QUEUES))

    @rule(seconds=st.sampled_from([1, 30, 61, 200]))
    def wait(self, seconds: int) -> None:
        self.stage.later(seconds)

    @rule()
    def sweep(self) -> None:
        self.run(self.stage.act(return_lapsed_leases, ReturnLapsedLeases(self.stage.cell)))
        self.run(self.stage.act(end_overdue_tasks, EndOverdueTasks(self.stage.cell)))

    @rule()
    def vest(self) -> None:
        self.run(self.stage.act(vest_pay, VestPay(self.stage.cell)))

    @invariant()
    def the_books_balance(self) -> None:
        books = self.run(self.stage.books())
        assert (books.difference_micros, books.findings) == (0, [])

    @invariant()
    def each_task_is_open_or_ended_exactly_once(self) -> None:
        several = {row["task_id"] for row in self.rows("panel", "task_id", "state < 2")}
        opened = {row["task_id"] for row in self.rows("work", "task_id", "of_task = 0")} | several
        assert {row["of_task"] for row in self.rows("work", "of_task", "purpose = 1")} == several
        results = {row["task_id"]: row["answers"] for row in self.rows("result", "task_id, answers")}
        ended = f"kind IN ({TransferKind.SETTLE}, {TransferKind.RELEASE})"
        ends = Counter(row["cause_id"] for row in self.rows("transfer", "cause_id", ended))
        assert opened | results.keys() == self.submitted
        assert not opened & results.keys()
        assert ends.keys() == results.keys()
        assert all(count <= max(1, results[task_id]) + 1 for task_id, count in ends.items())

    @invariant()
    def nobody_is_asked_twice(self) -> None:
        asked = [(r["task_id"], r["worker_id"]) for r in self.rows("answer", "task_id, worker_id", "purpose = 1")]
        asked += [(r["of_task"], r["worker_id"]) for r in self.rows("work", "of_task, worker_id", SEATED)]
        assert len(set(asked)) == len(asked)

    @invariant()
    def money_is_where_it_belongs(self) -> None:
        available = sum(row["available_micros"] for row in self.rows("balance", "available_micros"))
        held = sum(row["price_micros"] for row in self.rows("work", "price_micros", "of_task = 0"))
        held += sum(row["held_micros"] for row in self.rows("panel", "held_micros", "state < 2"))
        spent = sum(row["charged_micros"] for row in self.rows("result", "charged_micros"))
        refunded = sum(row["refunded_micros"] for row in self.rows("report", "refunded_micros"))
        assert available + held + spent - refunded + self.recognised == self.topped_up
        pending = sum(row["amount_micros"] for row in self.rows("pending_pay", "amount_micros"))
        payable = sum(row["payable_micros"] for row in self.rows("wallet", "payable_micros"))
        cancelled = sum(row["cancelled_micros"] for row in self.rows("report", "cancelled_micros"))
        appealed = sum(row["pay_micros"] for row in self.rows("appeal", "pay_micros", "accepted"))
        assert appealed <= cancelled
        taken = sum(row["amount_micros"] for row in self.rows("payout", "amount_micros", "state < 3"))
        assert pending + payable + taken == self.solved * PAY - cancelled + appealed + self.voted * VOTE

    @invariant()
    def desks_hold_what_presences_say(self) -> None:
        held = dict.fromkeys(WORKERS, 0)
        for row in self.leases():
            held[row["worker_id"]] += 1
        assert {row["worker_id"]: row["held"] for row in self.rows("session", "worker_id, held")} == held
        assert max(held.values()) <= 2 + self.practice_at_most
        assert not any(row["worker_id"] in row["tried"] for row in self.leases())

    def rows(self, table: str, columns: str, where: str = "true") -> list[dict[str, Any]]:
        return self.run(self.stage.rows(table, columns, where)) if hasattr(self, "stage") else []

    def leases(self) -> list[dict[str, Any]]:
        return self.rows("work", "worker_id, task_id, lease, tried", "state <> 0")

    def on_desks(self) -> list[tuple[int, LeaseId]]:
        return [(row["worker_id"], LeaseId(self.stage.cell, row["task_id"], row["lease"])) for row in self.leases()]

    def answer_these(self, picked: list[tuple[int, LeaseId]], text: str) -> None:
        if picked:
            texts = [str("ab".index(text)) if lease.task_id in self.labels else text for _, lease in picked]
            commands = [self.stage.answering(*held, given) for held, given in zip(picked, texts, strict=True)]
            outcomes = self.run(self.stage.act(answer_tasks, *commands))
            taken = [outcome for outcome in outcomes if isinstance(outcome, Answered) and outcome.queue_id > 0]
            self.solved += sum(outcome.earned_micros > 0 for outcome in taken)

    def play(self, seed: int, steps: int) -> None:
        """Make a past: steps drawn from a seed, so that what follows begins in the middle of a working day."""
        chance = random.Random(seed)
        moves: dict[Callable[[], None], int] = {
            lambda: self.top_up(chance.choice(ACCOUNTS), chance.randint(1, 9 * PRICE), 1): 2,
            lambda: self.submit([tuple(map(chance.choice, (ACCOUNTS, QUEUES, TERMS))) for _ in range(4)], 1): 3,
            lambda: self.recognise(chance.choice(ACCOUNTS), chance.choices([0.0, 0.5, 0.95], k=2), 1): 2,
            lambda: self.hand_out(chance.choice(QUEUES)): 6,
            lambda: self.answer([chance.randint(0, 1_000) for _ in range(3)], "a"): 2,
            lambda: self.answer_all("b"): 3,
            lambda: self.skip(chance.randint(0, 1_000), chance.choice(REASONS)): 1,
            lambda: self.leave(chance.choice(WORKERS), chance.random() < 0.5): 1,
            lambda: self.come_back(chance.choice(WORKERS)): 2,
            lambda: self.wait(chance.choice([1, 30, 61])): 2,
            lambda: self.complain([chance.randint(0, 1_000) for _ in range(3)], chance.choice(ACCOUNTS)): 1,
            lambda: self.complain_of_the_newest(1): 6,
            lambda: self.judge(chance.choice(["confirm", "confirm", "reject"]), 1): 6,
            lambda: self.vote(chance.randint(0, 1_000), "confirm"): 1,
            lambda: self.appeal_all(chance.random() < 0.5, 1): 1,
            lambda: self.settle_overdue(chance.choice([0, 0, 24])): 2,
            lambda: self.ask_payout(chance.choice(REVIEWERS), chance.choice([1, PAY, 2 * PAY]), 1): 1,
            lambda: self.pay_everybody(chance.randrange(5)): 2,
            self.sweep: 1,
            self.vest: 1,
        }
        for move in chance.choices(list(moves), list(moves.values()), k=steps):
            move()


class PractisingMachine(PracticeMoves, LedgerMachine):
    """The same with people who fall below a floor and practise: a picture lies behind the two tasks of a desk."""

    practice_at_most = 1

    def play(self, seed: int, steps: int) -> None:
        """Make a past with many tries in it: paid and unpaid, of right and of wrong answers in turn."""
        chance = random.Random(seed)
        for paid, text in [*itertools.product((True, False), "ab")] * (PAST_TRIES // 4):
            super().play(chance.getrandbits(32), steps // PAST_TRIES)
            self.solve_some()
            self.practise(chance.choice(WORKERS), paid, 1)
            for _ in range(3):
                self.answer_all(text)

    def solve_some(self) -> None:
        """Let queue 1 have results: what a try is made of."""
        for account_id in ACCOUNTS:
            self.top_up(account_id, 2 * PRICE, 1)
        self.submit([(account_id, 1, None) for account_id in ACCOUNTS], 1)
        self.hand_out(1)
        self.answer_all("b")
