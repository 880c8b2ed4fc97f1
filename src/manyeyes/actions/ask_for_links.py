"""Ask the operator for a new sign-in link, without being signed in: few of a place, each name once."""

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
from manyeyes.workers.link_requests.rules import LinkRequest, is_asked, is_room


class AskForLink(msgspec.Struct, frozen=True, kw_only=True):
    """The number was taken for it alone; name and ``reach`` are as `read_asker` and `read_reach` give them."""

    request_id: int
    name: str
    reach: str
    address: str
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def ask_for_links(tx: asyncpg.Connection, now: datetime, commands: Sequence[AskForLink]) -> list[bool]:
    """Return for each whether it lies before the operator; False: there is no room for it.

    A second one of a name from the same place changes nothing; one from elsewhere stands beside it, since whoever came
    first need not be who they say. Where there is no room it is refused whatever its name, or it would tell who has
    asked: only the same request, tried again, is there. The trail keeps who asked, and not how they can be reached.
    """
    # 1. Load: what lies there, while nobody else asks.
    await link_requests.lock_asking(tx)
    found = await link_requests.link_requests(tx)
    over = {each.request_id for each in found if each.is_over(now)}
    here = [each for each in found if each.request_id not in over]
    # 2. Decide.
    outcomes: list[bool] = []
    new: list[LinkRequest] = []
    entries = []
    for c in commands:
        is_retry = any(each.request_id == c.request_id for each in here)
        outcomes.append(is_retry or is_room(c.address, here))
        if is_retry or not outcomes[-1] or is_asked(c.name, c.address, here):
            continue
        one = LinkRequest(c.request_id, c.name, c.reach, c.address, now)
        here.append(one)
        new.append(one)
        subject = f"link_request:{c.request_id}"
        entries.append(change_of(c.actor, Deed.LINK_ASK, subject, None, {"name": c.name}))
    # 3. Save.
    await link_requests.delete(tx, over)
    await link_requests.insert(tx, new)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
