"""admit_identities: groups let people run the house while they say so; who connected themselves is who they are."""

from manyeyes.actions.admit_identities import AdmitIdentity, admit_identities
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.staff import store as staff
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
