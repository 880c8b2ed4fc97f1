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
from manyeyes.workers.passkeys.store import NewPasskey
from manyeyes.workers.store import Subject


class AddPasskey(msgspec.Struct, frozen=True):
    """``challenge``: what was answered with it, once."""

    subject: Subject
    new: NewPasskey
    challenge: Challenge
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_passkeys(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddPasskey]) -> list[bool]:
    """Return for each whether its person has the passkey now.

    No device makes the same one twice: one that is there and theirs came before, with a command whose reply was lost;
    one that is somebody else's stays theirs.
    """
    kept, entries = [], []
    for command in commands:
        is_first = await passkeys.use_challenge(tx, command.challenge.answer_hash, command.challenge.expires_at)
        if is_first and await passkeys.insert(tx, command.subject, command.new):
            kept.append(True)
            entries.append(
                change_of(command.actor, Deed.PASSKEY_ADD, command.subject.label, None, {"name": command.new.name})
            )
        else:
            found = await passkeys.passkey(tx, command.new.credential_id)
            kept.append(found is not None and found.subject == command.subject)
    await trail.record(tx, now, DIRECTORY, entries)
    return kept
