"""manyeyes operator: who runs this installation."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, WithPasskeys, browsers, run
from manyeyes.roles.house import staff as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.staff import as_subject
from manyeyes.roles.login_links import login_url
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.runtime.context import Context
from manyeyes.staff.rules import FOUNDER
from manyeyes.staff.store import StaffMember
from manyeyes.values.actor import OPERATOR
from manyeyes.values.text.rules import normalised, read_name

ROLE_HELP = "operator: everything; auditor: sees everything, changes nothing; support: all but money, prices and staff."
WHO_HELP = "Name or number. Default: the founding operator."
app = App(name="operator", help="Who runs this installation: operators, auditors, support.")


@app.command
def add(name: str, *, role: Annotated[str, Parameter(help=ROLE_HELP)], common: Common | None = None) -> None:
    """Take somebody on, and print a one-time address, good for an hour, that signs them in."""

    async def work(context: Context) -> dict[str, Any]:
        new = await house.take_on(context, read_name(name), role, who_types())
        if isinstance(new, FieldFault):
            raise CommandFailed(new.sentence)
        return _row(new.member) | {"login_url": new.login_url}

    run(common, work, lambda r: "\n".join(f"{key:11} {value}" for key, value in r.items()))


@app.command(name="list")
def list_staff(*, common: Common | None = None) -> None:
    """List who runs this installation; 0 is the founding operator."""

    async def work(context: Context) -> dict[str, Any]:
        return {"staff": [_row(each) for each in await house.staff_here(context)]}

    run(
        common,
        work,
        lambda r: "\n".join(f"{each['operator_id']:>6}  {each['role']:9} {each['name']}" for each in r["staff"]),
    )


@app.command
def link(who: Annotated[str, Parameter(help=WHO_HELP)] = "0", *, common: Common | None = None) -> None:
    """Make a one-time address, good for an hour, that signs somebody in."""

    async def work(context: Context) -> dict[str, Any]:
        found = await _find(context, who)
        return {"login_url": await login_url(context, as_subject(found), who_types())}

    run(common, work, lambda r: str(r["login_url"]))


@app.command(name="sign-out")
def sign_out(
    who: Annotated[str, Parameter(help=WHO_HELP)] = "0", *, passkeys: WithPasskeys = False, common: Common | None = None
) -> None:
    """Sign somebody out of every browser; links that were not used end too.

    Parameters
    ----------
    passkeys
        Remove their passkeys too, as after a lost device.
    """

    async def work(context: Context) -> dict[str, Any]:
        found = await _find(context, who)
        ended = await end_sign_ins(context, as_subject(found), who_types(), with_passkeys=passkeys)
        return {"name": found.name, "sessions": ended}

    run(common, work, lambda r: f"{_named(r['name'])} is signed out of {browsers(r['sessions'])}")


@app.command
def remove(who: str, *, common: Common | None = None) -> None:
    """Part with somebody: they are signed out at once, and unused links end. The founding operator stays."""

    async def work(context: Context) -> dict[str, Any]:
        found = await _find(context, who)
        if found.staff_id == FOUNDER:
            raise CommandFailed("the founding operator stays; `manyeyes operator sign-out` signs them out")
        ended = await house.part_with(context, found.staff_id, who_types())
        return _row(found) | {"sessions": ended or 0}

    run(common, work, lambda r: f"{r['name']} is removed, and signed out of {browsers(r['sessions'])}")


async def _find(context: Context, name_or_id: str) -> StaffMember:
    """Return somebody of the staff. Raises `CommandFailed` when there is nobody of this number or name."""
    here = await house.staff_here(context)
    for key in (name_or_id, normalised(name_or_id)):
        for each in here:
            if key in (str(each.staff_id), each.name):
                return each
    raise CommandFailed(f"there is nobody {name_or_id} who runs this installation; see `manyeyes operator list`")


def _row(member: StaffMember) -> dict[str, Any]:
    return {"operator_id": member.staff_id, "name": member.name, "role": member.role}


def _named(name: str) -> str:
    return "the operator" if name == OPERATOR else name
