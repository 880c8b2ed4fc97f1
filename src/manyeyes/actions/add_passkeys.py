"""Keep passkeys that people's devices just made."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.challenges import Challenge
from manyeyes.values.deeds import Deed
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.passkeys.rules import MOST_PASSKEYS, PasskeyKept
from manyeyes.workers.passkeys.store import NewPasskey
from manyeyes.workers.store import Subject


class AddPasskey(msgspec.Struct, frozen=True):
    """``challenge``: what was answered with it, once."""

    subject: Subject
    new: NewPasskey
    challenge: Challenge
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_passkeys(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddPasskey]) -> list[PasskeyKept]:
    """Return for each whether its person has the passkey now; TOO_MANY: they have `MOST_PASSKEYS` others.

    No device makes the same one twice: one that is there and theirs came before, with a command whose reply was lost;
    one that is somebody else's stays theirs.
    """
    await passkeys.lock_making(tx)
    first = await passkeys.use_challenges(tx, [c.challenge for c in commands])
    outcomes, entries = [], []
    for command in commands:
        is_first = command.challenge.answer_hash in first
        first.discard(command.challenge.answer_hash)
        outcome = await _keep(tx, command, is_first=is_first)
        outcomes.append(outcome)
        if outcome is PasskeyKept.KEPT:
            named = {"name": command.new.name}
            entries.append(change_of(command.actor, Deed.PASSKEY_ADD, command.subject.label, None, named))
    await trail.record(tx, now, DIRECTORY, entries)
    return outcomes


async def _keep(tx: asyncpg.Connection, command: AddPasskey, *, is_first: bool) -> PasskeyKept:
    found = await passkeys.passkey(tx, command.new.credential_id)
    if found is not None:
        return PasskeyKept.BEFORE if found.subject == command.subject else PasskeyKept.TOO_LATE
    if not is_first:
        return PasskeyKept.TOO_LATE
    if len(await passkeys.passkeys_of(tx, command.subject)) >= MOST_PASSKEYS:
        return PasskeyKept.TOO_MANY
    await passkeys.insert(tx, command.subject, command.new)
    return PasskeyKept.KEPT
