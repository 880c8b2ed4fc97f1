"""When a proof ends, the tasks that stood on it end: waiting, queued and leased ones, without charge or pay."""

import pytest

from manyeyes.actions.end_barred_tasks import MOST_SITES, Barred, EndBarredTasks, end_barred_tasks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.dispatch.rules import WorkState
from manyeyes.sites.rules import SiteEvent
from manyeyes.tasks.rules import Ending
from manyeyes.values.refusals import Reason, Refusal
from support import proven_sites
from support.action_stage import Stage

MICROS = 1_000_000


@pytest.fixture
async def account_id(stage: Stage) -> int:
    await proven_sites.open_on(stage)
    account_id = await stage.account(MICROS)
    await proven_sites.site(stage, account_id)
    return account_id


async def withdraw(stage: Stage, account_id: int, domain: str = "shop.example") -> None:
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, domain))


async def sweep(stage: Stage) -> Barred:
    (swept,) = await stage.act(end_barred_tasks, EndBarredTasks(stage.cell))
    return swept


async def test_waiting_queued_and_leased_tasks_end_without_charge(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    ids = [await stage.submit(account_id, **proven_sites.asking("www.shop.example")) for _ in range(3)]
    for _ in range(2):
        await stage.hand_out(6)
    assert [work.task_id for work in await stage.desk(worker_id)] == ids[:2]
    await withdraw(stage, account_id)
    swept = await sweep(stage)
    assert (swept.ended, swept.worker_ids, swept.again) == (3, (worker_id,), False)
    rows = await stage.rows("result", "task_id, ending, charged_micros, pay_micros, worker_id, answer")
    assert [row["task_id"] for row in rows] == ids
    assert {tuple(row.values())[1:] for row in rows} == {(Ending.BARRED, 0, 0, 0, None)}
    assert await stage.available(account_id) == MICROS
    assert await stage.rows("pending_pay") == []
    assert await stage.desk(worker_id) == []
    (session,) = await stage.rows("session", "held, answered, earned_micros")
    assert session == {"held": 0, "answered": 0, "earned_micros": 0}
    assert (await stage.books()).difference_micros == 0


async def test_each_of_them_is_in_the_trail(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    ids = [await stage.submit(account_id, **proven_sites.asking()) for _ in range(2)]
    for _ in range(2):
        await stage.hand_out(6)
    await withdraw(stage, account_id)
    await sweep(stage)
    rows = await stage.rows("site_event", "cause_id, worker_id", f"kind = {SiteEvent.TASK_ENDED.value}")
    assert [(row["cause_id"], row["worker_id"]) for row in rows] == [(task_id, worker_id) for task_id in ids]


async def test_what_is_ended_is_handed_to_nobody_and_answered_by_nobody(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    lease = await stage.lease(worker_id)
    await stage.submit(account_id, **proven_sites.asking())
    await withdraw(stage, account_id)
    before_the_sweep = await stage.answer(worker_id, lease, proven_sites.TOKEN)
    assert isinstance(before_the_sweep, Refusal)
    assert before_the_sweep.reason is Reason.SITE_WITHDRAWN
    await sweep(stage)
    after_it = await stage.answer(worker_id, lease, proven_sites.TOKEN)
    assert isinstance(after_it, Refusal)
    assert after_it.reason is Reason.LEASE_LOST
    assert await stage.hand_out(6) == ()


async def test_pictures_and_other_sites_and_accounts_are_left_alone(stage: Stage, account_id: int):
    other = await stage.account(MICROS)
    await proven_sites.site(stage, other)
    await proven_sites.site(stage, account_id, "blog.example")
    kept = [
        await stage.submit(account_id),
        await stage.submit(account_id, **proven_sites.asking("blog.example")),
        await stage.submit(other, **proven_sites.asking()),
    ]
    gone = await stage.submit(account_id, **proven_sites.asking())
    await withdraw(stage, account_id)
    assert (await sweep(stage)).ended == 1
    assert [row["task_id"] for row in await stage.rows("work", "task_id")] == kept
    assert [row["task_id"] for row in await stage.rows("result", "task_id")] == [gone]


async def test_a_picture_that_lies_behind_becomes_current(stage: Stage, account_id: int):
    worker_id = await stage.worker(1, 6)
    token = await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    picture = await stage.submit(account_id)
    await stage.hand_out(1)
    assert [work.task_id for work in await stage.desk(worker_id)] == [token, picture]
    await withdraw(stage, account_id)
    await sweep(stage)
    (behind,) = await stage.desk(worker_id)
    assert (behind.task_id, behind.state) == (picture, WorkState.QUEUED), "until they look at it others may have it"
    await stage.look(worker_id)
    (current,) = await stage.desk(worker_id)
    assert (current.task_id, current.state) == (picture, WorkState.LEASED)


async def test_a_lost_proof_ends_them_too_and_one_that_is_back_in_time_does_not(stage: Stage, account_id: int):
    known = await proven_sites.site(stage, account_id)
    await stage.submit(account_id, **proven_sites.asking())
    lost = await proven_sites.checked(stage, known, proven_sites.GONE)
    await proven_sites.checked(stage, lost, proven_sites.DNS)
    assert (await sweep(stage)).ended == 0
    assert len(await stage.rows("work")) == 1
    await proven_sites.checked(stage, known, proven_sites.GONE)
    assert (await sweep(stage)).ended == 1


async def test_sites_that_were_proven_again_in_time_do_not_stand_before_others(stage: Stage, account_id: int):
    for n in range(MOST_SITES):
        known = await proven_sites.site(stage, account_id, f"a{n}.example")
        await proven_sites.checked(stage, await proven_sites.checked(stage, known, proven_sites.GONE), proven_sites.DNS)
    await stage.submit(account_id, **proven_sites.asking())
    await withdraw(stage, account_id)
    assert [(await sweep(stage)).ended for _ in range(2)] == [0, 1]
    assert all(row["swept"] for row in await stage.rows("site", "swept"))


async def test_a_long_queue_ends_in_several_sweeps(stage: Stage, account_id: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("manyeyes.actions.end_barred_tasks.LARGEST_SWEEP", 2)
    for _ in range(5):
        await stage.submit(account_id, **proven_sites.asking())
    await withdraw(stage, account_id)
    swept = [await sweep(stage) for _ in range(4)]
    assert [(s.ended, s.again) for s in swept] == [(2, True), (2, True), (1, False), (0, False)]
    (row,) = await stage.rows("site", "swept")
    assert row["swept"] is True


async def test_with_nothing_to_end_nothing_happens(stage: Stage, account_id: int):
    await stage.submit(account_id, **proven_sites.asking())
    before = await stage.everything()
    assert await sweep(stage) == Barred()
    assert await stage.everything() == before
