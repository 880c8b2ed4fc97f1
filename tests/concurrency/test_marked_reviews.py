"""What is marked, before a reviewer: never laid ahead, ended when they have said it, begun again when taken back."""

from datetime import timedelta

import pytest

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.skip_slots import SkipSlot, skip_slots
from manyeyes.actions.take_back_decisions import TakeBackDecision, take_back_decisions
from manyeyes.actions.take_back_votes import TakeBackVote, take_back_votes
from manyeyes.certainty.rules import Judgement, JudgementState
from manyeyes.reports.rules import Slot, SlotState
from manyeyes.values.marks import ContentMark
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Cap, Spent
from support.action_stage import Stage
from support.judged_results import asked, decide, take_judgement
from support.settled_reviews import settle_decisions, settle_votes
from support.slot_moves import slot_of

UNDO = 10
GORE = ContentMark.GORE


async def reviewer(stage: Stage, minutes: int = 60) -> int:
    """Return the number of a new reviewer who said yes to gore, of which they see so many minutes a day."""
    reviewer_id = stage.number()
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=reviewer_id, queue_id=1, agreed=GORE))
    await stage.act(set_caps, SetCaps(cell=stage.cell, worker_id=reviewer_id, caps={GORE: Cap(100, minutes)}))
    return reviewer_id


async def mark(stage: Stage, marks: int, *task_ids: int) -> None:
    """Mark tasks; all of them when none are named."""
    await stage.change(
        "UPDATE task SET marks = $2 WHERE cell = $1 AND (task_id = ANY ($3) OR $3 = '{}')", marks, list(task_ids)
    )


async def disputed(stage: Stage, number: int) -> list[int]:
    """Return so many tasks, each with a complaint of its customer's."""
    account_id, worker_id = await stage.account(), await stage.worker()
    made = []
    for _ in range(number):
        made.append(await stage.solve(account_id, worker_id))
        await stage.complain(account_id, made[-1])
        stage.later(1)
    return made


async def spent(stage: Stage, reviewer_id: int) -> Spent:
    """Return what of gore they were shown today."""
    async with stage.transaction() as tx:
        return (await wellbeing.lock(tx, stage.cell, [reviewer_id]))[reviewer_id].spent.get(GORE, Spent())


async def ahead(stage: Stage, reviewer_id: int) -> Slot | None:
    (found,) = await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, reviewer_id, (1,)))
    return found


async def vote_back(stage: Stage, slot: Slot) -> Slot | Refusal:
    (outcome,) = await stage.act(take_back_votes, TakeBackVote(stage.cell, slot.reviewer_id, slot_of(stage, slot)))
    return outcome


async def decision_back(stage: Stage, judgement: Judgement) -> Judgement | Refusal:
    lease = JudgementId(stage.cell, judgement.task_id, judgement.lease)
    command = TakeBackDecision(stage.cell, judgement.reviewer_id, lease)
    return (await stage.act(take_back_decisions, command))[0]


async def test_only_what_has_no_mark_lies_behind(stage: Stage):
    first, second, third = await disputed(stage, 3)
    await mark(stage, GORE, second)
    reviewer_id = await reviewer(stage)
    held = await stage.take(reviewer_id)
    assert held
    assert held.task_id == first
    found = await ahead(stage, reviewer_id)
    assert found
    assert (found.task_id, found.marks) == (third, 0)


async def test_what_was_marked_while_it_lay_behind_is_neither_told_nor_shown(stage: Stage):
    first, second = await disputed(stage, 2)
    slot = await stage.take(stage.number())
    assert slot
    assert await ahead(stage, slot.reviewer_id)
    await mark(stage, GORE, second)
    assert await ahead(stage, slot.reviewer_id) is None
    await stage.vote(slot)
    assert await stage.take(slot.reviewer_id) is None, "they did not say yes to it"
    assert slot.task_id == first


async def test_a_marked_result_is_not_laid_behind(stage: Stage):
    for _ in range(2):
        await asked(stage, "12345", "99")
    judgement = await take_judgement(stage, await reviewer(stage))
    assert judgement
    await mark(stage, GORE)
    command = LayJudgementAhead(stage.cell, judgement.reviewer_id, (1,))
    assert await stage.act(lay_judgements_ahead, command) == [None]


async def test_a_vote_ends_the_look_and_its_settling_does_not_end_it_again(stage: Stage):
    await disputed(stage, 1)
    await mark(stage, GORE)
    slot = await stage.take(await reviewer(stage))
    assert slot
    stage.later(7)
    await stage.vote(slot, undo_seconds=UNDO)
    assert await spent(stage, slot.reviewer_id) == Spent(1, 7_000)
    stage.later(UNDO)
    assert await settle_votes(stage) == 1
    assert await spent(stage, slot.reviewer_id) == Spent(1, 7_000)


