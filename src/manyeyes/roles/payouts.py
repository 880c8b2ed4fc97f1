"""Paying people out: what they ask for, and what the operator does with it; alike for pages, /v1 and commands.

A request is what its cells give of it under one number; each cell's part goes its own way (docs/decisions/0078).
"""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.accounts.rules import digest
from manyeyes.actions.ask_payouts import AskPayout, ask_payouts
from manyeyes.actions.move_payouts import MovePayout, move_payouts
from manyeyes.ledger import store as ledger
from manyeyes.payouts import store as payouts
from manyeyes.payouts.rules import (
    LONGEST_DETAILS,
    LONGEST_WORD,
    PayoutStep,
    sealed_as,
    shown_end,
    split,
)
from manyeyes.payouts.store import Payout
from manyeyes.roles.payout_parts import PayoutRequest, grouped, paid_together, parts_of
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import read_name, read_words
from manyeyes.workers.register import store as register

LARGEST_LIST = 500
MOST_WAITING = 100_000  # of a file
MOST_OWN = 100


class EarnedPurse(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker has earned, by where it is, in micro-units."""

    pending_micros: int
    payable_micros: int
    requested_micros: int
    paid_micros: int


class NamedRequest(msgspec.Struct, frozen=True):
    """A request as the operator sees it."""

    request: PayoutRequest
    worker_name: str


async def purse_of(context: Context, worker_id: int) -> EarnedPurse:
    """Return what a worker has earned in all cells."""
    sums = [0, 0, 0, 0]
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> tuple[int, int, int, int]:
            pending, payable = (await ledger.purses(db, cell, [worker_id]))[worker_id]
            return pending, payable, *(await payouts.sums_of(db, cell, worker_id))

        found = await read_patiently(context.cells.pool(cell), read)
        sums = [a + b for a, b in zip(sums, found, strict=True)]
    return EarnedPurse(pending_micros=sums[0], payable_micros=sums[1], requested_micros=sums[2], paid_micros=sums[3])


async def requests_of(context: Context, worker_id: int) -> list[PayoutRequest]:
    """Return what a worker asked for, newest first, at most `MOST_OWN`."""
    found: list[Payout] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[Payout]:
            return await payouts.of_worker(db, cell, worker_id, MOST_OWN)

        found += await read_patiently(context.cells.pool(cell), read)
    return sorted(grouped(found), key=lambda one: (one.asked_at, one.request_id), reverse=True)[:MOST_OWN]


async def ask_payout(
    context: Context, worker_id: int, amount_micros: int | None, details: str, key: str, actor: Actor = BY_ITSELF
) -> list[PayoutRequest] | Refusal:
    """Ask to be paid out: this much, or all that is payable (None), to where ``details`` say in words.

    ``key``: asked again with it, nothing more is asked for. Empty details: as the last time. Where one cell cannot give
    its part, because it was asked for meanwhile, the others give theirs.
    """
    key_hash = digest(key)
    payable, known = await _payable(context, worker_id, key_hash)
    if known:
        return grouped(known)
    wanted = sum(payable.values()) if amount_micros is None else amount_micros
    refusal = _why_not(context, wanted, sum(payable.values()))
    if refusal:
        return refusal
    read = await _read_details(context, worker_id, details)
    if isinstance(read, Refusal):
        return read
    request_id = await context.id_blocks.take_number("payout")
    asked: list[Payout] = []
    outcome: Payout | Refusal = _TOO_LARGE
    for cell, micros in split(wanted, payable).items():
        command = AskPayout(
            cell=cell,
            payout_id=await context.id_blocks.take(cell),
            request_id=asked[0].request_id if asked else request_id,
            worker_id=worker_id,
            ask_key=key_hash,
            amount_micros=micros,
            shown=shown_end(read),
            details=_sealed(context, asked[0].request_id if asked else request_id, read),
            actor=actor,
        )
        outcome = await context.batcher.ask(ask_payouts, command)
        asked += [outcome] if isinstance(outcome, Payout) else []
    return grouped(asked) if asked else _refusal(outcome)


async def move_request(
    context: Context,
    request_id: int,
    step: PayoutStep,
    words: str = "",
    *,
    worker_id: int = 0,
    seen_micros: int = 0,
    actor: Actor = BY_ITSELF,
) -> list[PayoutRequest] | Refusal:
    """Take a step with all that belongs to a request, of which what is approved is paid. Again it changes nothing.

    ``worker_id``: whose it must be; 0: anybody's. ``seen_micros``: what was paid, which must be what is approved; 0:
    it is not compared. Refused where no cell may take the step.
    """
    try:
        words = _words(step, words)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    found = await parts_of(context, request_id)
    if step is PayoutStep.MARK_PAID and found:
        paid = paid_together(found, words, seen_micros)
        if isinstance(paid, Refusal):
            return paid
        found = paid
    outcome: Payout | Refusal = Refusal(Reason.UNKNOWN_PAYOUT, f"there is no request {request_id} to be paid out")
    moved: list[Payout] = []
    for cell, _ in found:
        command = MovePayout(cell=cell, request_id=request_id, step=step, words=words, worker_id=worker_id, actor=actor)
        outcome = await context.batcher.ask(move_payouts, command)
        moved += [outcome] if isinstance(outcome, Payout) else []
    return grouped(moved) if moved else _refusal(outcome)


async def open_requests(context: Context, limit: int) -> list[NamedRequest]:
    """Return what waits for the operator, the oldest first."""
    found: list[Payout] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found += await payouts.open_payouts(db, cell, limit)
    oldest = sorted(grouped(found), key=lambda one: (one.asked_at, one.request_id))
    return await _named(context, oldest[:limit])  # of a later one some cells' parts may not have been read


async def ended_requests(context: Context, limit: int) -> list[NamedRequest]:
    """Return what was paid, declined or withdrawn last, newest first."""
    found: list[Payout] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found += await payouts.ended_payouts(db, cell, limit)
    ended = [(one.ended_at, one.request_id, one) for one in grouped(found) if one.ended_at]
    newest = [one for *_, one in sorted(ended, key=lambda each: each[:2], reverse=True)]
    return await _named(context, newest[:limit])


def opened(context: Context, request: PayoutRequest) -> str:
    """Return where a request's money is to go; empty when the installation's keys were given up since it was asked."""
    try:
        return context.payout_sealer.open(sealed_as(request.request_id), request.details).decode()
    except ValueError:
        return ""


def _why_not(context: Context, wanted: int, payable: int) -> Refusal | None:
    smallest = context.settings.smallest_payout_micros()
    if wanted < smallest:
        return Refusal(Reason.PAYOUT_TOO_SMALL, f"less than {money.text(smallest)} cannot be asked for")
    return _TOO_LARGE if wanted > payable else None


async def _payable(context: Context, worker_id: int, key_hash: bytes) -> tuple[dict[int, int], list[Payout]]:
    """Return what is payable by cell, and what was asked for with the key before.

    Of each cell the wallet is read first: one that gave its part under this key shows that too.
    """
    payable: dict[int, int] = {}
    known: list[Payout] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> tuple[int, list[Payout]]:
            micros = await ledger.worker_payable(db, cell, worker_id)
            return micros, list((await payouts.asked_before(db, cell, [(worker_id, key_hash)])).values())

        payable[cell], before = await read_patiently(context.cells.pool(cell), read)
        known += before
    return payable, known


async def _read_details(context: Context, worker_id: int, details: str) -> str | Refusal:
    if details.strip():
        try:
            return read_words(details, "details", LONGEST_DETAILS)
        except ValueError as error:
            return Refusal(Reason.UNREADABLE, str(error))
    last = next(iter(await requests_of(context, worker_id)), None)
    return (opened(context, last) if last else "") or Refusal(Reason.UNREADABLE, "say where the money is to go")


def _words(step: PayoutStep, words: str) -> str:
    if step is PayoutStep.MARK_PAID:
        return read_name(words, "reference", LONGEST_WORD)
    if step is PayoutStep.DECLINE:
        return read_name(words, "reason", LONGEST_WORD)
    return ""


def _sealed(context: Context, request_id: int, details: str) -> bytes:
    return context.payout_sealer.seal(sealed_as(request_id), details.encode())


async def _named(context: Context, requests: Sequence[PayoutRequest]) -> list[NamedRequest]:
    async with context.cells.directory.acquire() as db:
        names = await register.names_of(db, {one.worker_id for one in requests})
    return [NamedRequest(one, names.get(one.worker_id, "")) for one in requests]


def _refusal(outcome: Payout | Refusal) -> Refusal:
    assert isinstance(outcome, Refusal)
    return outcome


_TOO_LARGE = Refusal(Reason.PAYOUT_TOO_LARGE, "there is less than that to be paid out")
