"""Keep what customers ask to be topped up with, until the operator decides."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts import top_ups
from manyeyes.accounts.top_ups import MOST_OPEN, SAME_SECONDS, TopUpRequest
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class AskTopUp(msgspec.Struct, frozen=True, kw_only=True):
    """``request_id`` is a serial taken beforehand: the same command sent twice is kept once. ``asked_by``: a name."""

    cell: int
    request_id: int
    account_id: int
    amount_micros: int
    note: str = ""
    asked_by: str = ""
    actor: Actor = BY_ITSELF


async def ask_top_ups(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[AskTopUp]
) -> list[TopUpRequest | Refusal]:
    """Return each request as it is kept, or why it is not: no such account, or enough of theirs wait already.

    What the same person asked for in the last minute, and waits, is not asked for again.
    """
    cell = commands[0].cell
    account_ids = sorted({c.account_id for c in commands})
    known = await accounts.lock_accounts(tx, cell, account_ids)  # so that two at once do not both find room
    before = await top_ups.lock_requests(tx, cell, sorted({c.request_id for c in commands}))
    waiting: defaultdict[int, list[TopUpRequest]] = defaultdict(list)
    for each in await top_ups.open_requests(tx, cell, account_ids):
        waiting[each.account_id].append(each)
    fresh: list[TopUpRequest] = []
    entries: list[TrailEntry | None] = []
    outcomes: list[TopUpRequest | Refusal] = []
    for c in commands:
        theirs = waiting[c.account_id]
        same = before.get(c.request_id) or next((each for each in theirs if _is_same(c, each, now)), None)
        if same is not None:
            outcomes.append(same)
        elif c.account_id not in known:
            outcomes.append(Refusal(Reason.UNKNOWN_ACCOUNT, f"there is no account {c.account_id}"))
        elif len(theirs) >= MOST_OPEN:
            outcomes.append(Refusal(Reason.ENOUGH_OF_THEM, f"{MOST_OPEN} requests of the account wait already"))
        else:
            before[c.request_id] = request = _request(c, now)
            theirs.append(request)
            fresh.append(request)
            told = {"amount_micros": c.amount_micros, "note": c.note}
            entries.append(change_of(c.actor, Deed.TOP_UP_ASK, f"top_up:{c.request_id}", None, told))
            outcomes.append(request)
    await top_ups.insert_requests(tx, now, cell, fresh)
    await trail.record(tx, now, cell, entries)
    return outcomes


def _is_same(c: AskTopUp, asked: TopUpRequest, now: datetime) -> bool:
    said = asked.amount_micros, asked.note, asked.asked_by
    return said == (c.amount_micros, c.note, c.asked_by) and now - asked.asked_at < timedelta(seconds=SAME_SECONDS)


def _request(c: AskTopUp, now: datetime) -> TopUpRequest:
    return TopUpRequest(
        request_id=c.request_id,
        account_id=c.account_id,
        amount_micros=c.amount_micros,
        note=c.note,
        asked_by=c.asked_by,
        asked_at=now,
    )
