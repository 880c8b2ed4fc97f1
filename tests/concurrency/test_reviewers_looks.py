"""Looks of reviewers at marked pictures beside other things that happen at the same time (decisions 0079, 0081)."""

import asyncio
from datetime import timedelta
from typing import Any

from manyeyes.actions.cast_votes import cast_votes
from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.decide_judgements import decide_judgements
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.renew_slots import RenewSlot, renew_slots
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JudgementState
from manyeyes.reports.rules import SLOT_SECONDS, SlotState
from manyeyes.reports.voting import store as voting
from manyeyes.runtime.batching import Action
from manyeyes.values.lease_time import Renewed
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Spent
from support.action_stage import Stage
from support.judged_results import asked, decide, deciding, take_judgement
from support.slot_moves import slot_of

GORE = ContentMark.GORE
A_MINUTE = timedelta(minutes=1)
IS_ONE_WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
MARK_ALL = "UPDATE task SET marks = $2 WHERE cell = $1"


async def willing(stage: Stage) -> int:
    """Return the number of a new reviewer who said yes to gore."""
    reviewer_id = stage.number()
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=reviewer_id, queue_id=1, agreed=GORE))
    return reviewer_id


async def disputed(stage: Stage, number: int = 1) -> int:
    """Complain about so many answers; return the account."""
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(number):
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
        stage.later(1)
    await stage.go(worker_id)
    return account_id


async def spent(stage: Stage, reviewer_id: int) -> Spent:
    """Return what of gore they were shown today."""
    async with stage.transaction() as tx:
        return (await wellbeing.lock(tx, stage.cell, [reviewer_id]))[reviewer_id].spent.get(GORE, Spent())


async def waits_without_money(stage: Stage, reviewer_id: int, account_id: int, action: Action[Any, Any], command: Any):
    """Hold what is known of a reviewer, and see that a command which waits for it has locked no balance."""

    async def act() -> Any:
        async with stage.transaction() as tx:
            return await action(tx, stage.now, [command])

    async with stage.transaction() as tx:
        await wellbeing.lock(tx, stage.cell, [reviewer_id])
        acting = asyncio.create_task(act())
        async with asyncio.timeout(60):
            while not await stage.pool.fetchval(IS_ONE_WAITING, tx.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        lock = "SELECT FROM balance WHERE cell = $1 AND account_id = $2 FOR UPDATE NOWAIT"
        await tx.execute(lock, stage.cell, account_id)
        await tx.execute("SELECT FROM wallet WHERE cell = $1 FOR UPDATE NOWAIT", stage.cell)
    await acting


async def test_a_vote_ends_its_look_before_it_moves_money(stage: Stage):
    account_id = await disputed(stage)
    await stage.judge("confirm")
    await stage.change(MARK_ALL, GORE)
    slot = await stage.take(await willing(stage))
    assert slot
    await waits_without_money(stage, slot.reviewer_id, account_id, cast_votes, stage.voting(slot))
    assert len(await stage.rows("refund")) == 1


async def test_a_decision_ends_its_look_before_it_moves_money(stage: Stage):
    account_id, reviewer_id = await stage.account(), await willing(stage)
    for _ in range(2):
        await asked(stage, "12345", "99", account_id=account_id)
    earlier = await take_judgement(stage, reviewer_id)
    assert earlier
    await decide(stage, earlier, "12345")  # so that there is a wallet that could be locked
    await stage.change(MARK_ALL, GORE)
    judgement = await take_judgement(stage, reviewer_id)
    assert judgement
    command = deciding(stage, judgement, "12345")
    await waits_without_money(stage, judgement.reviewer_id, account_id, decide_judgements, command)
    assert len(await stage.rows("result")) == 2


async def test_nobody_gets_a_second_complaint_while_one_is_being_shown_to_them(stage: Stage):
    await disputed(stage, 3)
    slot = await stage.take(stage.number())
    assert slot
    command = TakeSlot(stage.cell, slot.reviewer_id, (1,))
    await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, slot.reviewer_id, (1,)))
    await stage.vote(slot)
    async with stage.transaction() as tx:
        shown = await voting.show_ahead(tx, stage.now, stage.cell, [slot.reviewer_id], stage.now + A_MINUTE)
        assert await stage.act(take_slots, command) == [None], "it looks again"
    assert await stage.act(take_slots, command) == [shown[slot.reviewer_id]]
    assert len(await stage.rows("vote_slot", where=f"state = {SlotState.LEASED}")) == 1


async def test_nobody_gets_a_second_result_while_one_is_being_shown_to_them(stage: Stage):
    for _ in range(3):
        await asked(stage, "12345", "99")
        stage.later(1)
    judgement = await take_judgement(stage, stage.number())
    assert judgement
    command = TakeJudgement(stage.cell, judgement.reviewer_id, (1,))
    await stage.act(lay_judgements_ahead, LayJudgementAhead(stage.cell, judgement.reviewer_id, (1,)))
    await decide(stage, judgement, "99")
    async with stage.transaction() as tx:
        person = judgement.reviewer_id
        shown = await judgements.show_ahead(tx, stage.now, stage.cell, [person], stage.now + A_MINUTE)
        assert await stage.act(take_judgements, command) == [None], "it looks again"
    assert await stage.act(take_judgements, command) == [shown[person]]
    assert len(await stage.rows("judgement", where=f"state = {JudgementState.LEASED}")) == 1


async def test_what_they_judge_goes_back_as_soon_as_they_say_no(stage: Stage):
    await disputed(stage)
    await asked(stage, "12345", "99")
    await stage.change(MARK_ALL, GORE)
    reviewer_id, other_id = await willing(stage), await willing(stage)
    assert await stage.take(reviewer_id)
    others = await stage.take(other_id)
    assert await take_judgement(stage, reviewer_id)
    stage.later(3)
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=reviewer_id, avoided=GORE))
    assert others
    held = await stage.rows("vote_slot", "reviewer_id", "reviewer_id <> 0")
    assert held == [{"reviewer_id": other_id}], "what lies before others stays there"
    assert [row["state"] for row in await stage.rows("judgement")] == [JudgementState.OPEN]
    assert await spent(stage, reviewer_id) == Spent(2, 6_000)
    assert await stage.take(reviewer_id) is None


async def test_what_is_marked_while_it_is_looked_at_gives_no_minutes_back_and_no_longer_time(stage: Stage):
    await disputed(stage, 2)
    reviewer_id = await willing(stage)
    await stage.change(f"{MARK_ALL} AND task_id = (SELECT min(task_id) FROM vote_slot)", GORE)
    counted = await stage.take(reviewer_id)
    assert counted
    stage.later(30)
    await stage.vote(counted)
    before = await spent(stage, reviewer_id)
    assert before == Spent(1, 30_000)
    slot = await stage.take(reviewer_id)
    assert slot
    assert slot.marks == 0
    stage.later(20)
    await stage.change(MARK_ALL, GORE)
    (renewed,) = await stage.act(renew_slots, RenewSlot(stage.cell, reviewer_id, slot_of(stage, slot)))
    assert isinstance(renewed, Renewed)
    assert renewed.expires_at == stage.now + timedelta(seconds=SLOT_SECONDS - 20), (
        "it would be a look that nobody counts"
    )
    await stage.vote(slot)
    assert await spent(stage, reviewer_id) == before
