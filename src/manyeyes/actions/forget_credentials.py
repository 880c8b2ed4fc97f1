"""Forget links and sessions that are over since a day, challenges that nobody can answer any more, and old requests."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.link_requests import store as link_requests
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.sign_outs.store import delete_spent


class ForgetCredentials(msgspec.Struct, frozen=True):
    cell: int = DIRECTORY


async def forget_credentials(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetCredentials]
) -> list[None]:
    """Forget the links and sessions, but for the operator's: by those it is known that there is an operator."""
    await delete_spent(tx)
    await passkeys.forget_used_challenges(tx)
    await link_requests.forget_old(tx, now)
    return [None for _ in commands]
