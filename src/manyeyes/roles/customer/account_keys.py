"""An account's client keys, alike for /v1 and the pages: listed, made, changed, replaced, ended by its owners.

docs/decisions/0077.
"""

from collections.abc import Sequence

import msgspec

from manyeyes.accounts import client_keys
from manyeyes.accounts.client_keys import ClientKey
from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import LONGEST_LABEL
from manyeyes.accounts.rules import EVERY_SCOPE, canonical_network, digest, hint_of, new_key
from manyeyes.accounts.store import KeyMarks, KeyOwner, Owner
from manyeyes.actions.change_keys import ChangeKey, change_keys
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.actions.rotate_keys import RotateKey, rotate_keys
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.text.rules import read_name, without_outer_blanks

MOST_NETWORKS = 50
LONGEST_OVERLAP = 30 * 86_400  # seconds that a key goes on that was replaced
LONGEST_NETWORK = 60  # characters
HASH_CHARACTERS = 64


class WantedKey(msgspec.Struct, frozen=True):
    """What somebody says of a key: what it is called, what it opens, and from which networks (none: from anywhere)."""

    label: str
    scopes: tuple[str, ...]
    addresses: tuple[str, ...]


class FreshKey(msgspec.Struct, frozen=True):
    """A key that was just made; it is shown this once."""

    secret: str

    def __repr__(self) -> str:
        return "FreshKey()"  # a log may show it

    @property
    def key_id(self) -> str:
        """Return by what the key is named from now on."""
        return digest(self.secret).hex()


def key_id(key: ClientKey) -> str:
    """Return by what a key is named: its SHA-256, in hexadecimal digits."""
    return key.key_hash.hex()


async def keys_of(context: Context, owner: Owner) -> list[ClientKey]:
    """Return an account's keys, those that may be used first."""
    async with context.cells.directory.acquire() as db:
        return await client_keys.client_keys(db, owner.account_id)


async def make_client_key(
    context: Context, person: AccountPerson, given: WantedKey, actor: Actor
) -> FreshKey | Refusal:
    """Make a key, or say what of it is wrong."""
    read = read_key(given)
    if isinstance(read, Refusal):
        return read
    fresh = FreshKey(new_key())
    marks = KeyMarks(read.label, hint_of(fresh.secret), person.name, person.person_id)
    owner = KeyOwner(person.cell, person.account_id, read.addresses, read.scopes)
    command = IssueKey(digest(fresh.secret), owner, marks=marks, actor=actor)
    return await context.batcher.ask(issue_keys, command) or fresh


async def change_key(
    context: Context, person: AccountPerson, named: str, given: WantedKey, actor: Actor
) -> Refusal | None:
    """Change what a key is called, what it opens and from where; the old rights end at once, in all servers."""
    read, key_hash = read_key(given), _read_id(named)
    if isinstance(read, Refusal):
        return read
    command = ChangeKey(
        key_hash=key_hash,
        account_id=person.account_id,
        by=person.person_id,
        label=read.label,
        scopes=read.scopes,
        networks=read.addresses,
        actor=actor,
    )
    refusal = await context.batcher.ask(change_keys, command)
    await context.notifier.tell_changed()
    return refusal


async def rotate_key(
    context: Context, person: AccountPerson, named: str, seconds: int, actor: Actor
) -> FreshKey | Refusal:
    """Make a key in the place of another, which goes on for so many seconds and then ends by itself."""
    if not 0 <= seconds <= LONGEST_OVERLAP:
        return Refusal(Reason.UNREADABLE, f"the old key goes on for 0 to {LONGEST_OVERLAP} seconds")
    fresh = FreshKey(new_key())
    command = RotateKey(
        key_hash=_read_id(named),
        fresh_hash=digest(fresh.secret),
        owner=KeyOwner(person.cell, person.account_id, ()),
        marks=KeyMarks(hint=hint_of(fresh.secret), made_by=person.name),
        seconds=seconds,
        by=person.person_id,
        actor=actor,
    )
    refusal = await context.batcher.ask(rotate_keys, command)
    await context.notifier.tell_changed()
    return refusal or fresh


async def revoke_key(context: Context, person: AccountPerson, named: str, actor: Actor) -> Refusal | None:
    """End a key, and the sessions that it began, at once and in all servers."""
    command = RevokeKey(_read_id(named), of=person.account_id, by=person.person_id, actor=actor)
    ended = await context.batcher.ask(revoke_keys, command)
    await context.notifier.tell_changed()
    if ended is None:
        return Refusal(Reason.UNKNOWN_CLIENT_KEY, "the account has no such key that may be used")
    return ended if isinstance(ended, Refusal) else None


def read_key(given: WantedKey) -> WantedKey | Refusal:
    """Return what was said of a key in its one form, or what of it is wrong, by its members."""
    faults: list[MemberFault] = []
    label = without_outer_blanks(given.label)
    try:
        label = read_name(label, "label", LONGEST_LABEL) if label else ""
    except ValueError as error:
        faults.append(MemberFault(str(error), "/label"))
    scopes = tuple(scope for scope in EVERY_SCOPE if scope in given.scopes)
    if not scopes or set(given.scopes) - set(EVERY_SCOPE):
        faults.append(MemberFault(f"name at least one scope of {', '.join(EVERY_SCOPE)}, and nothing else", "/scopes"))
    networks = _read_networks(given.addresses, faults)
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    return WantedKey(label, scopes, networks)


def _read_networks(given: Sequence[str], faults: list[MemberFault]) -> tuple[str, ...]:
    if len(given) > MOST_NETWORKS:
        faults.append(MemberFault(f"a key has at most {MOST_NETWORKS} addresses", "/addresses"))
        return ()
    found: dict[str, None] = {}
    for place, text in enumerate(given):
        try:
            found[canonical_network(without_outer_blanks(text[:LONGEST_NETWORK]))] = None
        except ValueError:
            said = f"{text[:LONGEST_NETWORK]!r} is no address or network; write it like 203.0.113.7 or 203.0.113.0/24"
            faults.append(MemberFault(said, f"/addresses/{place}"))
    return tuple(found)


def _read_id(named: str) -> bytes:
    """Return the hash that a key is named by; an empty one, which no key has, for what is none."""
    try:
        return bytes.fromhex(named) if len(named) == HASH_CHARACTERS and named.isascii() else b""
    except ValueError:
        return b""
