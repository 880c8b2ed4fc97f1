"""/v1/notices: where an account's notices go by e-mail."""

from datetime import datetime

import msgspec

from manyeyes.accounts.rules import WEBHOOKS
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.change_notice_addresses import AddressChange
from manyeyes.notices.rules import NoticeAddress
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.notices import add_address, addresses_of, change_address, choose_notices
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.operations import Answer, Call, Operation
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import NoticeId


class NoticeAddressBody(msgspec.Struct, frozen=True):
    """``language``: en, vi, th, id or zh-Hans."""

    address: str
    notices: list[str]
    language: str = "en"


class ChosenNoticesBody(msgspec.Struct, frozen=True):
    notices: list[str]


class NoticeAddressView(msgspec.Struct, frozen=True, kw_only=True):
    """``confirmed_at`` null: nobody there has followed the link. ``fault``: of the newest message, in English."""

    id: int
    address: str
    notices: list[str]
    language: str
    created_at: datetime
    confirmed_at: datetime | None
    unsubscribed_at: datetime | None
    fault: str = ""


class NoticeAddressesView(msgspec.Struct, frozen=True):
    """An account's addresses, the newest first; ``next`` is always null: all are told."""

    items: list[NoticeAddressView]
    next: None = None


class NoticesApi:
    """Addresses for notices of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def addresses(self, call: Call[KeyOwner, None]) -> NoticeAddressesView:
        """Return the account's addresses with what became of the newest message to each."""
        found = await addresses_of(self._context, call.person)
        return NoticeAddressesView([_view(each.found, each.last.last_fault if each.last else "") for each in found])

    async def add(self, call: Call[KeyOwner, NoticeAddressBody]) -> Answer[NoticeAddressView] | Refusal:
        """Add an address; a link to confirm it goes there."""
        body, actor = call.body, await actor_of(self._context, call.request, "v1")
        given = (body.address, body.notices, body.language)
        found = await add_address(self._context, call.person, given, actor)
        return found if isinstance(found, Refusal) else Answer(_view(found), 201)

    async def choose(self, call: Call[KeyOwner, ChosenNoticesBody]) -> NoticeAddressView | Refusal:
        """Choose which notices go to an address."""
        number, actor = whole_number(call.part(3), 18) or 0, await actor_of(self._context, call.request, "v1")
        found = await choose_notices(self._context, call.person, number, call.body.notices, actor)
        return found if isinstance(found, Refusal) else _view(found)

    async def remove(self, call: Call[KeyOwner, None]) -> Refusal | None:
        """Remove an address: nothing more goes there."""
        notice = NoticeId(call.person.cell, call.person.account_id, whole_number(call.part(3), 18) or 0)
        actor = await actor_of(self._context, call.request, "v1")
        found = await change_address(self._context, notice, AddressChange.REMOVE, actor)
        return found if isinstance(found, Refusal) else None


def _view(found: NoticeAddress, fault: str = "") -> NoticeAddressView:
    return NoticeAddressView(
        id=found.address_id,
        address=found.address,
        notices=list(found.notices),
        language=found.language,
        created_at=found.created_at,
        confirmed_at=found.confirmed_at,
        unsubscribed_at=found.ended_at if found.unsubscribed else None,
        fault=fault,
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/notices",
        handler=NoticesApi.addresses,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        reply=NoticeAddressesView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/notices",
        handler=NoticesApi.add,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        body=NoticeAddressBody,
        reply=NoticeAddressView,
        success=201,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="PUT",
        path="/v1/notices/{address_id}",
        handler=NoticesApi.choose,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        body=ChosenNoticesBody,
        reply=NoticeAddressView,
        statuses=(400, 401, 403, 404),
    ),
    Operation(
        method="DELETE",
        path="/v1/notices/{address_id}",
        handler=NoticesApi.remove,
        caller=signed_in_customer,
        scope=WEBHOOKS,
        success=204,
        statuses=(401, 403, 404),
    ),
]
