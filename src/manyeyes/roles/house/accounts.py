"""Accounts as the operator sees and changes them, alike for the command line and the pages."""

from collections.abc import Sequence

import msgspec

from manyeyes.accounts import store
from manyeyes.accounts.rules import LONGEST_KEEP_DAYS, digest, hint_of, new_key, new_token
from manyeyes.accounts.store import AccountPlace, KeyMarks, KeyOwner, Terms
from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.open_accounts import Beginning, OpenAccount, open_accounts
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.db.pool import FIRST_CELL
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.ledger import store as ledger
from manyeyes.roles.house.faults import FieldFault, meanwhile
from manyeyes.roles.login_links import address_of
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal

LARGEST_WEIGHT = 1_000_000


class HouseAccount(msgspec.Struct, frozen=True):
    """An account with its terms and its money, in micro-units."""

    place: AccountPlace
    terms: Terms
    available_micros: int
    held_micros: int


class NewAccount(msgspec.Struct, frozen=True):
    """A new account; its key and its one-time address are nowhere else."""

    account_id: int
    client_key: str
    login_url: str


class AccountChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed of an account's terms; None leaves a term as it is."""

    suspended: bool | None = None
    max_bid_micros: int | None = None
    weight: int | None = None
    keep_days: int | None = None


async def accounts_page(context: Context, words: str, after: int, limit: int) -> list[HouseAccount]:
    """Return accounts by number behind ``after``: those whose name has ``words``, or whose number they are."""
    async with context.cells.directory.acquire() as db:
        places = await store.found_places(db, words, after, limit)
    return await _with_money(context, places)


async def account_of(context: Context, account_id: int) -> HouseAccount | None:
    """Return an account by its number; None when there is none."""
    async with context.cells.directory.acquire() as db:
        place = await store.place_of(db, account_id)
    return next(iter(await _with_money(context, [place] if place else [])), None)


async def open_account(
    context: Context, name: str, networks: Sequence[str], actor: Actor, amount_micros: int = 0
) -> NewAccount:
    """Open an account in the first cell, which lies in the directory database: all in one transaction.

    Its key exists nowhere else than in what is returned, so nothing that can fail may follow the commit.
    """
    key, link = new_key(), new_token()
    beginning = Beginning(
        key_hash=digest(key),
        networks=tuple(networks),
        link_hash=digest(link),
        top_up_id=await context.id_blocks.take(FIRST_CELL),
        amount_micros=amount_micros,
        hint=hint_of(key),
    )
    account_id = await context.id_blocks.take_number("account")
    await context.batcher.ask(open_accounts, OpenAccount(FIRST_CELL, account_id, name, beginning, actor))
    return NewAccount(account_id, key, address_of(context, link))


async def top_up(context: Context, place: AccountPlace, serial: int, amount_micros: int, actor: Actor) -> int | Refusal:
    """Add money to an account and return what it may spend; ``serial``, taken beforehand, lets it happen once."""
    command = TopUp(place.cell, serial, place.account_id, amount_micros, actor)
    outcome = await context.batcher.ask(top_up_accounts, command)
    if not isinstance(outcome, Refusal):
        await context.notifier.tell_changed()  # jobs may wait for the money
    return outcome


async def change_account(
    context: Context,
    place: AccountPlace,
    change: AccountChange,
    actor: Actor,
    seen: Terms | None = None,
) -> FieldFault | None:
    """Change an account's terms; return what is wrong with them. ``seen``: what whoever changes them looked at."""
    if change.weight is not None and not 0 < change.weight <= LARGEST_WEIGHT:
        return FieldFault("weight", "the weight must be from 1 to %(most)s", {"most": LARGEST_WEIGHT})
    if change.keep_days is not None and not 0 <= change.keep_days <= LONGEST_KEEP_DAYS:
        return FieldFault("keep_days", "the days must be from 0 to %(most)s", {"most": LONGEST_KEEP_DAYS})
    terms = msgspec.structs.asdict(change)
    command = ChangeAccountTerms(cell=place.cell, account_id=place.account_id, seen=seen, actor=actor, **terms)
    return None if await context.batcher.ask(change_account_terms, command) else meanwhile()


async def add_key(
    context: Context, place: AccountPlace, networks: Sequence[str], scopes: Sequence[str], actor: Actor, label: str = ""
) -> str:
    """Give an account another client key and return it; it is nowhere else."""
    fresh = new_key()
    owner = KeyOwner(place.cell, place.account_id, tuple(networks), tuple(scopes))
    await context.batcher.ask(
        issue_keys, IssueKey(digest(fresh), owner, marks=KeyMarks(label, hint_of(fresh)), actor=actor)
    )
    return fresh


async def end_key(context: Context, key_hash: bytes, actor: Actor) -> int | None:
    """End a client key; return whose it was, None when no such key was valid."""
    account_id = await context.batcher.ask(revoke_keys, RevokeKey(key_hash, actor=actor))
    await context.notifier.tell_changed()
    return None if isinstance(account_id, Refusal) else account_id


async def _with_money(context: Context, places: Sequence[AccountPlace]) -> list[HouseAccount]:
    """Return the accounts in the order of their places."""
    found: dict[int, HouseAccount] = {}
    for cell in sorted({place.cell for place in places}):
        mine = {place.account_id: place for place in places if place.cell == cell}
        async with context.cells.pool(cell).acquire() as db:
            terms, money = await store.terms(db, cell, list(mine)), await ledger.balances(db, cell, list(mine))
            held = await queue_depths.held_of(db, cell, list(mine))
        for number in terms:
            found[number] = HouseAccount(mine[number], terms[number], money.get(number, 0), held.get(number, 0))
    return [found[place.account_id] for place in places if place.account_id in found]
