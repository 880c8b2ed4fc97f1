"""show_desks: what is shown stays with who sees it, and its lease begins; what is not may go to others."""

from datetime import timedelta

from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.dispatch.rules import SHOWING_SECONDS, WorkState
from manyeyes.values.refusals import Reason
from support.action_stage import LEASE_SECONDS, Stage


async def test_a_lease_begins_when_it_is_shown(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.match()
    stage.later(20)
    [[work]] = await stage.act(show_desks, ShowDesk(stage.cell, worker_id))
    assert (work.task_id, work.state) == (task_id, WorkState.LEASED)
    assert work.lease_until == stage.now + timedelta(seconds=LEASE_SECONDS)
    assert await stage.desk(worker_id) == [work]


async def test_showing_it_again_begins_nothing_anew(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
        await stage.hand_out()
    before = await stage.everything()
    stage.later(20)
    command = ShowDesk(stage.cell, worker_id)
    first, second = await stage.act(show_desks, command, command)
    assert [work.state for work in first] == [WorkState.LEASED, WorkState.QUEUED]
    assert first == second
    assert await stage.everything() == before


async def test_an_empty_desk_shows_nothing(stage: Stage):
    assert await stage.act(show_desks, ShowDesk(stage.cell, await stage.worker()), ShowDesk(stage.cell, 99)) == [[], []]


async def test_behind_a_lease_that_is_over_nothing_is_shown(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
        await stage.hand_out()
    stage.later(LEASE_SECONDS)
    assert await stage.act(show_desks, ShowDesk(stage.cell, worker_id)) == [[]]


async def test_what_somebody_silent_was_given_goes_to_who_asks(stage: Stage):
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    task_id = await stage.submit(account_id)
    assert await stage.match() == (silent,)
    lost = await stage.lease(silent)
    asking = await stage.worker()
    assert set(await stage.hand_out()) == {silent, asking}
    assert (await stage.lease(asking)).task_id == task_id
    assert await stage.act(show_desks, ShowDesk(stage.cell, silent)) == [[]]
    refusal = await stage.answer(silent, lost)
    assert refusal.reason is Reason.LEASE_LOST
    assert await stage.rows("session", "worker_id, held") == [
        {"worker_id": silent, "held": 0},
        {"worker_id": asking, "held": 1},
    ]


async def test_it_moves_from_nobody_silent_to_nobody_silent(stage: Stage):
    account_id, silent, other = await stage.account(), stage.number(), stage.number()
    await stage.come_silently(silent)
    await stage.submit(account_id)
    assert await stage.match() == (silent,)
    await stage.come_silently(other)
    stage.later(5)
    assert await stage.match() == ()


async def test_what_is_shown_is_taken_from_nobody(stage: Stage):
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    await stage.submit(account_id)
    await stage.hand_out()
    await stage.worker()
    stage.later(5)
    assert await stage.hand_out() == ()


async def test_who_asks_has_a_moment_to_show_it(stage: Stage):
    account_id, slow = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    assert await stage.match() == (slow,)
    other = await stage.worker()
    stage.later(SHOWING_SECONDS - 0.001)
    assert await stage.match() == ()
    stage.later(0.001)
    assert set(await stage.match()) == {slow, other}


async def test_where_showing_is_slow_a_task_that_was_moved_has_longer(stage: Stage):
    account_id = await stage.account()
    for _ in range(4):
        await stage.worker()
    await stage.submit(account_id)
    moved = []
    for n in range(30):
        if await stage.match():
            moved.append(n)
        stage.later(SHOWING_SECONDS / 5)
    assert moved == [0, 5, 15, 25]


async def test_who_asks_comes_before_who_was_there_longer(stage: Stage):
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    stage.later(9)
    asking = await stage.worker()
    await stage.submit(account_id)
    assert await stage.match() == (asking,)
    assert not await stage.desk(silent)


async def test_a_silent_worker_gets_what_nobody_asks_for(stage: Stage):
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    await stage.submit(account_id)
    assert await stage.hand_out() == (silent,)


async def test_a_lease_that_nobody_saw_is_no_lapse_of_its_holder(stage: Stage):
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    await stage.submit(account_id)
    await stage.match()
    stage.later(2 * LEASE_SECONDS)
    await stage.return_lapsed()
    [session] = await stage.rows("session", "held, present, lapses")
    assert session == {"held": 0, "present": True, "lapses": 0}
