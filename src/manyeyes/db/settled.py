"""Up to which instant all is written that ever will be: lists in the order of instants may be read so far."""

from datetime import datetime

import asyncpg

from manyeyes.db.migrate import SQL


async def settled_until(db: asyncpg.Connection) -> datetime:
    """Return an instant before which no transaction of ours can write any more.

    What a transaction writes bears the instant of its beginning and appears with its end, so of two that overlap the
    later instant may appear first. Whoever goes on behind it would miss the other one. Ask before the list is read,
    with a statement of its own.
    """
    found: datetime = await db.fetchval(SQL.settled_until)
    return found
