"""Asking for money, deciding that, and the notice when little is left, alike for every edge (docs/decisions/0077)."""

import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts import top_ups
from manyeyes.accounts.store import Owner
from manyeyes.accounts.top_ups import LONGEST_NOTE, LowBalance, TopUpRequest, TopUpState
from manyeyes.actions.ask_top_ups import AskTopUp, ask_top_ups
from manyeyes.actions.decide_top_ups import DecideTopUp, decide_top_ups
from manyeyes.actions.set_low_balances import SetLowBalance, set_low_balances
from manyeyes.ledger import store as ledger
from manyeyes.outbound.given_address import read_callback_address
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.text.rules import read_words, without_outer_blanks

MOST_LISTED = 100

NOTICE_SECONDS = 2.0  # as fresh as what else a process remembers


class Requested(msgspec.Struct, frozen=True):
    """A request of an account in a cell, as the operator sees it."""

    cell: int
    account_name: str
    request: TopUpRequest


class LowNotice(msgspec.Struct, frozen=True):
    """A balance that is below what its account named."""

    available_micros: int
    low_micros: int


async def ask_top_up(
    context: Context, owner: Owner, given: tuple[str, str], asked_by: str, actor: Actor
) -> TopUpRequest | Refusal:
    """Ask the operator for money, ``given`` as amount in USD and note; return the request."""
    amount, note = given
    faults, micros, words = [], 0, ""
    try:
        micros = money.parse(amount)
        if not micros:
            raise ValueError("the amount must be more than 0")
    except ValueError as error:
        faults.append(MemberFault(str(error), "/amount"))
    try:
        words = read_words(note, "note", LONGEST_NOTE)
    except ValueError as error:
        faults.append(MemberFault(str(error), "/note"))
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    command = AskTopUp(
        cell=owner.cell,
        request_id=await context.id_blocks.take(owner.cell),
        account_id=owner.account_id,
        amount_micros=micros,
        note=words,
        asked_by=asked_by,
        actor=actor,
    )
    return await context.batcher.ask(ask_top_ups, command)


async def requests_of(context: Context, owner: Owner) -> list[TopUpRequest]:
    """Return what an account asked for, the newest first; at most `MOST_LISTED`."""
    async with context.cells.pool(owner.cell).acquire() as db:
        return await top_ups.requests_of(db, owner.cell, owner.account_id, MOST_LISTED)


async def every_request(context: Context, *, is_open: bool) -> list[Requested]:
    """Return what waits for the operator, the oldest first; or all, the newest first; at most `MOST_LISTED`."""
    found: list[tuple[int, TopUpRequest]] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found += [(cell, each) for each in await top_ups.every_request(db, cell, MOST_LISTED, is_open=is_open)]
    found.sort(key=lambda each: (each[1].asked_at, each[1].request_id), reverse=not is_open)
    async with context.cells.directory.acquire() as db:
        names = await accounts.names_of(db, (each.account_id for _, each in found))
    return [Requested(cell, names.get(each.account_id, ""), each) for cell, each in found[:MOST_LISTED]]


async def decide_top_up(
    context: Context, actor: Actor, request_id: int, state: TopUpState, word: str = "", *, cell: int = 0
) -> TopUpRequest | Refusal:
    """Approve or decline a request, in its ``cell``, or in the one that has it; return it as it then is.

    Cells number their requests each for itself, so several may have one: then nothing is decided.
    """
    try:
        said = read_words(word, "word", LONGEST_NOTE)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error), (MemberFault(str(error), "/word"),))
    cells = [n for n in context.cells.numbers if n == cell] if cell else await _holding(context, request_id)
    if not cells:
        return Refusal(Reason.UNKNOWN_TOP_UP, f"there is no request {request_id}")
    if len(cells) > 1:
        where = ", ".join(map(str, cells))
        return Refusal(Reason.UNKNOWN_TOP_UP, f"there are requests {request_id} in the cells {where}: say which")
    outcome = await context.batcher.ask(decide_top_ups, DecideTopUp(cells[0], request_id, state, said, actor))
    await context.notifier.tell_changed()  # jobs may wait for the money
    return outcome


async def _holding(context: Context, request_id: int) -> list[int]:
    """Return the cells that hold a request of this number."""
    found = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found += [cell] if await top_ups.has_request(db, cell, request_id) else []
    return found


async def low_balance_of(context: Context, owner: Owner) -> LowBalance:
    """Return below what an account's people are told, and where."""
    async with context.cells.pool(owner.cell).acquire() as db:
        found = await top_ups.low_balance(db, owner.cell, owner.account_id)
    return found or LowBalance(0, "", None)


async def low_notice(context: Context, owner: Owner) -> LowNotice | None:
    """Return the notice that an account's pages show; None where there is enough, or nobody wants to know.

    It may be `NOTICE_SECONDS` old: every page of theirs asks for it.
    """

    async def look() -> LowNotice | None:
        low = await low_balance_of(context, owner)
        if not low.low_micros:
            return None
        async with context.cells.pool(owner.cell).acquire() as db:
            available = (await ledger.balances(db, owner.cell, [owner.account_id])).get(owner.account_id, 0)
        return LowNotice(available, low.low_micros) if available < low.low_micros else None

    return await context.lookups.cached("low notice", owner.account_id, NOTICE_SECONDS, look)


async def set_low_balance(context: Context, owner: Owner, below: str, url: str, actor: Actor) -> LowBalance | Refusal:
    """Have an account's people told when less than this in USD is left, at ``url`` too unless it is empty."""
    faults, micros, address = [], 0, ""
    try:
        micros = money.parse(below)
    except ValueError as error:
        faults.append(MemberFault(str(error), "/below"))
    try:
        address = read_callback_address(url, context.settings.private_networks()) if without_outer_blanks(url) else ""
    except ValueError as error:
        faults.append(MemberFault(str(error), "/callback_url"))
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    await context.batcher.ask(set_low_balances, SetLowBalance(owner.cell, owner.account_id, micros, address, actor))
    context.lookups.forget()
    return await low_balance_of(context, owner)
