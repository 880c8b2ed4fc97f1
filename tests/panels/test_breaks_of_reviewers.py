"""Two hours of judging end in a break of five minutes at least: at both desks, and with work as a worker."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from manyeyes.actions.go_online import GoOnline, go_online
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.send_on_breaks import SendOnBreaks, send_on_breaks
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.certainty.rules import Judgement
from manyeyes.reports.rules import Slot
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.judged_results import asked, decide

TWO_HOURS, BREAK = 7_200, 300
Found = Slot | Judgement | Refusal | None


class Desk(msgspec.Struct, frozen=True):
    """One of the two desks of reviewers, with something new on it whenever ``more`` is awaited."""

    more: Callable[[], Awaitable[object]]
    take: Callable[[int, bool], Awaitable[Found]]
    ahead: Callable[[int], Awaitable[Found]]
    decide: Callable[[Found], Awaitable[object]]


@pytest.fixture(params=["complaints", "results"])
async def desk(stage: Stage, request: pytest.FixtureRequest) -> Desk:
    """A desk of reviewers."""

    async def complaint() -> None:
        account_id, worker_id = await stage.account(), await stage.worker()
        await stage.complain(account_id, await stage.solve(account_id, worker_id))
        await stage.go(worker_id)

    async def take_slot(reviewer_id: int, deciding: bool) -> Found:
        return (await stage.act(take_slots, TakeSlot(stage.cell, reviewer_id, (1,), deciding)))[0]

    async def slot_ahead(reviewer_id: int) -> Found:
        return (await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, reviewer_id, (1,))))[0]

    async def vote(found: Found) -> None:
        assert isinstance(found, Slot)
        await stage.vote(found)

    async def result() -> None:
        await asked(stage, "12345", "99")

    async def take_judgement(reviewer_id: int, deciding: bool) -> Found:
        return (await stage.act(take_judgements, TakeJudgement(stage.cell, reviewer_id, (1,), deciding)))[0]

    async def judgement_ahead(reviewer_id: int) -> Found:
        return (await stage.act(lay_judgements_ahead, LayJudgementAhead(stage.cell, reviewer_id, (1,))))[0]

    async def judge(found: Found) -> None:
        assert isinstance(found, Judgement)
        await decide(stage, found, "12345")

    if request.param == "complaints":
        return Desk(complaint, take_slot, slot_ahead, vote)
    return Desk(result, take_judgement, judgement_ahead, judge)


async def judging_since(stage: Stage, reviewer_id: int, seconds: int, *, seen: int = 0) -> None:
    """Let a reviewer have judged for so long without a pause, and seen something last ``seen`` seconds ago."""
    await stage.change(
        "UPDATE reviewer_record SET works_since = $3::timestamptz - make_interval(secs => $4), "
        "seen_at = $3::timestamptz - make_interval(secs => $5) WHERE cell = $1 AND reviewer_id = $2",
        reviewer_id,
        stage.now,
        seconds,
        seen,
    )


def has_break(found: Found) -> bool:
    return isinstance(found, Refusal) and found.reason is Reason.BREAK_DUE


async def begun(stage: Stage, desk: Desk, seconds: int, *, seen: int = 0) -> int:
    """Return a reviewer who has judged something, ``seconds`` ago at first, and has more to do."""
    reviewer_id = stage.number()
    for _ in range(3):
        await desk.more()
    await desk.decide(await desk.take(reviewer_id, False))
    await judging_since(stage, reviewer_id, seconds, seen=seen)
    return reviewer_id


async def test_after_two_hours_nothing_new_comes_until_they_have_rested(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS - 1)
    await desk.decide(await desk.take(reviewer_id, True))
    stage.later(1)
    first = await desk.take(reviewer_id, True)
    assert has_break(first)
    stage.later(BREAK - 1)
    again = await desk.take(reviewer_id, False)
    assert has_break(again)
    assert first == again, "it ends when it was said to end"
    stage.later(1)
    assert isinstance(await desk.take(reviewer_id, False), Slot | Judgement)
    assert (await stage.rows("reviewer_record", "works_since", f"reviewer_id = {reviewer_id}")) == [
        {"works_since": stage.now}
    ]


async def test_what_lies_before_them_stays_theirs_and_nothing_comes_behind_it(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS - 1)
    held = await desk.take(reviewer_id, True)
    stage.later(1)
    assert await desk.take(reviewer_id, False) == held
    assert await desk.ahead(reviewer_id) is None
    await desk.decide(held)
    assert has_break(await desk.take(reviewer_id, True))


async def test_a_pause_of_five_minutes_is_a_break_however_it_came_about(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS, seen=BREAK)
    assert isinstance(await desk.take(reviewer_id, False), Slot | Judgement)


async def test_who_looked_at_one_thing_for_long_has_not_rested(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS, seen=BREAK)
    assert has_break(await desk.take(reviewer_id, True))


async def test_whoever_waits_in_vain_rests(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS - 1)
    await stage.change("DELETE FROM vote_slot WHERE cell = $1")
    await stage.change("DELETE FROM judgement WHERE cell = $1")
    for _ in range(10):
        stage.later(BREAK // 10)
        assert await desk.take(reviewer_id, False) is None
    await desk.more()
    assert isinstance(await desk.take(reviewer_id, False), Slot | Judgement)


async def test_judging_and_working_are_one_day_of_work(stage: Stage, desk: Desk):
    person = await begun(stage, desk, TWO_HOURS - 1)
    await stage.come(person)
    stage.later(1)
    (sent,) = await stage.act(send_on_breaks, SendOnBreaks(stage.cell))
    assert sent.worker_ids == (person,)
    assert has_break(await desk.take(person, False)), "the break that they have as a worker"
    stage.later(BREAK)
    assert isinstance(await desk.take(person, False), Slot | Judgement)


async def test_no_break_of_a_reviewer_is_worked_through(stage: Stage, desk: Desk):
    person = await begun(stage, desk, TWO_HOURS)
    coming = GoOnline(stage.cell, person, 1, (1,), ("en",))
    due = await stage.act(go_online, coming)
    assert has_break(due[0])
    refused = await desk.take(person, False)
    assert has_break(refused)
    assert await stage.act(go_online, coming) == [refused]
    stage.later(BREAK)
    assert await stage.act(go_online, coming) == [None]


async def test_who_worked_before_judges_no_longer_for_it(stage: Stage, desk: Desk):
    await desk.more()
    person = await stage.worker()
    stage.later(TWO_HOURS - 1)
    await stage.go(person)
    await desk.decide(await desk.take(person, False))
    stage.later(1)
    await desk.more()
    assert has_break(await desk.take(person, True))


async def test_a_break_goes_on_whatever_is_decided_meanwhile(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS)
    assert has_break(await desk.take(reviewer_id, True))
    await stage.change("DELETE FROM vote_slot WHERE cell = $1")
    await stage.change("DELETE FROM judgement WHERE cell = $1")
    stage.later(10)
    assert await desk.take(reviewer_id, True) is None, "something else, decided in another window"
    await desk.more()
    assert has_break(await desk.take(reviewer_id, False))
    stage.later(BREAK - 10)
    assert isinstance(await desk.take(reviewer_id, False), Slot | Judgement)


async def test_what_lay_behind_waits_for_the_end_of_a_break(stage: Stage, desk: Desk):
    reviewer_id = await begun(stage, desk, TWO_HOURS - 10)
    held = await desk.take(reviewer_id, True)
    behind = await desk.ahead(reviewer_id)
    assert behind is not None
    stage.later(10)
    await desk.decide(held)
    assert has_break(await desk.take(reviewer_id, True))
    assert has_break(await desk.take(reviewer_id, False))


async def test_a_break_after_both_kinds_of_work_ends_when_it_was_said_to(stage: Stage, desk: Desk):
    for _ in range(3):
        await desk.more()
    person = await stage.worker()
    stage.later(TWO_HOURS - 120)
    await stage.go(person)
    await desk.decide(await desk.take(person, False))
    stage.later(180)
    first = await desk.take(person, True)
    assert has_break(first)
    stage.later(BREAK - 1)
    assert await desk.take(person, False) == first
    stage.later(1)
    assert isinstance(await desk.take(person, False), Slot | Judgement)


async def test_the_break_of_a_worker_begins_with_what_they_did_last(stage: Stage, desk: Desk):
    for _ in range(3):
        await desk.more()
    person = await stage.worker()
    stage.later(TWO_HOURS - 60)
    await stage.go(person)
    stage.later(1)
    await desk.decide(await desk.take(person, False))
    stage.later(60)
    first = await desk.take(person, False)
    assert has_break(first)
    stage.later(BREAK - 61)
    assert await desk.take(person, False) == first
    stage.later(1)
    assert isinstance(await desk.take(person, False), Slot | Judgement)
