"""What answers say of people: skill, gold that is wrong itself, and who is below a floor (docs/decisions/0062)."""

import pytest

from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.actions.count_evidence import CountEvidence, EvidenceCounted, count_evidence
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.actions.file_complaints import Filed
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.dispatch.rules import WorkState
from manyeyes.skills import evidence, gold_items
from manyeyes.skills import store as skills
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.gold_items import NewGold
from manyeyes.skills.rules import EvidenceSource
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage

THREE = PeopleTerms(answers=3, answers_at_most=3)


async def count(stage: Stage) -> EvidenceCounted:
    (found,) = await stage.act(count_evidence, CountEvidence(stage.cell))
    return found


async def tell(
    stage: Stage, worker_id: int, task_ids: range, given: str = "wrong", source: EvidenceSource = EvidenceSource.GOLD
) -> None:
    """Let evidence come about answers to tasks whose right answer is "right"."""
    pieces = [
        NewEvidence(queue_id=1, worker_id=worker_id, task_id=n, source=source, truth="right", given=given, labels=0)
        for n in task_ids
    ]
    async with stage.transaction() as tx:
        await evidence.insert_evidence(tx, stage.now, stage.cell, pieces)


async def floor(stage: Stage, share: float | None) -> None:
    await stage.change("UPDATE queue SET floor = $2 WHERE $1::int > 0 AND queue_id = 1", share)


@pytest.fixture(autouse=True)
async def _without_floors(stage: Stage):
    yield
    await floor(stage, None)


async def test_evidence_counts_once_by_its_source_and_fades(stage: Stage):
    await tell(stage, 7, range(1, 3), "right")
    await tell(stage, 7, range(3, 4), "wrong", EvidenceSource.PEERS)
    assert (await count(stage)).pieces == 3
    assert (await count(stage)).pieces == 0
    await tell(stage, 7, range(1, 3), "wrong")
    assert (await count(stage)).pieces == 0, "of one task and one source it is known once"
    stage.later(30 * 86_400)
    async with stage.transaction() as tx:
        known = (await skills.skills(tx, stage.cell, {(1, 7)}))[1, 7].skill(stage.now)
    assert (known.right, known.wrong) == pytest.approx((1.0, 0.1))
    (row,) = await stage.rows("skill")
    assert (row["answered"], row["gold_asked"], row["gold_wrong"]) == (3, 2, 0)


async def test_nothing_fades_while_an_appeal_is_open(stage: Stage):
    await tell(stage, 7, range(1, 3), "right")
    await count(stage)
    await stage.change("UPDATE skill SET appealed_at = $2 WHERE cell = $1", stage.now)
    stage.later(30 * 86_400)
    async with stage.transaction() as tx:
        known = (await skills.skills(tx, stage.cell, {(1, 7)}))[1, 7].skill(stage.now)
    assert known.right == pytest.approx(2.0)


