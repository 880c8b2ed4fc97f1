"""/v1/keys: an account's client keys, for its owners at the pages; no key makes or changes keys."""

from datetime import datetime

import msgspec

from manyeyes.accounts.client_keys import ClientKey
from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.rules import MANAGE
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import account_keys
from manyeyes.roles.customer.account_keys import FreshKey, WantedKey, key_id, keys_of
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_person
from manyeyes.v1.operations import Answer, Call, Operation
from manyeyes.values.refusals import Refusal

USUAL_OVERLAP = 86_400  # seconds that a key goes on that was replaced


class KeyBody(msgspec.Struct, frozen=True):
    """``addresses``: networks such as 203.0.113.0/24; none: from anywhere."""

    scopes: tuple[str, ...]
    label: str = ""
    addresses: tuple[str, ...] = ()


class RotationBody(msgspec.Struct, frozen=True):
    """``old_seconds``: how long the key goes on that is replaced, 0 to 2592000."""

    old_seconds: int = USUAL_OVERLAP


class ClientKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret; ``hint``: its last characters. ``used_at`` may be some minutes late."""

    key_id: str
    label: str
    hint: str
    scopes: list[str]
    addresses: list[str]
    made_by: str
    created_at: datetime
    used_at: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None
    usable: bool


class ClientKeysView(msgspec.Struct, frozen=True):
    """An account's keys, those that may be used first; ``next`` is always null: there are two hundred at most."""

    items: list[ClientKeyView]
    next: None = None


class FreshKeyView(msgspec.Struct, frozen=True):
    """A key that was just made; ``client_key`` is shown this once."""

    key_id: str
    client_key: str


class KeysApi:
    """An account's own keys."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def keys(self, call: Call[AccountPerson, None]) -> ClientKeysView:
        """Return the account's keys, without their secrets."""
        return ClientKeysView([_view(each) for each in await keys_of(self._context, call.person)])

    async def make(self, call: Call[AccountPerson, KeyBody]) -> Answer[FreshKeyView] | Refusal:
        """Make a key; its secret is in this reply and nowhere else."""
        actor = await actor_of(self._context, call.request, "v1")
        fresh = await account_keys.make_client_key(self._context, call.person, _given(call.body), actor)
        return fresh if isinstance(fresh, Refusal) else Answer(_fresh(fresh), 201)

    async def change(self, call: Call[AccountPerson, KeyBody]) -> Refusal | None:
        """Change what a key is called, what it opens and from where; at once."""
        actor = await actor_of(self._context, call.request, "v1")
        return await account_keys.change_key(self._context, call.person, call.part(3), _given(call.body), actor)

    async def rotate(self, call: Call[AccountPerson, RotationBody]) -> Answer[FreshKeyView] | Refusal:
        """Make a key in the place of another, which goes on for a while and then ends by itself."""
        actor, seconds = await actor_of(self._context, call.request, "v1"), call.body.old_seconds
        fresh = await account_keys.rotate_key(self._context, call.person, call.part(3), seconds, actor)
        return fresh if isinstance(fresh, Refusal) else Answer(_fresh(fresh), 201)

    async def revoke(self, call: Call[AccountPerson, None]) -> Refusal | None:
        """End a key at once, and the sessions that it began."""
        actor = await actor_of(self._context, call.request, "v1")
        return await account_keys.revoke_key(self._context, call.person, call.part(3), actor)


def _given(body: KeyBody) -> WantedKey:
    return WantedKey(body.label, body.scopes, body.addresses)


def _fresh(fresh: FreshKey) -> FreshKeyView:
    return FreshKeyView(fresh.key_id, fresh.secret)


def _view(key: ClientKey) -> ClientKeyView:
    return ClientKeyView(
        key_id=key_id(key),
        label=key.label,
        hint=key.hint,
        scopes=list(key.scopes),
        addresses=list(key.allowed_addresses),
        made_by=key.made_by,
        created_at=key.created_at,
        used_at=key.used_at,
        ends_at=key.ends_at,
        revoked_at=key.revoked_at,
        usable=not key.has_ended,
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/keys",
        handler=KeysApi.keys,
        caller=signed_in_person,
        scope=MANAGE,
        reply=ClientKeysView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/keys",
        handler=KeysApi.make,
        caller=signed_in_person,
        scope=MANAGE,
        body=KeyBody,
        reply=FreshKeyView,
        success=201,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="PUT",
        path="/v1/keys/{key_id}",
        handler=KeysApi.change,
        caller=signed_in_person,
        scope=MANAGE,
        body=KeyBody,
        success=204,
        statuses=(400, 401, 403, 404),
    ),
    Operation(
        method="DELETE",
        path="/v1/keys/{key_id}",
        handler=KeysApi.revoke,
        caller=signed_in_person,
        scope=MANAGE,
        success=204,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/keys/{key_id}/rotate",
        handler=KeysApi.rotate,
        caller=signed_in_person,
        scope=MANAGE,
        body=RotationBody,
        reply=FreshKeyView,
        success=201,
        statuses=(400, 401, 403, 404, 409),
    ),
]
