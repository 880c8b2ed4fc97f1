"""admit_identities: groups let people run the house while they say so; who connected themselves is who they are."""

import asyncio

import pytest

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.admit_identities import AdmitIdentity, admit_identities
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.staff import store as staff
from manyeyes.staff.rules import COMPANYS_WORD_SECONDS
from manyeyes.staff.store import StaffMember
from manyeyes.values.text.rules import LONGEST_NAME
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ADA, BEN = Identity("https://id.test", "1", "Ada"), Identity("https://id.test", "2", "Ben")


async def people(stage: Stage) -> list[tuple[str, str]]:
    async with stage.pool.acquire() as db:
        return [(each.name, each.role) for each in (await staff.every_staff(db))[1:]]


async def test_a_group_makes_one_of_the_staff_and_another_changes_their_role(stage: Stage):
    batch = [AdmitIdentity(ADA, "operator", 41), AdmitIdentity(BEN, None, 0), AdmitIdentity(ADA, "auditor", 42)]
    ada = Subject("operator", 41, 0)
    assert await stage.act(admit_identities, *batch) == [ada, None, ada]
    assert await people(stage) == [("Ada", "auditor")]
    deeds = await stage.pool.fetch("SELECT deed, before, after FROM trail_entry ORDER BY number")
    assert [row["deed"] for row in deeds] == ["operator.add", "operator.set"]


async def test_without_a_group_they_are_out_and_come_as_somebody_new(stage: Stage):
    await stage.act(admit_identities, AdmitIdentity(ADA, "operator", 41))
    assert await stage.act(admit_identities, AdmitIdentity(ADA, None, 0)) == [None]
    assert await people(stage) == []
    assert await stage.act(admit_identities, AdmitIdentity(ADA, "support", 43)) == [Subject("operator", 43, 0)]


async def test_who_connected_themselves_needs_no_group(stage: Stage):
    worker = Subject("worker", 7, 0)
    await stage.act(connect_identities, ConnectIdentity(worker, BEN))
    assert await stage.act(admit_identities, AdmitIdentity(BEN, "operator", 44)) == [worker]
    assert await people(stage) == []
    (row,) = await stage.pool.fetch("SELECT used_at FROM identity")
    assert row["used_at"] is not None


async def test_names_are_told_apart(stage: Stage):
    twin = Identity("https://id.test", "3", "Ada")
    await stage.act(admit_identities, AdmitIdentity(ADA, "operator", 41), AdmitIdentity(twin, "operator", 42))
    assert await people(stage) == [("Ada", "operator"), ("Ada 42", "operator")]


async def test_a_long_name_has_room_for_what_tells_it_apart(stage: Stage):
    long = "x" * LONGEST_NAME
    for number in (41, 42):
        await stage.act(
            admit_identities, AdmitIdentity(Identity("https://id.test", str(number), long), "support", number)
        )
    assert await people(stage) == [(long, "support"), (f"{long[:-3]} 42", "support")]


async def test_where_no_name_is_free_it_says_so_and_nobody_is_taken_on(stage: Stage):
    taken = [AddStaff(StaffMember(n, name, "auditor")) for n, name in ((1, "Ada"), (2, "Ada 41"))]
    await stage.act(add_staff, *taken)
    with pytest.raises(RuntimeError, match="no name is free among the staff for 'Ada'"):
        await stage.act(admit_identities, AdmitIdentity(ADA, "operator", 41))
    assert len(await people(stage)) == 2
    assert await stage.pool.fetchval("SELECT count(*) FROM identity") == 0


async def test_a_command_that_comes_again_takes_nobody_on_who_was_removed_since(stage: Stage):
    taken_on = AdmitIdentity(ADA, "operator", 41)
    await stage.act(admit_identities, taken_on)
    await stage.act(admit_identities, AdmitIdentity(ADA, None, 0))
    assert await stage.act(admit_identities, taken_on) == [None]
    assert await people(stage) == []
    assert await stage.pool.fetchval("SELECT count(*) FROM identity") == 0


async def test_who_comes_twice_at_once_is_one_of_the_staff(stage: Stage):
    async with stage.transaction() as tx:
        (first,) = await admit_identities(tx, stage.now, [AdmitIdentity(ADA, "operator", 41)])
        second = asyncio.create_task(stage.act(admit_identities, AdmitIdentity(ADA, "operator", 42)))
        await asyncio.sleep(0.2)
        assert not second.done()
    assert await second == [first]
    assert await people(stage) == [("Ada", "operator")]


async def test_a_right_by_groups_needs_the_companys_word_of_late(stage: Stage):
    await stage.act(admit_identities, AdmitIdentity(ADA, "operator", 41))
    await stage.act(add_staff, AddStaff(StaffMember(7, "Eve", "operator")))
    eves = ConnectIdentity(Subject("operator", 7, 0), BEN)
    await stage.act(connect_identities, eves)
    for late, is_there in ((-60.0, True), (60.0, False)):
        old = "UPDATE identity SET used_at = now() - make_interval(secs => $1)"
        await stage.pool.execute(old, COMPANYS_WORD_SECONDS + late)
        assert (await stage.read(staff.staff_member, 41) is not None) is is_there
        assert await stage.read(staff.staff_member, 7) is not None  # whose right is this house's
    await stage.act(admit_identities, AdmitIdentity(ADA, "operator", 43))
    assert await stage.read(staff.staff_member, 41) is not None