async def test_a_complaint_that_is_passed_on_gives_back_what_was_not_looked(stage: Stage):
    await disputed(stage, 1)
    await mark(stage, GORE)
    slot = await stage.take(await reviewer(stage))
    assert slot
    stage.later(3)
    await stage.act(skip_slots, SkipSlot(stage.cell, slot.reviewer_id, slot_of(stage, slot)))
    assert await spent(stage, slot.reviewer_id) == Spent(1, 3_000)


async def test_a_vote_taken_back_begins_the_look_again_as_the_same_picture(stage: Stage):
    await disputed(stage, 1)
    await mark(stage, GORE)
    slot = await stage.take(await reviewer(stage, minutes=1))
    assert slot
    stage.later(20)
    await stage.vote(slot, undo_seconds=UNDO)
    stage.later(5)
    again = await vote_back(stage, slot)
    assert isinstance(again, Slot)
    assert again.lease_until == stage.now + timedelta(seconds=40), "a minute, less what was looked"
    assert await spent(stage, slot.reviewer_id) == Spent(1, 60_000)
    assert await vote_back(stage, slot) == again
    stage.later(10)
    await stage.vote(again, undo_seconds=UNDO)
    assert await spent(stage, slot.reviewer_id) == Spent(1, 30_000)


async def test_a_decision_taken_back_begins_the_look_again(stage: Stage):
    await asked(stage, "12345", "99")
    await mark(stage, GORE)
    judgement = await take_judgement(stage, await reviewer(stage))
    assert judgement
    stage.later(20)
    await decide(stage, judgement, "99", UNDO)
    assert await spent(stage, judgement.reviewer_id) == Spent(1, 20_000)
    again = await decision_back(stage, judgement)
    assert isinstance(again, Judgement)
    stage.later(10)
    await decide(stage, again, "99", UNDO)
    stage.later(UNDO)
    assert await settle_decisions(stage) == 1
    assert await spent(stage, judgement.reviewer_id) == Spent(1, 30_000)


@pytest.mark.parametrize("of", ["votes", "decisions"])
async def test_it_does_not_come_back_to_who_wants_it_no_more(stage: Stage, of: str):
    reviewer_id = await reviewer(stage)
    if of == "votes":
        await disputed(stage, 1)
        await mark(stage, GORE)
        slot = await stage.take(reviewer_id)
        assert slot
        await stage.vote(slot, undo_seconds=UNDO)
    else:
        await asked(stage, "12345", "99")
        await mark(stage, GORE)
        judgement = await take_judgement(stage, reviewer_id)
        assert judgement
        await decide(stage, judgement, "99", UNDO)
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=reviewer_id, avoided=GORE))
    before = await stage.everything()
    outcome = await vote_back(stage, slot) if of == "votes" else await decision_back(stage, judgement)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.TOO_LATE
    assert await stage.everything() == before


async def test_what_was_looked_at_meanwhile_goes_to_others_where_it_is_marked(stage: Stage):
    first, second, third = await disputed(stage, 3)
    await mark(stage, GORE, second)
    reviewer_id = await reviewer(stage)
    slot = await stage.take(reviewer_id)
    assert slot
    await stage.vote(slot, undo_seconds=UNDO)
    looked = await stage.take(reviewer_id)
    behind = await ahead(stage, reviewer_id)
    assert looked
    assert behind
    assert (slot.task_id, looked.task_id, behind.task_id) == (first, second, third)
    stage.later(2)
    assert isinstance(await vote_back(stage, slot), Slot)
    theirs = {
        row["task_id"]: row["state"] for row in await stage.rows("vote_slot", where=f"reviewer_id = {reviewer_id}")
    }
    assert theirs == {first: SlotState.LEASED, third: SlotState.AHEAD}
    assert await spent(stage, reviewer_id) == Spent(1, 2_000)


async def test_a_result_that_was_looked_at_meanwhile_goes_to_others_where_it_is_marked(stage: Stage):
    made = []
    for _ in range(2):
        made.append((await asked(stage, "12345", "99"))[0])
        stage.later(1)
    await mark(stage, GORE, made[1])
    reviewer_id = await reviewer(stage)
    judgement = await take_judgement(stage, reviewer_id)
    assert judgement
    await decide(stage, judgement, "99", UNDO)
    assert await take_judgement(stage, reviewer_id)
    assert isinstance(await decision_back(stage, judgement), Judgement)
    theirs = {row["task_id"]: row["state"] for row in await stage.rows("judgement")}
    assert theirs == {made[0]: JudgementState.LEASED, made[1]: JudgementState.OPEN}
    assert await spent(stage, reviewer_id) == Spent(1, 0)