async def test_who_is_below_the_floor_loses_the_queue_and_what_they_have_not_seen(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker(1, 2)
    await floor(stage, 0.7)
    for _ in range(2):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    seen, unseen = await stage.desk(worker_id)
    await tell(stage, worker_id, range(1, 12))
    found = await count(stage)
    assert (found.barred, found.queue_ids) == (((1, worker_id),), (1,))
    assert [work.task_id for work in await stage.desk(worker_id)] == [seen.task_id]
    (row,) = await stage.rows("work", where=f"task_id = {unseen.task_id}")
    assert row["state"] == WorkState.WAITING
    (session,) = await stage.rows("session")
    assert (session["queues"], session["held"]) == ([2], 1)
    await stage.come(worker_id, 1, 2)
    (session,) = await stage.rows("session")
    assert session["queues"] == [2], "coming anew brings nothing back"
    (skill,) = await stage.rows("skill")
    assert (skill["barred_why"], skill["is_to_replace"], skill["suspicion"]) == ("floor", True, 1.0)
    assert (await stage.books()).findings == []


async def test_good_people_and_queues_without_a_floor_bar_nobody(stage: Stage):
    await tell(stage, 7, range(1, 40))
    assert (await count(stage)).barred == ()
    await floor(stage, 0.7)
    await tell(stage, 8, range(1, 40), "right")
    assert (await count(stage)).barred == ()
    await tell(stage, 9, range(1, 40), "wrong", EvidenceSource.PEERS)
    assert (await count(stage)).barred == (), "others' word alone stops nobody"


async def test_gold_that_good_people_deny_is_put_aside_and_says_nothing_of_anybody(stage: Stage):
    async with stage.transaction() as tx:
        await gold_items.insert_gold(tx, stage.now, stage.cell, [NewGold(99, 1, 1, 0, "right")])
    for worker_id in (1, 2, 3):
        await tell(stage, worker_id, range(1, 9), "right")
    await count(stage)
    for worker_id in (1, 2):
        await tell(stage, worker_id, range(99, 100), "other")
        await count(stage)
    assert [row["aside_at"] for row in await stage.rows("gold")] == [None]
    await tell(stage, 3, range(99, 100), "other")
    await count(stage)
    (gold,) = await stage.rows("gold")
    assert (gold["asked"], gold["wrong"], gold["why"], gold["aside_at"] is not None) == (3, 3, "other", True)
    rows = await stage.rows("skill", "worker_id, gold_asked, gold_wrong, wrong_weight")
    assert [(row["gold_asked"], row["gold_wrong"], row["wrong_weight"]) for row in rows] == [(8, 0, 0.0)] * 3


async def test_what_the_others_say_is_noted_of_each_when_a_panel_ends(stage: Stage):
    account_id = await stage.account()
    people = [await stage.worker() for _ in range(3)]
    await stage.submit(account_id, terms=THREE)
    await stage.hand_out()
    for worker_id, text in zip(people, ("12345", "12345", "99"), strict=True):
        await stage.answer(worker_id, await stage.lease(worker_id), text)
    rows = await stage.rows("evidence", "worker_id, source, truth, given")
    assert rows == [{"worker_id": people[2], "source": "peers", "truth": "12345", "given": "99"}]


async def test_nothing_follows_from_whom_a_third_was_asked_about(stage: Stage):
    """A third is asked where two differ: only who was wrong would ever be counted, and nobody who was right."""
    account_id = await stage.account()
    people = [await stage.worker() for _ in range(3)]
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=3))
    for text in ("99", "12345", "12345"):
        await stage.hand_out()
        worker_id = people.pop(0)
        await stage.answer(worker_id, await stage.lease(worker_id), text)
    assert [row["answers"] for row in await stage.rows("result")] == [3]
    assert await stage.rows("evidence") == []


async def test_a_bar_that_stood_on_wrong_gold_is_lifted_and_grants_the_appeal(stage: Stage):
    await floor(stage, 0.7)
    golden = range(201, 213)
    async with stage.transaction() as tx:
        await gold_items.insert_gold(tx, stage.now, stage.cell, [NewGold(n, 1, 1, 0, "right") for n in golden])
    await tell(stage, 7, range(1, 3), "right")
    await tell(stage, 7, golden, "other")
    assert (await count(stage)).barred == ((1, 7),)
    (filed,) = await stage.act(appeal_bars, AppealBar(stage.cell, 7, 1, "the gold is wrong"))
    assert filed == stage.now
    for worker_id in (1, 2, 3):
        await tell(stage, worker_id, range(1, 9), "right")
    await count(stage)
    stage.later(86_400)
    for worker_id in (1, 2, 3):
        await tell(stage, worker_id, golden, "other")
    await count(stage)
    (row,) = await stage.rows("skill", "*", "worker_id = 7")
    assert (row["barred_at"], row["appeal_decided_at"], row["appeal_accepted"]) == (None, stage.now, True)
    (refused,) = await stage.act(appeal_bars, AppealBar(stage.cell, 7, 1, "once more"))
    assert isinstance(refused, Refusal)
    before = row["right_weight"]
    stage.later(30 * 86_400)
    async with stage.transaction() as tx:
        known = (await skills.skills(tx, stage.cell, {(1, 7)}))[1, 7].skill(stage.now)
    assert known.right == pytest.approx(before / 2), "what is known of them fades again"


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_complaint_and_its_appeal_change_nothing_that_is_known_of_anybody(stage: Stage, accepted: bool):
    """Reviewers of a complaint say that a result is wrong, not what is right; appeals of floors alone stop fading."""
    account_id = await stage.account()
    people = [await stage.worker() for _ in range(3)]
    task_id = await stage.submit(account_id, terms=THREE)
    await stage.hand_out()
    for worker_id in people:
        await stage.answer(worker_id, await stage.lease(worker_id), "12345")
    await count(stage)
    before = {table: await stage.rows(table) for table in ("skill", "evidence")}
    filed = await stage.complain(account_id, task_id)
    assert isinstance(filed, Filed)
    await stage.judge("confirm", "confirm")
    for worker_id in people[:2]:
        (appealed,) = await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, "it is right"))
        assert isinstance(appealed, Appealed)
    await count(stage)
    for row in await stage.rows("appeal"):
        for _ in range(2):
            await stage.act(decide_appeals, DecideAppeal(stage.cell, row["task_id"], accepted=accepted))
    await count(stage)
    assert {table: await stage.rows(table) for table in ("skill", "evidence")} == before
    assert [row["appealed_at"] for row in before["skill"]] == [None] * 3
    assert (await stage.books()).findings == []
