"""Sign people in whose devices answered a challenge."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.values.challenges import Challenge
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.store import Subject


class UsePasskey(msgspec.Struct, frozen=True):
    """``sign_count``: what the device says now, 0 for one that does not count."""

    credential_id: bytes
    sign_count: int
    challenge: Challenge
    cell: int = DIRECTORY


async def use_passkeys(tx: asyncpg.Connection, now: datetime, commands: Sequence[UsePasskey]) -> list[Subject | None]:
    """Return whom each signs in; None: the challenge was answered before, the passkey is gone, or it counted back.

    An answer whose reply was lost was given: who else might send it again cannot be told from that try.
    """
    await passkeys.lock(tx, (c.credential_id for c in commands))
    first = await passkeys.use_challenges(tx, [c.challenge for c in commands])
    found: list[Subject | None] = []
    for command in commands:
        is_first = command.challenge.answer_hash in first
        first.discard(command.challenge.answer_hash)
        found.append(await passkeys.use(tx, command.credential_id, command.sign_count) if is_first else None)
    return found
