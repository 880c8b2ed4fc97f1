"""Open customers' accounts in their cell with all that they begin with: a balance, a client key, a sign-in link."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace, KeyMarks, KeyOwner
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of, firsts
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """What a new account gets; it may be opened so only in a cell that lives in the directory's database.

    The hashes are those of the client key, which ends with ``hint``, and of the sign-in link's secret. ``top_up_id`` is
    a serial that was taken beforehand; ``amount_micros`` 0: nothing is topped up.
    """

    key_hash: bytes
    networks: tuple[str, ...]
    link_hash: bytes
    top_up_id: int
    amount_micros: int
    hint: str = ""


class OpenAccount(msgspec.Struct, frozen=True):
    """``account_id`` was taken beforehand for this account alone. ``beginning`` None: terms and an empty balance."""

    cell: int
    account_id: int
    name: str
    beginning: Beginning | None = None
    actor: Actor = BY_ITSELF


async def open_accounts(tx: asyncpg.Connection, now: datetime, commands: Sequence[OpenAccount]) -> list[int]:
    """Return the ids of the accounts. An id was taken for one account alone: one that exists is this command's own."""
    cell = commands[0].cell
    new = await accounts.insert_accounts(tx, now, cell, [(c.account_id, c.name) for c in commands])
    await ledger.open_balances(tx, cell, [c.account_id for c in commands])
    for command in commands:
        if command.beginning and await accounts.key_owner(tx, command.beginning.key_hash) is None:
            await _begin(tx, now, command, command.beginning)
    entries = [_told(c) for c in firsts(commands, lambda c: c.account_id) if c.account_id in new]
    await trail.record(tx, now, cell, entries)
    return [c.account_id for c in commands]


def _told(command: OpenAccount) -> TrailEntry | None:
    begins, after = command.beginning, dict[str, object](name=command.name)
    if begins:
        links = {"begins_with": f"key:{shown_hash(begins.key_hash)}", "networks": begins.networks}
        after |= {"balance_micros": begins.amount_micros, **links}
    return change_of(command.actor, Deed.ACCOUNT_OPEN, f"account:{command.account_id}", None, after)


async def _begin(tx: asyncpg.Connection, now: datetime, command: OpenAccount, beginning: Beginning) -> None:
    cell, account_id, amount = command.cell, command.account_id, beginning.amount_micros
    if amount:
        await ledger.insert_transfers(
            tx, now, cell, [posting(TransferKind.TOP_UP, beginning.top_up_id, account_id, amount)]
        )
        await ledger.change_balances(tx, cell, {account_id: amount})
    await accounts.insert_place(tx, AccountPlace(account_id, command.name, cell))
    marks = KeyMarks(hint=beginning.hint)
    await accounts.insert_key(tx, beginning.key_hash, KeyOwner(cell, account_id, beginning.networks), marks)
    await workers.insert_credential(
        tx, beginning.link_hash, "link", Subject("customer", account_id, cell), LINK_SECONDS
    )
