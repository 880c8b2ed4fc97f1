"""How an entry of the audit trail is written down, hashed and chained (docs/decisions/0076)."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

import msgspec

from manyeyes.values.actor import CUSTOMER, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.web_address import read_web_address

NOTHING = bytes(32)  # what stands before the first entry of a chain
REDACTED = "changed"  # in the place of a secret: that it is another one now
DIGITS = 6  # of a fraction: what a column holds may have fewer than what was given
MOST_CHARACTERS = 20_000  # of what is kept of one side; a longer one is kept as its hash
_SECRET = re.compile(r"secret(?!_id)|token|password|private|(?<!public)_key$|^key$")  # an app's secretId is public
_ADDRESS = re.compile(r"(?:^|_)(?:url|endpoint)$")  # names of web addresses, whose path or query may carry a secret
Command = TypeVar("Command")
TrailSide = Mapping[str, Any] | msgspec.Struct | None


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change. ``subject``: what was changed, as ``account:12``; ``before`` and ``after``: canonical JSON.

    Of what was changed both sides have the members that differ; what is new has null before, what is gone null after.
    """

    actor: Actor
    deed: str
    subject: str
    before: str
    after: str


class ChainedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in its place: the ``number``-th of its cell's chain, after the one whose hash is ``previous``."""

    cell: int
    number: int
    previous: bytes
    hash: bytes
    at: datetime
    entry: TrailEntry


def change_of(actor: Actor, deed: Deed, subject: str, before: TrailSide, after: TrailSide) -> TrailEntry | None:
    """Return the entry of a change; None when there is none to tell: both sides are the same.

    Of a web address scheme and host are told, and nothing behind them, where alone it may differ.

    Raises ValueError for a secret in clear, TypeError for what has no place in an entry, such as bytes.
    """
    old, new = _members(before), _members(after)
    if old == new:
        return None
    if old is not None and new is not None:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        old, new = {n: old[n] for n in names if n in old}, {n: new[n] for n in names if n in new}
    return TrailEntry(actor=actor, deed=str(deed), subject=subject, before=_side(old), after=_side(new))


def person(role: str, number: int) -> str:
    """Return a person as the subject of an entry; of a customer that is their account."""
    return f"{'account' if role == CUSTOMER else role}:{number}"


def firsts(commands: Sequence[Command], key: Callable[[Command], object]) -> list[Command]:
    """Return the first of those commands that are about the same, in their order: what comes again changes nothing."""
    first = {key(command): place for place, command in reversed(list(enumerate(commands)))}
    return [command for place, command in enumerate(commands) if first[key(command)] == place]


def canonical(value: object) -> str:
    """Return a value as JSON in its one spelling: names in order, no blanks, no escape that is not needed.

    That is RFC 8785 for what entries consist of: texts, whole numbers, booleans, null, lists and objects with ASCII
    names. Fractions are written as texts, since programs spell them differently.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def written(cell: int, at: datetime, entry: TrailEntry) -> str:
    """Return the text that is hashed of an entry, without its place in the chain."""
    actor = {
        "address": entry.actor.address,
        "id": entry.actor.actor_id,
        "name": entry.actor.name,
        "role": entry.actor.role,
        "through": entry.actor.through,
        "via": entry.actor.via,
    }
    head = {"actor": actor, "at": stamp(at), "cell": cell, "deed": entry.deed, "subject": entry.subject}
    # Both sides are canonical already, and stay as they are kept: what is kept is what is hashed.
    sides = {"after": entry.after, "before": entry.before}
    members = {**{name: canonical(value) for name, value in head.items()}, **sides}
    return "{" + ",".join(f'"{name}":{members[name]}' for name in sorted(members)) + "}"


def link_hash(previous: bytes, number: int, text: str) -> bytes:
    """Return the hash that chains an entry: SHA-256 of the last one's in hexadecimal, the number and the text, a line
    each, without a line break at the end. The statement `advance` says the same in SQL."""
    return hashlib.sha256(f"{previous.hex()}\n{number}\n{text}".encode()).digest()


def stamp(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC with six digits of the second, which is what a database keeps."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _members(side: TrailSide) -> dict[str, Any] | None:
    if side is None:
        return None
    given = msgspec.structs.asdict(side) if isinstance(side, msgspec.Struct) else dict(side)
    for name, value in given.items():
        if _SECRET.search(name) and value not in (None, REDACTED):
            raise ValueError(f"{name} is a secret, of which the trail says {REDACTED!r} and nothing else")
    return {name: _plain(value) for name, value in given.items()}


def _side(members: dict[str, Any] | None) -> str:
    text = canonical(_without_paths("", members))
    if len(text) <= MOST_CHARACTERS:
        return text
    return canonical({"sha256": hashlib.sha256(text.encode()).hexdigest(), "characters": len(text)})


def _without_paths(name: str, value: Any) -> Any:
    """Return a plain value, whose member this is, with scheme and host of each web address in it."""
    if isinstance(value, dict):
        return {each: _without_paths(each, part) for each, part in value.items()}
    if isinstance(value, list):
        return [_without_paths(name, part) for part in value]
    if not value or not isinstance(value, str) or not _ADDRESS.search(name):
        return value
    try:
        return read_web_address(value).origin
    except ValueError:  # nobody could have called it
        return REDACTED


def _plain(value: object) -> Any:
    """Return a value of what JSON has, without fractions. Raises TypeError for what is none."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return repr(round(value, DIGITS))
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.asdict(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"an entry has no place for {type(value).__name__}")


class Flaw(msgspec.Struct, frozen=True):
    """The first thing that is wrong with a chain: at which number, and what it is.

    ``said``: an English sentence about that entry, with named gaps; ``gaps``: what stands in them.
    """

    number: int
    said: str
    gaps: Mapping[str, str | int] = {}

    @property
    def sentence(self) -> str:
        """Return the sentence with its gaps filled."""
        return self.said % self.gaps


class ChainEnd(msgspec.Struct, frozen=True):
    """Where a chain has got to: the number and the hash of its last entry."""

    number: int
    hash: bytes


def follow(end: ChainEnd, found: ChainedEntry) -> ChainEnd | Flaw:
    """Return where the chain has got to with the entry that was found next, or what is wrong with it."""
    number = end.number + 1
    if found.number > number:
        return Flaw(number, "is missing")
    if found.number < number:
        return Flaw(found.number, "stands there twice")
    text = written(found.cell, found.at, found.entry)
    if link_hash(found.previous, found.number, text) != found.hash:
        return Flaw(number, "was altered, or is not the one that was there")
    if found.previous != end.hash:
        # It is whole in itself and follows another one: that one was altered, and hashed anew, after this was written.
        return Flaw(end.number or number, "was altered and hashed anew: what comes after it follows another one")
    return ChainEnd(found.number, found.hash)


def follow_all(entries: Iterable[ChainedEntry], end: ChainEnd) -> Iterator[ChainEnd | Flaw]:
    """Yield where the chain has got to with each entry; the first flaw ends it."""
    for found in entries:
        step = follow(end, found)
        yield step
        if isinstance(step, Flaw):
            return
        end = step


BEGINNING = ChainEnd(0, NOTHING)
