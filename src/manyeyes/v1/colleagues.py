"""/v1/colleagues: the people of an account and what they may do, for its owners at the pages."""

from datetime import datetime
from typing import Any

import msgspec

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import OPENS, Colleague
from manyeyes.accounts.rules import MANAGE
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import people
from manyeyes.roles.customer.people import Invited
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_person
from manyeyes.v1.operations import Answer, Call, Operation
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused


class ColleagueBody(msgspec.Struct, frozen=True):
    """``role``: owner, member, billing or read_only."""

    name: str
    role: str


class ColleagueView(msgspec.Struct, frozen=True, kw_only=True):
    """One of the account's people; ``opens``: the scopes of their role. ``made_by`` empty: the operator."""

    person_id: int
    name: str
    role: str
    opens: list[str]
    made_by: str
    created_at: datetime | None


class ColleaguesView(msgspec.Struct, frozen=True):
    """All of an account's people, the first owner first; ``next`` is always null: there are two hundred at most."""

    items: list[ColleagueView]
    next: None = None


class InvitationView(msgspec.Struct, frozen=True):
    """``login_url`` signs the person in once, within an hour; it is shown this once."""

    person_id: int
    login_url: str


class ColleaguesApi:
    """An account's own people."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def colleagues(self, call: Call[AccountPerson, None]) -> ColleaguesView:
        """Return who may sign in for the account."""
        return ColleaguesView([_view(each) for each in await people.people_of(self._context, call.person)])

    async def invite(self, call: Call[AccountPerson, ColleagueBody]) -> Answer[InvitationView] | Refusal:
        """Let somebody sign in with a one-time address."""
        body, actor = call.body, await actor_of(self._context, call.request, "v1")
        return _invited(
            await people.invite_person(self._context, call.person, body.name, body.role, actor, by=call.person)
        )

    async def change(self, call: Call[AccountPerson, ColleagueBody]) -> Refusal | None:
        """Give somebody another name or role; at once."""
        given, actor = (call.body.name, call.body.role), await actor_of(self._context, call.request, "v1")
        return await people.change_person(self._context, call.person, _number(call), given, actor)

    async def remove(self, call: Call[AccountPerson, None]) -> Refusal | None:
        """Remove somebody, and sign them out everywhere."""
        actor = await actor_of(self._context, call.request, "v1")
        return await people.remove_person(self._context, call.person, _number(call), actor)

    async def link(self, call: Call[AccountPerson, None]) -> Answer[InvitationView] | Refusal:
        """Make another one-time address for somebody."""
        actor = await actor_of(self._context, call.request, "v1")
        return _invited(await people.fresh_link(self._context, call.person, _number(call), actor, by=call.person))


def _invited(found: Invited | Refusal) -> Answer[InvitationView] | Refusal:
    return found if isinstance(found, Refusal) else Answer(InvitationView(found.person_id, found.login_url), 201)


def _number(call: Call[AccountPerson, Any]) -> int:
    """Return the person that the path names. Raises `Refused` for what is no number."""
    number = whole_number(call.part(3), 18)
    if number is None:
        raise Refused(Refusal(Reason.UNKNOWN_COLLEAGUE, f"the account has no colleague {call.part(3)[:50]}"))
    return number


def _view(person: Colleague) -> ColleagueView:
    return ColleagueView(
        person_id=person.person_id,
        name=person.name,
        role=person.role,
        opens=list(OPENS[person.role]),
        made_by=person.made_by,
        created_at=person.created_at,
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/colleagues",
        handler=ColleaguesApi.colleagues,
        caller=signed_in_person,
        scope=MANAGE,
        reply=ColleaguesView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/colleagues",
        handler=ColleaguesApi.invite,
        caller=signed_in_person,
        scope=MANAGE,
        body=ColleagueBody,
        reply=InvitationView,
        success=201,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="PUT",
        path="/v1/colleagues/{person_id}",
        handler=ColleaguesApi.change,
        caller=signed_in_person,
        scope=MANAGE,
        body=ColleagueBody,
        success=204,
        statuses=(400, 401, 403, 404, 409),
    ),
    Operation(
        method="DELETE",
        path="/v1/colleagues/{person_id}",
        handler=ColleaguesApi.remove,
        caller=signed_in_person,
        scope=MANAGE,
        success=204,
        statuses=(401, 403, 404, 409),
    ),
    Operation(
        method="POST",
        path="/v1/colleagues/{person_id}/link",
        handler=ColleaguesApi.link,
        caller=signed_in_person,
        scope=MANAGE,
        reply=InvitationView,
        success=201,
        statuses=(401, 403, 404),
    ),
]
