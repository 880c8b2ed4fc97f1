"""Customers and workers for a measurement, written straight into the database of a running product."""

import asyncio
from pathlib import Path

import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_key, new_token
from manyeyes.accounts.store import AccountPlace, KeyOwner
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.db.pool import FIRST_CELL
from manyeyes.runtime.context import Context, open_context
from manyeyes.settings import Settings
from manyeyes.values import money
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject, Worker

BALANCE = "1000000.00"
QUEUES = (1,)


class People(msgspec.Struct, frozen=True):
    """``keys`` of customers, ``tokens`` of workers, in the order of their ids; ``first_account`` is the first id."""

    keys: list[str]
    tokens: list[str]
    first_account: int


async def invite(dsn: str, customers: int, hands: int, *, reviewers: bool = False) -> People:
    """Open accounts with plenty of money, register workers of the English queue, who may be ``reviewers`` too."""
    context = await open_context(Settings(data=Path()), dsn)
    try:
        keys = [new_key() for _ in range(customers)]
        tokens = [new_token() for _ in range(hands)]
        async with context.cells.directory.acquire() as db:
            first_account = await accounts.take_numbers(db, "account", customers) if customers else 0
            first_worker = await accounts.take_numbers(db, "worker", hands) if hands else 0
        await asyncio.gather(*[_customer(context, first_account + i, key) for i, key in enumerate(keys)])
        await asyncio.gather(*[_worker(context, first_worker + i, token, reviewers) for i, token in enumerate(tokens)])
    finally:
        await context.close()
    return People(keys, tokens, first_account)


async def _customer(context: Context, account_id: int, key: str) -> None:
    name = f"customer {account_id}"
    async with context.cells.directory.acquire() as db:
        await accounts.insert_place(db, AccountPlace(account_id, name, FIRST_CELL))
        await accounts.insert_key(db, digest(key), KeyOwner(FIRST_CELL, account_id, ()))
    await context.batcher.ask(open_accounts, OpenAccount(FIRST_CELL, account_id, name))
    top_up = TopUp(FIRST_CELL, await context.id_blocks.take(FIRST_CELL), account_id, money.parse(BALANCE))
    await context.batcher.ask(top_up_accounts, top_up)


async def _worker(context: Context, worker_id: int, token: str, reviewer: bool) -> None:
    async with context.cells.directory.acquire() as db:
        await workers.insert_worker(
            db,
            Worker(
                worker_id=worker_id, name=f"worker {worker_id}", languages=("en",), queues=QUEUES, reviewer=reviewer
            ),
        )
        await workers.insert_credential(db, digest(token), "token", Subject("worker", worker_id, 0), None)
