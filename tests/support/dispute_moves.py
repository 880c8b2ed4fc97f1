"""What customers, reviewers and workers do about answers, as moves of the ledger's machine."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.file_complaints import file_complaints
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.reports.rules import REPORT_SECONDS, Slot
from support.action_stage import Stage

ACCOUNTS, WORKERS = (1, 2), (11, 12, 13)
REVIEWERS = (*WORKERS, 14)  # workers judge each other, and one does nothing else
VOTE = 100  # micros, as the first rows of `queue` say


class RecourseMoves(RuleBasedStateMachine):
    """Plays on the stage of the machine that has these moves; `voted` counts the votes that were taken."""

    runner: asyncio.Runner
    stage: Stage
    submitted: set[int]
    seen_slots: list[Slot]
    voted: int

    @rule(which=st.lists(st.integers(0, 1_000), min_size=1, max_size=3), account_id=st.sampled_from(ACCOUNTS))
    def complain(self, which: list[int], account_id: int) -> None:
        """Complain about any task there ever was: early, late, repeated and foreign ones too."""
        tasks = sorted(self.submitted)
        commands = [self.stage.complaining(account_id, tasks[i % len(tasks)]) for i in which if tasks]
        if commands:
            self.run(self.stage.act(file_complaints, *commands))

    @rule(times=st.integers(1, 2))
    def complain_of_the_newest(self, times: int) -> None:
        """Complain about the answers of the last minute, each by whom it was given to."""
        since = self.stage.now - timedelta(seconds=REPORT_SECONDS)
        fresh = [r for r in self.rows("result", "account_id, task_id, ended_at") if r["ended_at"] > since]
        commands = [self.stage.complaining(r["account_id"], r["task_id"], retried=True) for r in fresh]
        for _ in range(times if commands else 0):
            self.run(self.stage.act(file_complaints, *commands))

    @rule(vote=st.sampled_from(["confirm", "reject"]), times=st.integers(1, 2))
    def judge(self, vote: str, times: int) -> None:
        """Let every reviewer take what they may have, and vote on it."""
        commands = [TakeSlot(self.stage.cell, reviewer, (1, 2)) for reviewer in REVIEWERS]
        taken = [slot for slot in self.run(self.stage.act(take_slots, *commands)) if slot]
        self.seen_slots += [slot for slot in taken if slot not in self.seen_slots]
        for _ in range(times):
            self.vote_on(taken, vote)

    @rule(which=st.integers(0, 1_000), vote=st.sampled_from(["confirm", "reject"]))
    def vote(self, which: int, vote: str) -> None:
        """Vote on any slot that was ever given: late and repeated votes too."""
        if self.seen_slots:
            self.vote_on([self.seen_slots[which % len(self.seen_slots)]], vote)

    @rule(hours=st.sampled_from([0, 24]))
    def settle_overdue(self, hours: int) -> None:
        """Settle reports that are open for ``hours``, and return lapsed slots."""
        self.run(self.stage.act(settle_overdue_reports, SettleOverdueReports(self.stage.cell, hours)))
        self.run(self.stage.act(return_lapsed_slots, ReturnLapsedSlots(self.stage.cell)))

    @rule(accepted=st.booleans(), times=st.integers(1, 2))
    def appeal_all(self, accepted: bool, times: int) -> None:
        """Appeal against everything, as whoever gave the answer; decide it all, and again."""
        for _ in range(times):
            reported = self.rows("report", "task_id, worker_id")
            given = self.rows("answer", "task_id, worker_id, answer_id")
            authors = [(r["worker_id"], r["task_id"]) for r in [*reported, *given] if r["worker_id"]]
            appeals = [FileAppeal(self.stage.cell, *author, "words") for author in authors]
            numbers = [r["task_id"] for r in reported] + [r["answer_id"] for r in given]
            decisions = [DecideAppeal(self.stage.cell, number, accepted) for number in numbers]
            if appeals:
                self.run(self.stage.act(file_appeals, *appeals))
                self.run(self.stage.act(decide_appeals, *decisions))

    @invariant()
    def each_complaint_is_judged_by_strangers_once(self) -> None:
        """Fail when a reviewer judged a complaint twice or their own answer, or counts of votes disagree."""
        slots = self.rows("vote_slot", "task_id, reviewer_id, author_id, state", "reviewer_id <> 0")
        assert len({(row["task_id"], row["reviewer_id"]) for row in slots}) == len(slots)
        assert not any(row["reviewer_id"] == row["author_id"] for row in slots)
        seats = self.rows("answer", "task_id, worker_id", "purpose = 1")  # one may practise with what one judged
        authors = {(row["task_id"], row["worker_id"]) for row in seats}
        assert not authors & {(row["task_id"], row["reviewer_id"]) for row in slots}
        decided = {row["task_id"] for row in self.rows("report", "task_id", "state <> 0")}
        assert not any(row["task_id"] in decided for row in slots if row["state"] == 1)
        votes = [row for row in slots if row["state"] == 2]
        assert len(votes) == self.voted
        judged = sum(row["judged"] for row in self.rows("reporter", "judged"))
        assert judged == len(self.rows("report", "task_id", "state IN (1, 2) AND why = ''"))

    def vote_on(self, picked: list[Slot], vote: str) -> None:
        """Vote, and count what was paid: each slot at most once."""
        if picked:
            before = {(row["task_id"], row["n"]) for row in self.rows("vote_slot", "task_id, n", "state = 2")}
            outcomes = self.run(self.stage.act(cast_votes, *[self.stage.voting(slot, vote) for slot in picked]))
            taken = [s for s, outcome in zip(picked, outcomes, strict=True) if isinstance(outcome, Voted)]
            self.voted += len({(s.task_id, s.n) for s in taken} - before)

    def run(self, work: Any) -> Any:
        """Run a coroutine to its end and return its result; the machine says how."""
        raise NotImplementedError

    def rows(self, table: str, columns: str, where: str = "true") -> list[dict[str, Any]]:
        """Return the cell's rows of a table; the machine says how."""
        raise NotImplementedError
