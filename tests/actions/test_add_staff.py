"""add_staff: somebody new runs the installation too, under a name of their own."""

import pytest

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.staff.rules import FOUNDERS_NAME
from manyeyes.staff.store import FOUNDING, StaffMember, every_staff, staff_member
from manyeyes.values.actor import STAFF
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.told_changes import ANN, told

EVE, BOB = StaffMember(1, "Eve", "auditor"), StaffMember(2, "Bob", "support")


async def test_who_is_new_is_there_beside_the_founding_operator(stage: Stage):
    assert await stage.act(add_staff, AddStaff(BOB, actor=ANN), AddStaff(EVE, actor=ANN)) == [None, None]
    assert await stage.read(every_staff) == [FOUNDING, EVE, BOB]
    assert await stage.read(staff_member, 0) == FOUNDING
    assert await told(stage, 0) == [
        ("operator.add", "operator:2", None, {"staff_id": 2, "name": "Bob", "role": "support"}),
        ("operator.add", "operator:1", None, {"staff_id": 1, "name": "Eve", "role": "auditor"}),
    ]


async def test_a_name_is_given_once_and_a_command_that_comes_again_adds_nobody(stage: Stage):
    others = [StaffMember(3, "Eve", "operator"), StaffMember(4, FOUNDERS_NAME, "operator")]
    outcomes = await stage.act(add_staff, *[AddStaff(each, actor=ANN) for each in (EVE, *others, EVE)])
    assert (outcomes[0], outcomes[3]) == (None, None)
    assert [o.reason for o in outcomes[1:3] if isinstance(o, Refusal)] == [Reason.UNREADABLE] * 2
    assert await stage.act(add_staff, AddStaff(EVE, actor=ANN)) == [None]
    assert await stage.read(every_staff) == [FOUNDING, EVE]
    assert len(await told(stage, 0)) == 1


@pytest.mark.parametrize("role", STAFF)
async def test_each_role_can_be_kept(stage: Stage, role: str):
    await stage.act(add_staff, AddStaff(StaffMember(5, "Kim", role)))
    assert await stage.read(staff_member, 5) == StaffMember(5, "Kim", role)
