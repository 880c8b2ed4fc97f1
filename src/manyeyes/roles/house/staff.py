"""Who runs the installation, taken on and parted with, alike for the command line and the pages."""

import msgspec

from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.remove_staff import RemoveStaff, remove_staff
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.login_links import login_url
from manyeyes.runtime.context import Context
from manyeyes.staff.store import StaffMember, every_staff
from manyeyes.values.actor import OPERATOR, STAFF, Actor
from manyeyes.workers.store import Subject


class NewStaff(msgspec.Struct, frozen=True):
    """Somebody who was taken on; the one-time address is nowhere else."""

    member: StaffMember
    login_url: str


async def staff_here(context: Context) -> list[StaffMember]:
    """Return who runs the installation, the founding operator first."""
    async with context.cells.directory.acquire() as db:
        return await every_staff(db)


async def take_on(context: Context, name: str, role: str, actor: Actor) -> NewStaff | FieldFault:
    """Take somebody on who runs the installation too."""
    if role not in STAFF:
        return FieldFault("role", "the role is one of %(roles)s", {"roles": ", ".join(STAFF)})
    member = StaffMember(await context.id_blocks.take_number("staff"), name, role)
    if await context.batcher.ask(add_staff, AddStaff(member, actor=actor)):
        return FieldFault("name", "somebody of the staff is called %(name)s already", {"name": name})
    return NewStaff(member, await login_url(context, as_subject(member), actor))


async def part_with(context: Context, staff_id: int, actor: Actor) -> int | None:
    """Part with somebody and return how many sessions ended; None: they are not there, or founded it and stay."""
    ended = await context.batcher.ask(remove_staff, RemoveStaff(staff_id, actor=actor))
    await context.notifier.tell_changed()
    return ended


def as_subject(member: StaffMember) -> Subject:
    """Return somebody of the staff as who signs in."""
    return Subject(OPERATOR, member.staff_id, 0)
