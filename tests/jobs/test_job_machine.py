"""Any history of jobs: whatever is repeated, lost or killed between two steps, counts and money are right."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import asyncpg
import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from manyeyes.actions.claim_jobs import ClaimedJob
from manyeyes.actions.close_overdue_judgements import CloseOverdueJudgements, close_overdue_judgements
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.feed_jobs import FedLine, feed_jobs
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.tell_stuck_jobs import TellStuckJobs, tell_stuck_jobs
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms, Uncertain
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import Job, JobVerb
from manyeyes.tasks.rules import Assurance
from support.action_stage import PRICE, Stage, set_stage
from support.job_lives import change, claim, draft, feeding, find, settle, told
from support.judged_results import decide, take_judgement

pytestmark = pytest.mark.long

HISTORIES, PAST_STEPS, STEPS = 25, 30, 8
WORKERS = (11, 12, 13)
SEVERAL = (
    PeopleTerms(answers=2, answers_at_most=3),
    PeopleTerms(answers=3, answers_at_most=3, uncertain=Uncertain.REVIEW),
    PeopleTerms(answers=2, answers_at_most=3, wrong_at_most=0.05, uncertain=Uncertain.REVIEW),
    PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5),
)
SEED = b"chance"
HOOK = "https://customer.example/jobs"
AWAY = "https://pictures.example/1.png"
TERMS = (ONE_ANSWER, ONE_ANSWER, ONE_ANSWER, *SEVERAL)
TEXTS = ("A", "B")
FEW = st.integers(0, 40)  # picks one of what there is


class JobMachine(RuleBasedStateMachine):
    """Each history lives in a cell of its own."""

    runner: asyncio.Runner
    pool: asyncpg.Pool
    cells = iter(range(500_000, 1_000_000))
    stories = cycle([(SEVERAL[0], "AA"), (SEVERAL[3], "AB"), (SEVERAL[2], "ABC"), (ONE_ANSWER, "")])

    def run(self, work: Awaitable[Any]) -> Any:
        return self.runner.run(work)  # type: ignore[arg-type]

    @initialize(tasks=st.integers(0, 25), seed=st.integers(0, 2**32))
    def begin(self, tasks: int, seed: int) -> None:
        self.stage: Stage = self.run(set_stage(self.pool, next(self.cells)))
        self.stage._number = 100
        self.run(self.stage.pool.execute("UPDATE queue SET audit_share = 0.3 WHERE queue_id = 1"))
        self.account_id = self.run(self.stage.account(tasks * PRICE))
        self.job_ids: list[int] = []
        self.claims: list[ClaimedJob] = []
        self.leases: list[tuple[int, LeaseId]] = []
        for worker_id in WORKERS:
            self.run(self.stage.come(worker_id))
        people, texts = next(self.stories)
        self.ask_several(people, texts)
        self.decide(texts[:1] or None)
        self.play(random.Random(seed), PAST_STEPS)

    def play(self, chance: random.Random, steps: int) -> None:
        """Make a past that steps which are drawn one by one would hardly reach."""
        moves: dict[Callable[[], None], int] = {
            lambda: self.open(chance.randint(1, 6), None, chance.random() < 0.4, True, chance.choice(TERMS)): 3,
            lambda: self.claim(chance.randint(0, 9), 4): 4,
            lambda: self.feed(-1, {0} if chance.random() < 0.3 else set(), 1, False): 5,
            self.hand_out: 3,
            lambda: self.finish(chance.randint(0, 3), True, 1, chance.choice(TEXTS)): 4,
            lambda: self.decide(chance.choice([*TEXTS, None])): 1,
            lambda: self.complain(chance.randint(0, 9)): 1,
            lambda: self.move(chance.randint(0, 9), chance.choice([JobVerb.PAUSE, JobVerb.START])): 1,
            lambda: self.settle(chance.randint(0, 9)): 1,
            lambda: self.wait(chance.choice([1, 61, 700])): 2,
        }
        for move in chance.choices(list(moves), list(moves.values()), k=steps):
            move()

    @rule(
        items=st.integers(0, 6),
        tasks=st.none() | st.integers(0, 6),
        is_away=st.booleans(),
        start=st.booleans(),
        people=st.sampled_from(TERMS),
    )
    def open(self, items: int, tasks: int | None, is_away: bool, start: bool, people: PeopleTerms) -> None:
        terms: dict[str, Any] = {"budget_micros": None if tasks is None else tasks * PRICE, "callback_url": HOOK}
        terms["terms"] = people
        url = AWAY if is_away else ""
        self.job_ids.append(self.run(draft(self.stage, self.account_id, items, picture_url=url, **terms)))
        if start:
            self.run(change(self.stage, self.job_ids[-1], verb=JobVerb.START))

    @rule(n=FEW, verb=st.sampled_from([JobVerb.START, JobVerb.START, JobVerb.PAUSE, JobVerb.CANCEL]))
    def move(self, n: int, verb: JobVerb) -> None:
        if self.job_ids:
            self.run(change(self.stage, self._job(n), verb=verb))

    @rule(n=FEW, tasks=st.none() | st.integers(0, 8))
    def bound(self, n: int, tasks: int | None) -> None:
        if self.job_ids:
            self.run(change(self.stage, self._job(n), budget_micros=None if tasks is None else tasks * PRICE))

    @rule(n=FEW, seconds=st.none() | st.integers(1, 200))
    def hurry(self, n: int, seconds: int | None) -> None:
        if self.job_ids:
            deadline = None if seconds is None else self.stage.now + timedelta(seconds=seconds)
            self.run(change(self.stage, self._job(n), deadline=deadline))

    @rule(n=FEW, limit=st.integers(0, 5))
    def claim(self, n: int, limit: int) -> None:
        """Claim a job; whoever has it may be killed before they feed it."""
        if self.job_ids:
            claimed = self.run(claim(self.stage, self._job(n), limit))
            self.claims += [claimed] if claimed else []

    @rule(n=FEW, broken=st.sets(st.integers(0, 4)), times=st.integers(1, 2), is_late=st.booleans())
    def feed(self, n: int, broken: set[int], times: int, is_late: bool) -> None:
        """Feed a job under a new or an old claim; the command may come again, its reply having been lost."""
        if not self.claims:
            return
        claimed = self.claims[n % len(self.claims)]
        lines = list(feeding(self.stage, claimed).lines)
        lines = [FedLine(each.task_id, fault="gone") if at in broken else each for at, each in enumerate(lines)]
        command = feeding(self.stage, claimed, fed=tuple(lines), is_late=is_late, goes_on=is_late)
        for _ in range(times):
            (fed,) = self.run(self.stage.act(feed_jobs, command))
            job = self.run(find(self.stage, claimed.job.job_id))
            if fed.entered and job.budget_micros is not None:
                assert job.spent_micros <= job.budget_micros

    @rule(n=FEW)
    def settle(self, n: int) -> None:
        if self.job_ids:
            self.run(settle(self.stage, self._job(n), self._job(n + 1)))

    @rule()
    def hand_out(self) -> None:
        self.run(self.stage.hand_out())
        for worker_id in WORKERS:
            held = self.run(self.stage.desk(worker_id))
            self.leases += [(worker_id, self.stage.lease_of(work)) for work in held]

    @rule(
        n=FEW,
        is_answer=st.sampled_from([True, True, False]),
        times=st.integers(1, 2),
        text=st.sampled_from(TEXTS),
    )
    def finish(self, n: int, is_answer: bool, times: int, text: str) -> None:
        """Answer a task, or a seat of one, or pass it on, on a lease of now or of before."""
        if self.leases:
            worker_id, lease = self.leases[-1 - n % len(self.leases)]
            for _ in range(times):
                if is_answer:
                    self.run(self.stage.answer(worker_id, lease, text, SEED))
                else:
                    self.run(self.stage.skip(worker_id, lease))

    @rule(people=st.sampled_from(SEVERAL), texts=st.text("AB", min_size=1, max_size=3))
    def ask_several(self, people: PeopleTerms, texts: str) -> None:
        """Let all look at a new job's one picture: steps by themselves hardly come to its end."""
        self.top_up(3)
        self.open(1, None, False, True, people)
        self.claim(-1, 4)
        self.feed(-1, set(), 1, False)
        for text in texts:
            self.hand_out()
            self.finish(0, True, 1, text)

    @rule(value=st.none() | st.sampled_from(TEXTS))
    def decide(self, value: str | None) -> None:
        """Let a reviewer decide what people did not settle, or audit what stands; twice, the first reply being lost."""
        judgement = self.run(take_judgement(self.stage, self.stage.number()))
        for _ in range(2 if judgement else 0):
            self.run(decide(self.stage, judgement, value))

    @rule(n=FEW)
    def complain(self, n: int) -> None:
        solved = self.run(self.stage.rows("result", "task_id", "ending = 0"))
        if solved:
            self.run(self.stage.complain(self.account_id, solved[n % len(solved)]["task_id"]))
            if self.run(self.stage.rows("report", "task_id", "state = 0")):
                self.run(self.stage.judge("confirm", "confirm"))

    @rule(seconds=st.sampled_from([1, 31, 61, 700, 4_000]))
    def wait(self, seconds: int) -> None:
        self.stage.later(seconds)
        self.run(self.stage.return_lapsed())
        self.run(self.stage.act(end_overdue_tasks, EndOverdueTasks(self.stage.cell)))
        self.run(self.stage.act(tell_stuck_jobs, TellStuckJobs(self.stage.cell)))

    @rule(tasks=st.integers(1, 5))
    def top_up(self, tasks: int) -> None:
        command = TopUp(self.stage.cell, self.stage.number(), self.account_id, tasks * PRICE)
        self.run(self.stage.act(top_up_accounts, command))

    @invariant()
    def books_hold(self) -> None:
        if hasattr(self, "stage"):
            assert self.run(self.stage.books()).findings == []
            events = Counter(self.run(told(self.stage)))
            over = {job.job_id for job in self._found() if job.is_over and job.items}
            assert {job_id: events["job.finished", job_id] for job_id in over} == dict.fromkeys(over, 1)

    def teardown(self) -> None:
        """Cancel everything: all of it ends, and nothing stays held."""
        if not getattr(self, "job_ids", None):
            return
        for job_id in self.job_ids:
            self.run(change(self.stage, job_id, verb=JobVerb.CANCEL))
        for worker_id in WORKERS:
            self.run(self.stage.go(worker_id))
        self.run(settle(self.stage, *self.job_ids))
        self.run(self.stage.act(close_overdue_judgements, CloseOverdueJudgements(self.stage.cell, 0)))
        assert [job.job_id for job in self._found() if not job.is_over or job.held_micros or job.open] == []
        assert self.run(self.stage.rows("work")) == []
        self.books_hold()

    def _found(self) -> list[Job]:
        return list(self.run(self.stage.read(jobs.jobs, self.stage.cell, self.job_ids)).values())

    def _job(self, n: int) -> int:
        return self.job_ids[n % len(self.job_ids)]


@pytest.fixture
async def histories(create_database: Callable[[str], Awaitable[str]]) -> str:
    """The DSN of a database of its own: its many cells are no other test's."""
    return await create_database("histories_of_jobs")


@pytest.fixture
def machine(histories: str) -> Iterator[type[JobMachine]]:
    """The machine on a pool of one connection, in an event loop of its own."""
    with asyncio.Runner() as runner:

        async def connect() -> asyncpg.Pool:
            return await asyncpg.create_pool(histories, min_size=1, max_size=1)

        pool = runner.run(connect())
        yield type("OnThisServer", (JobMachine,), {"runner": runner, "pool": pool})
        runner.run(pool.close())


def test_any_history_of_jobs_keeps_the_books(machine: type[JobMachine]):
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
    reached = machine.runner.run(machine.pool.fetch("SELECT DISTINCT ending FROM result WHERE job_id <> 0"))
    assert {row["ending"] for row in reached} >= {0, 2, 4, 5}
    several = machine.runner.run(machine.pool.fetch("SELECT DISTINCT assurance FROM result WHERE answers > 1"))
    assert {row["assurance"] for row in several} >= {*Assurance} - {Assurance.ONE_WORD}
