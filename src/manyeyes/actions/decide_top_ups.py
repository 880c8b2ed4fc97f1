"""Approve what customers ask to be topped up with, by which the money comes in, or decline it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import top_ups
from manyeyes.accounts.top_ups import TopUpRequest, TopUpState
from manyeyes.actions.shared.notice_mails import News, mail_news
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.notices.rules import NoticeKind
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class DecideTopUp(msgspec.Struct, frozen=True):
    """``state``: APPROVED or DECLINED; ``word``: what the customer reads of it."""

    cell: int
    request_id: int
    state: TopUpState
    word: str = ""
    actor: Actor = BY_ITSELF


async def decide_top_ups(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[DecideTopUp]
) -> list[TopUpRequest | Refusal]:
    """Return each request as it then is, or why it cannot be decided so: it is not there, or was decided otherwise.

    The money is booked by the request's own number: decided twice, or by two at once, it moves once.
    """
    # 1. Load: the requests, then the balances of those that are approved, locked.
    cell = commands[0].cell
    found = await top_ups.lock_requests(tx, cell, sorted({c.request_id for c in commands}))
    balances = await ledger.lock_balances(tx, cell, sorted({each.account_id for each in found.values()}))
    # 2. Decide: the first word about a request that is open.
    decided: dict[int, TopUpRequest] = {}
    entries: list[TrailEntry | None] = []
    outcomes: list[TopUpRequest | Refusal] = []
    for c in commands:
        request = decided.get(c.request_id) or found.get(c.request_id)
        if request is None or request.account_id not in balances:
            outcomes.append(Refusal(Reason.UNKNOWN_TOP_UP, f"there is no request {c.request_id}"))
            continue
        if request.state is TopUpState.OPEN:
            request = msgspec.structs.replace(request, state=c.state, word=c.word, decided_at=now)
            decided[c.request_id] = request
            entries.append(_told(c))
        is_so = request.state is c.state
        said = f"request {c.request_id} was {request.state.name.lower()} already"
        outcomes.append(request if is_so else Refusal(Reason.ALREADY_DECIDED, said))
    # 3. Save: the decisions, the transfers, the balances.
    approved = [each for each in decided.values() if each.state is TopUpState.APPROVED]
    await top_ups.decide_requests(tx, now, cell, [(r.request_id, r.state, r.word) for r in decided.values()])
    transfers = [posting(TransferKind.TOP_UP, r.request_id, r.account_id, r.amount_micros) for r in approved]
    await ledger.insert_transfers(tx, now, cell, transfers)
    changes: Counter[int] = Counter()
    for each in approved:
        changes[each.account_id] += each.amount_micros
    await ledger.change_balances(tx, cell, changes)
    news = [News(r.account_id, NoticeKind.TOP_UP_DECIDED, r.request_id) for r in decided.values()]
    await mail_news(tx, now, cell, news)
    await trail.record(tx, now, cell, entries)
    return outcomes


def _told(c: DecideTopUp) -> TrailEntry | None:
    deed = Deed.TOP_UP_APPROVE if c.state is TopUpState.APPROVED else Deed.TOP_UP_DECLINE
    before, after = {"state": TopUpState.OPEN.name, "word": ""}, {"state": c.state.name, "word": c.word}
    return change_of(c.actor, deed, f"top_up:{c.request_id}", before, after)
