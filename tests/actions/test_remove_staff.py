"""remove_staff: whoever ran the installation is signed in nowhere any more, and their link signs nobody in."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.remove_staff import RemoveStaff, remove_staff
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.staff.store import FOUNDING, StaffMember, every_staff, staff_member
from manyeyes.workers.browser_sessions import browser_session
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.told_changes import ANN, told

EVE, BOB = StaffMember(1, "Eve", "auditor"), StaffMember(2, "Bob", "support")


def secret(member: int, kind: str, name: bytes) -> AddCredential:
    return AddCredential(secret_hash=name, kind=kind, subject=Subject("operator", member, 0), seconds=3_600.0)


async def test_their_sessions_and_links_end_and_nobody_elses(stage: Stage):
    await stage.act(add_staff, AddStaff(EVE), AddStaff(BOB))
    made = [secret(1, "session", b"a"), secret(1, "session", b"b"), secret(1, "link", b"c"), secret(2, "session", b"d")]
    await stage.act(add_credentials, *made, secret(0, "session", b"e"))
    removing = [RemoveStaff(n, actor=ANN) for n in (1, 1, 99, 0)]
    assert await stage.act(remove_staff, *removing) == [2, None, None, None]
    assert await stage.read(every_staff) == [FOUNDING, BOB]
    assert await stage.read(staff_member, 1) is None
    assert [await stage.read(browser_session, name) is not None for name in (b"a", b"b", b"d", b"e")] == [
        *(False, False, True, True)
    ]
    assert await stage.act(use_links, UseLink(b"c")) == [None]
    before = {"staff_id": 1, "name": "Eve", "role": "auditor"}
    assert await told(stage, 0) == [("operator.remove", "operator:1", before, None)]


async def test_a_name_is_free_again_afterwards_and_a_number_is_not(stage: Stage):
    await stage.act(add_staff, AddStaff(EVE))
    await stage.act(remove_staff, RemoveStaff(1))
    again = StaffMember(3, "Eve", "operator")
    assert await stage.act(add_staff, AddStaff(again)) == [None]
    assert await stage.read(every_staff) == [FOUNDING, again]
