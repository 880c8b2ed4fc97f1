"""Close requests for sign-in links: a link is made for whoever it was, or nobody of ours asked."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.link_requests import store as link_requests


class CloseLinkRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``link_for``: who it was, as ``worker:7``, where a link is made; empty: the request is dismissed.

    ``retried``: whoever asks may have closed it before, with a reply that was lost.
    """

    request_id: int
    link_for: str = ""
    cell: int = DIRECTORY
    retried: bool = False
    actor: Actor = BY_ITSELF


async def close_link_requests(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CloseLinkRequest]
) -> list[bool]:
    """Return for each whether there was one to close; a command that is tried again counts as having closed it."""
    here = await link_requests.lock_link_requests(tx, {c.request_id for c in commands})
    outcomes, entries, gone = [], [], set()
    for c in commands:
        closed = here.pop(c.request_id, None)
        outcomes.append(closed is not None or c.retried)
        if closed is not None:
            gone.add(c.request_id)
            after = {"link_for": c.link_for} if c.link_for else None
            subject = f"link_request:{c.request_id}"
            entries.append(change_of(c.actor, Deed.LINK_CLOSE, subject, {"name": closed.name}, after))
    await link_requests.delete(tx, gone)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
