"""Nothing that reviewers do shows them more that is marked than their day allows (decisions 0079, 0081)."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.correct_votes import CorrectVote, correct_votes
from manyeyes.actions.decide_judgements import DecideJudgement, decide_judgements
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.renew_judgements import RenewJudgement, renew_judgements
from manyeyes.actions.renew_slots import RenewSlot, renew_slots
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.actions.settle_decisions import settle_decisions
from manyeyes.actions.settle_votes import settle_votes
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.skip_judgements import SkipJudgement, skip_judgements
from manyeyes.actions.skip_slots import SkipSlot, skip_slots
from manyeyes.actions.take_back_decisions import TakeBackDecision, take_back_decisions
from manyeyes.actions.take_back_votes import TakeBackVote, take_back_votes
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.reports.rules import Vote
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import SHORTEST_LOOK_SECONDS, Cap
from support.action_stage import Stage
from support.judged_results import asked, decide, take_judgement
from support.races import Batch, race
from support.settled_reviews import settling_decisions, settling_votes

MARKS = ContentMark.VIOLENCE | ContentMark.GORE
PICTURES, MINUTES = 6, 2
STEPS = 110
LEASED, GIVEN, ASIDE, AHEAD = 1, 2, 4, 5
UNDO = 10
TABLES = {"vote_slot": "n", "judgement": "purpose"}


class _Watch:
    """Counts, without asking what is counted, what a reviewer had before them that was marked, and for how long."""

    def __init__(self, stage: Stage, reviewer_id: int) -> None:
        self._stage, self._reviewer_id = stage, reviewer_id
        self.pictures: set[tuple[Any, ...]] = set()
        self.seconds = 0.0

    async def look(self) -> None:
        """Note what lies before them; nothing marked lies behind that."""
        self.pictures |= {key for key, _ in await self._marked(LEASED)}
        assert not await self._marked(AHEAD), "it would be fetched, and shown with a keypress, uncounted"

    async def later(self, seconds: float) -> None:
        """Let time go by, and count what lies before them meanwhile."""
        for _, until in await self._marked(LEASED):
            self.seconds += min(seconds, (until - self._stage.now).total_seconds())
        self._stage.later(seconds)

    async def _marked(self, state: int) -> list[tuple[tuple[Any, ...], datetime]]:
        marked = {row["task_id"] for row in await self._stage.rows("task", "task_id", "marks <> 0")}
        found = []
        for table, part in TABLES.items():
            rows = await self._stage.rows(
                table,
                f"task_id, {part} AS part, lease, lease_until",
                f"reviewer_id = {self._reviewer_id} AND state = {state}",
            )
            found += [
                ((table, row["task_id"], row["part"], row["lease"]), row["lease_until"])
                for row in rows
                if row["task_id"] in marked and row["lease_until"] > self._stage.now
            ]
        return found


class _Reviewer:
    """Does at random what reviewers, their pages and what happens by itself can do, some of it at the same time."""

    def __init__(self, stage: Stage, reviewer_id: int, chance: random.Random) -> None:
        self._stage, self._id, self._chance = stage, reviewer_id, chance

    async def act(self) -> None:
        """Do one thing, or several at once."""
        steps = [self._slot, self._judgement, self._sweeping, self._ahead, self._saying, self._saying, self._back]
        chosen = self._chance.sample([*steps, self._back, self._correcting, self._renewing, self._passing], 3)
        batches = [batch for step in chosen[: self._chance.choice((1, 1, 2, 3))] if (batch := await step())]
        if batches:
            await race(self._stage, *batches)

    async def leave(self) -> None:
        """Go: what lies before them and behind that goes to others."""
        await self._stage.act(return_lapsed_slots, ReturnLapsedSlots(self._stage.cell, self._id))
        await self._stage.act(return_lapsed_judgements, ReturnLapsedJudgements(self._stage.cell, self._id))

    async def go_on(self, watch: _Watch) -> None:
        """Judge one thing after the other until nothing comes any more."""
        while True:
            slot = await self._stage.take(self._id)
            judgement = await take_judgement(self._stage, self._id)
            await watch.look()
            await watch.later(3)
            assert len(watch.pictures) <= PICTURES
            if slot:
                await self._stage.vote(slot)
            if judgement:
                await decide(self._stage, judgement, "12345")
            if not slot and not judgement:
                return

    async def _of(self, table: str, *states: int) -> dict[str, Any] | None:
        named = ", ".join(map(str, states))
        columns = f"task_id, {TABLES[table]} AS part, lease"
        return self._one(await self._stage.rows(table, columns, f"reviewer_id = {self._id} AND state IN ({named})"))

    def _one(self, found: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        return self._chance.choice(found) if found else None

    async def _slot_id(self, *states: int) -> SlotId | None:
        found = await self._of("vote_slot", *states)
        return SlotId(self._stage.cell, found["task_id"], found["part"], found["lease"]) if found else None

    async def _judgement_id(self, *states: int) -> JudgementId | None:
        found = await self._of("judgement", *states)
        return JudgementId(self._stage.cell, found["task_id"], found["lease"]) if found else None

    async def _slot(self) -> Batch:
        return take_slots, [TakeSlot(self._stage.cell, self._id, (1,))]

    async def _judgement(self) -> Batch:
        return take_judgements, [TakeJudgement(self._stage.cell, self._id, (1,))]

    async def _ahead(self) -> Batch:
        if self._chance.random() < 0.5:
            return lay_slots_ahead, [LaySlotAhead(self._stage.cell, self._id, (1,))]
        return lay_judgements_ahead, [LayJudgementAhead(self._stage.cell, self._id, (1,))]

    async def _saying(self) -> Batch | None:
        undo = self._chance.choice((0, UNDO, UNDO))
        if (slot := await self._slot_id(LEASED)) and self._chance.random() < 0.5:
            said: dict[str, Any] = {"vote": self._chance.choice(list(Vote)), "reason": "seen"}
            return cast_votes, [CastVote(cell=slot.cell, reviewer_id=self._id, slot=slot, undo_seconds=undo, **said)]
        judgement = await self._judgement_id(LEASED)
        if not judgement:
            return None
        return decide_judgements, [DecideJudgement(judgement.cell, self._id, judgement, "12345", undo)]

    async def _back(self) -> Batch | None:
        if (slot := await self._slot_id(ASIDE)) and self._chance.random() < 0.6:
            return take_back_votes, [TakeBackVote(slot.cell, self._id, slot)]
        judgement = await self._judgement_id(ASIDE)
        return (take_back_decisions, [TakeBackDecision(judgement.cell, self._id, judgement)]) if judgement else None

    async def _correcting(self) -> Batch | None:
        slot = await self._slot_id(GIVEN, ASIDE)
        if not slot:
            return None
        vote = self._chance.choice(list(Vote))
        return correct_votes, [CorrectVote(cell=slot.cell, reviewer_id=self._id, slot=slot, vote=vote, reason="again")]

    async def _renewing(self) -> Batch | None:
        if (slot := await self._slot_id(LEASED)) and self._chance.random() < 0.5:
            return renew_slots, [RenewSlot(slot.cell, self._id, slot)]
        judgement = await self._judgement_id(LEASED)
        return (renew_judgements, [RenewJudgement(judgement.cell, self._id, judgement)]) if judgement else None

    async def _passing(self) -> Batch | None:
        if (slot := await self._slot_id(LEASED)) and self._chance.random() < 0.5:
            return skip_slots, [SkipSlot(slot.cell, self._id, slot)]
        judgement = await self._judgement_id(LEASED)
        return (skip_judgements, [SkipJudgement(judgement.cell, self._id, judgement)]) if judgement else None

    async def _sweeping(self) -> Batch | None:
        cell = self._stage.cell
        sweeps: list[Batch] = [
            (settle_votes, await settling_votes(self._stage)),
            (settle_decisions, await settling_decisions(self._stage)),
            (return_lapsed_slots, [ReturnLapsedSlots(cell)]),
            (return_lapsed_judgements, [ReturnLapsedJudgements(cell)]),
        ]
        action, commands = self._chance.choice(sweeps)
        return (action, commands) if commands else None


@pytest.mark.parametrize("seed", range(8))
async def test_the_next_one_never_comes_by_any_path_of_a_reviewer(stage: Stage, seed: int):
    chance = random.Random(seed)
    stage.now = stage.now.replace(hour=6) + timedelta(days=1)  # a cap is a day's, which does not end meanwhile
    account_id, author = await stage.account(), await stage.worker()
    made = [await stage.solve(account_id, author) for _ in range(14)]
    for task_id in made:
        await stage.complain(account_id, task_id)
    await stage.go(author)
    made += [(await asked(stage, "12345", "99", account_id=account_id))[0] for _ in range(14)]
    marked = [task_id for task_id in made if chance.random() < 0.75]
    await stage.change("UPDATE task SET marks = $2 WHERE cell = $1 AND task_id = ANY ($3)", MARKS, marked)
    reviewer_id = stage.number()
    chosen = ChooseMarks(cell=stage.cell, worker_id=reviewer_id, queue_id=1, agreed=MARKS)
    await stage.act(choose_marks, chosen)
    capped = SetCaps(cell=stage.cell, worker_id=reviewer_id, caps={ContentMark.GORE: Cap(PICTURES, MINUTES)})
    await stage.act(set_caps, capped)
    watch, reviewer = _Watch(stage, reviewer_id), _Reviewer(stage, reviewer_id, chance)
    for _ in range(STEPS):
        await reviewer.act() if chance.random() < 0.97 else await reviewer.leave()
        await watch.look()
        await watch.later(chance.choice((0, 1, 3, 5, 12)))
        assert len(watch.pictures) <= PICTURES
        assert watch.seconds <= 60 * MINUTES
    await reviewer.leave()
    await reviewer.go_on(watch)
    async with stage.transaction() as tx:
        spent = (await wellbeing.lock(tx, stage.cell, [reviewer_id]))[reviewer_id].spent[ContentMark.GORE]
    assert spent.pictures == PICTURES or spent.ms > 60_000 * MINUTES - 1_000 * SHORTEST_LOOK_SECONDS, "all that may be"
    assert len(watch.pictures) <= spent.pictures
    assert watch.seconds * 1_000 <= spent.ms
    assert (await stage.books()).findings == []
