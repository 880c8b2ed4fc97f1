"""manyeyes account keys, colleagues, invite, link: what an account's keys are, and who signs in for it."""

from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.accounts.roles import FOUNDER, PersonRole
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account, numbered
from manyeyes.roles.customer.account_keys import key_id, keys_of
from manyeyes.roles.customer.people import fresh_link, invite_person, people_of
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal


def keys(account: str, *, common: Common | None = None) -> None:
    """List an account's client keys, without their secrets: those that may be used first."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        return {
            "keys": [
                {
                    "key_id": key_id(each),
                    "label": each.label,
                    "hint": each.hint,
                    "scopes": list(each.scopes),
                    "addresses": list(each.allowed_addresses),
                    "made_by": each.made_by,
                    "created_at": each.created_at.isoformat(),
                    "used_at": each.used_at and each.used_at.isoformat(),
                    "ends_at": each.ends_at and each.ends_at.isoformat(),
                    "revoked_at": each.revoked_at and each.revoked_at.isoformat(),
                    "usable": not each.has_ended,
                }
                for each in await keys_of(context, place)
            ]
        }

    run(common, work, lambda r: "\n".join(_key_lines(r["keys"])))


def colleagues(account: str, *, common: Common | None = None) -> None:
    """List who may sign in for an account, with their roles."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        people = await people_of(context, place)
        return {"colleagues": [{"person_id": p.person_id, "role": str(p.role), "name": p.name} for p in people]}

    def show(found: dict[str, Any]) -> str:
        lines = [f"{'no.':>6}  {'role':10} name"]
        return "\n".join(
            lines + [f"{p['person_id']:>6}  {p['role']:10} {p['name'] or '(first owner)'}" for p in found["colleagues"]]
        )

    run(common, work, show)


def invite(
    account: str,
    name: str,
    *,
    role: Annotated[str, Parameter(help="owner, member, billing or read_only.")] = PersonRole.MEMBER.value,
    common: Common | None = None,
) -> None:
    """Let NAME sign in for an account, and print their one-time address."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        found = await invite_person(context, place, name, role, who_types())
        if isinstance(found, Refusal):
            raise CommandFailed(found.detail)
        return {"person_id": found.person_id, "login_url": found.login_url}

    run(common, work, lambda r: str(r["login_url"]))


def link(
    account: str,
    *,
    colleague: Annotated[int, Parameter(help="Number of who signs in with it; `account colleagues` lists them.")] = (
        FOUNDER
    ),
    common: Common | None = None,
) -> None:
    """Make a one-time address that signs the customer in to their page: the first owner, or a colleague."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        number = numbered(colleague, "colleague") if colleague != FOUNDER else FOUNDER
        found = await fresh_link(context, place, number, who_types())
        if isinstance(found, Refusal):
            raise CommandFailed(f"{found.detail}; see `manyeyes account colleagues`")
        return {"login_url": found.login_url}

    run(common, work, lambda r: str(r["login_url"]))


def _key_lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'ends with':9}  {'state':8} {'used':16} {'scopes':45} label"]
    for row in rows:
        state = "revoked" if row["revoked_at"] else "ended" if not row["usable"] else "ending" if row["ends_at"] else ""
        used = (row["used_at"] or "")[:16].replace("T", " ")
        end = f"…{row['hint']}" if row["hint"] else "?"
        lines.append(f"{end:9}  {state or 'valid':8} {used:16} {','.join(row['scopes']):45} {row['label']}".rstrip())
    return lines
