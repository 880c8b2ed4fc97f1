"""What people below a floor do with a training set, as moves of the ledger's machine."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.dispatch.rules import Purpose
from manyeyes.skills import evidence
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers
from support.action_stage import Stage
from support.dispute_moves import WORKERS, RecourseMoves

GOLD_OF_RESULTS = (
    "INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at) "
    "SELECT t.cell, t.task_id, t.account_id, t.queue_id, t.question_id, CASE t.kind WHEN 'label_picture' THEN '1' "
    "ELSE 'b' END, 0, $2 FROM task AS t JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id "
    "WHERE t.cell = $1 AND t.queue_id = 1 AND r.kept AND r.media <> '' AND r.ending = 0 ORDER BY t.task_id LIMIT 4 "
    "ON CONFLICT DO NOTHING"
)

SAVED_BEFORE = (
    "INSERT INTO training (cell, queue_id, task_ids, is_paid, pass_mark, set_at) VALUES ($1, 1, $2, $3, 0.6, $4)"
)


class PracticeMoves(RecourseMoves):
    """Plays on the stage of the machine that has these moves."""

    stage: Stage
    seen_leases: list[tuple[int, LeaseId]]

    @rule(worker_id=st.sampled_from(WORKERS), paid=st.booleans(), times=st.integers(1, 2))
    def practise(self, worker_id: int, paid: bool, times: int) -> None:
        """Let somebody fall below the floor of queue 1 and practise with what others answered; or go on."""
        self.run(self.stage.change(GOLD_OF_RESULTS, self.stage.now))
        known = sorted(row["task_id"] for row in self.rows("gold", "task_id", "aside_at IS NULL AND queue_id = 1"))[:2]
        made = SetTraining(cell=self.stage.cell, queue_id=1, task_ids=tuple(known), is_paid=paid, pass_mark=0.6)
        (outcome,) = self.run(self.stage.act(set_trainings, made))
        if isinstance(
            outcome, Refusal
        ):  # two labels are guessed: then as a set that was saved before that was looked at
            assert "who guesses" in outcome.detail, outcome
            self.run(self.stage.change("DELETE FROM training WHERE cell = $1 AND queue_id = 1"))
            self.run(self.stage.change(SAVED_BEFORE, known, paid, self.stage.now))
        self.run(self._bar(worker_id))
        command = BeginPractice(self.stage.cell, worker_id, 1, 1, ("en",))
        for _ in range(times):
            self.run(self.stage.act(begin_practice, command))
        for row in self.rows("work", "worker_id, task_id, lease", f"purpose = {Purpose.PRACTICE}"):
            held = row["worker_id"], LeaseId(self.stage.cell, row["task_id"], row["lease"])
            self.seen_leases += [held] if held not in self.seen_leases else []

    async def _bar(self, worker_id: int) -> None:
        async with self.stage.transaction() as tx:
            await workers.lock_sessions(tx, self.stage.cell, [worker_id])
            await evidence.lock_skills(tx, self.stage.now, self.stage.cell, [(1, worker_id)])
            await workers.drop_queues(tx, self.stage.cell, [(1, worker_id)])
        barred = "UPDATE skill SET barred_at = $3, barred_why = 'floor' WHERE cell = $1 AND worker_id = $2"
        await self.stage.change(barred, worker_id, self.stage.now)

    @rule(worker_id=st.sampled_from(WORKERS))
    def give_the_queue_back(self, worker_id: int) -> None:
        command = DecideBar(cell=self.stage.cell, worker_id=worker_id, queue_id=1, is_lifted=True)
        self.run(self.stage.act(decide_bars, command))

    @rule(which=st.integers(0, 3))
    def deny_gold(self, which: int) -> None:
        """Put a piece of gold aside, perhaps in the middle of a try."""
        task_ids = [row["task_id"] for row in self.rows("gold", "task_id", "aside_at IS NULL")]
        if task_ids:
            aside = "UPDATE gold SET aside_at = $3 WHERE cell = $1 AND task_id = $2"
            self.run(self.stage.change(aside, task_ids[which % len(task_ids)], self.stage.now))

    @invariant()
    def nobody_practises_two_pictures_at_once(self) -> None:
        held = [row["worker_id"] for row in self.rows("work", "worker_id", f"purpose = {Purpose.PRACTICE}")]
        assert len(set(held)) == len(held)
        assert 0 not in held, "practice waits for nobody"

    @invariant()
    def tries_are_counted_as_answered(self) -> None:
        """What was right was answered; an open try has something left, and one that is passed has nothing."""
        answers = self.rows("answer", "worker_id, is_right, answered_at", f"purpose = {Purpose.PRACTICE}")
        for each in self.rows("practice", "*"):
            right = [a for a in answers if a["is_right"] and a["worker_id"] == each["worker_id"]]
            assert each["correct"] <= len(right)
            assert each["left_ids"] or each["ended_at"] is not None
            assert not (each["left_ids"] and each["is_passed"])
