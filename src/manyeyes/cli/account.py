"""manyeyes account: customers, their keys and their money."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import (
    LONGEST_KEEP_DAYS,
    canonical_network,
    digest,
    new_key,
    new_token,
    read_scopes,
)
from manyeyes.accounts.store import AccountPlace, KeyOwner
from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.open_accounts import Beginning, OpenAccount, open_accounts
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.cli import account_buckets
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, browsers, run
from manyeyes.cli.lookup import find_account
from manyeyes.cli.statement import statement
from manyeyes.db.pool import FIRST_CELL
from manyeyes.ledger import store as ledger
from manyeyes.roles.customer.deliveries import secret_of
from manyeyes.roles.login_links import address_of, login_url, sign_out_everywhere
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name
from manyeyes.workers.store import Subject

KEEP_HELP = "Days after its end that a task's answer and picture are kept, 0 to 3650; 0: not at all."
app = App(name="account", help="Customers, their keys and their money.")
app.command(statement)
app.command(account_buckets.add_bucket)
app.command(account_buckets.buckets)
app.command(account_buckets.drop_bucket, name="remove-bucket")


@app.command
def create(name: str, *, balance: str = "0", address: list[str] | None = None, common: Common | None = None) -> None:
    """Open an account and print its client key, which is shown only this once.

    Parameters
    ----------
    balance
        First top-up in USD, such as 10.00.
    address
        Network that the key may be used from, such as 203.0.113.0/24; repeat for more. Default: from anywhere.
    """

    async def work(context: Context) -> dict[str, Any]:
        called = read_name(name)
        amount = money.parse(balance)
        networks = tuple(map(canonical_network, address or ()))
        return await _create(context, called, amount, networks)

    run(common, work, lambda r: "\n".join(f"{key:11} {value}" for key, value in r.items()), may_create=True)


@app.command(name="top-up")
def top_up(account: str, amount: str, *, common: Common | None = None) -> None:
    """Add AMOUNT in USD to an account."""

    async def work(context: Context) -> dict[str, Any]:
        micros = money.parse(amount)
        if micros == 0:
            raise CommandFailed("the amount must be more than 0")
        place = await find_account(context, account)
        balance = await _top_up(context, place, micros)
        return {"account_id": place.account_id, "balance": money.text(balance)}

    run(common, work, lambda r: f"account {r['account_id']} may now spend {r['balance']}")


@app.command
def key(
    account: str, *, address: list[str] | None = None, scope: list[str] | None = None, common: Common | None = None
) -> None:
    """Give an account another client key (both are valid until one is revoked).

    Parameters
    ----------
    address
        Network that the key may be used from; repeat for more. Default: from anywhere.
    scope
        What the key opens: tasks:read, tasks:write, money:read or webhooks; repeat for more. Default: all of it.
    """

    async def work(context: Context) -> dict[str, Any]:
        networks = tuple(map(canonical_network, address or ()))
        scopes = read_scopes(scope or ())
        place = await find_account(context, account)
        fresh = new_key()
        owner = KeyOwner(place.cell, place.account_id, networks, scopes)
        await context.batcher.ask(issue_keys, IssueKey(digest(fresh), owner, actor=who_types()))
        return {"account_id": place.account_id, "client_key": fresh}

    run(common, work, lambda r: str(r["client_key"]))


@app.command(name="revoke-key")
def revoke_key(client_key: str, *, common: Common | None = None) -> None:
    """End a client key; running servers forget it within seconds."""

    async def work(context: Context) -> dict[str, Any]:
        account_id = await context.batcher.ask(revoke_keys, RevokeKey(digest(client_key), actor=who_types()))
        await context.notifier.tell_changed()
        if account_id is None:
            raise CommandFailed("no such key is valid")
        return {"account_id": account_id}

    run(common, work, lambda r: f"a key of account {r['account_id']} is revoked")


@app.command(name="set")
def set_account(
    account: str,
    *,
    suspended: bool | None = None,
    max_bid: str | None = None,
    weight: Annotated[int | None, Parameter(help="Share of a queue against other accounts at one bid.")] = None,
    keep_days: Annotated[int | None, Parameter(help=KEEP_HELP)] = None,
    common: Common | None = None,
) -> None:
    """Change an account's terms.

    Parameters
    ----------
    suspended
        Refuse its new tasks, or take them again.
    max_bid
        Most that a task may cost in a full queue, in USD.
    """

    async def work(context: Context) -> dict[str, Any]:
        if suspended is None and max_bid is None and weight is None and keep_days is None:
            raise CommandFailed("nothing to change: give one of the options; --help lists them")
        place = await find_account(context, account)
        bid = None if max_bid is None else money.parse(max_bid)
        if weight is not None and not 0 < weight <= 1_000_000:
            raise CommandFailed("the weight must be from 1 to 1000000")
        if keep_days is not None and not 0 <= keep_days <= LONGEST_KEEP_DAYS:
            raise CommandFailed(f"the days must be from 0 to {LONGEST_KEEP_DAYS}")
        command = ChangeAccountTerms(
            cell=place.cell,
            account_id=place.account_id,
            suspended=suspended,
            max_bid_micros=bid,
            weight=weight,
            keep_days=keep_days,
            actor=who_types(),
        )
        await context.batcher.ask(change_account_terms, command)
        return {"account_id": place.account_id}

    run(common, work, lambda r: f"account {r['account_id']} is changed")


@app.command
def show(account: str, *, common: Common | None = None) -> None:
    """Show an account's terms and what it may spend."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        async with context.cells.pool(place.cell).acquire() as db:
            terms = (await accounts.terms(db, place.cell, [place.account_id]))[place.account_id]
            balances = await ledger.balances(db, place.cell, [place.account_id])
        return {
            "account_id": place.account_id,
            "name": place.name,
            "balance": money.text(balances.get(place.account_id, 0)),
            "suspended": terms.suspended,
            "max_bid": money.text(terms.max_bid_micros),
            "weight": terms.weight,
            "keep_days": terms.keep_days,
        }

    run(common, work, lambda r: "\n".join(f"{key:11} {_said(value)}" for key, value in r.items()))


@app.command
def link(account: str, *, common: Common | None = None) -> None:
    """Make a one-time address that signs the customer in to their page."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        return {"login_url": await login_url(context, Subject("customer", place.account_id, place.cell), who_types())}

    run(common, work, lambda r: str(r["login_url"]))


@app.command(name="sign-out")
def sign_out(account: str, *, common: Common | None = None) -> None:
    """Sign an account out of every browser; links that were not used end too. Its client keys stay valid."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        ended = await sign_out_everywhere(context, Subject("customer", place.account_id, place.cell), who_types())
        return {"account_id": place.account_id, "sessions": ended}

    run(common, work, lambda r: f"account {r['account_id']} is signed out of {browsers(r['sessions'])}")


@app.command(name="webhook-secret")
def webhook_secret(
    account: str, *, rotate: Annotated[bool, Parameter(negative="")] = False, common: Common | None = None
) -> None:
    """Print the secret that verifies an account's call-backs.

    Parameters
    ----------
    rotate
        Make a new one first; for a day both sign.
    """

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        found = await secret_of(context, place, rotate=rotate, actor=who_types())
        return {"account_id": place.account_id, "secret": found.secret, "previous": found.previous}

    run(common, work, lambda r: "\n".join(filter(None, [r["secret"], r["previous"] and f"{r['previous']} (previous)"])))


@app.command(name="list")
def list_accounts(*, common: Common | None = None) -> None:
    """List all accounts with what they may spend."""

    async def work(context: Context) -> dict[str, Any]:
        async with context.cells.directory.acquire() as db:
            places = await accounts.every_place(db)
        rows = []
        for cell in context.cells.numbers:
            mine = [p for p in places if p.cell == cell]
            async with context.cells.pool(cell).acquire() as db:
                balances = await ledger.balances(db, cell, [p.account_id for p in mine])
            rows += [
                {"account_id": p.account_id, "name": p.name, "balance": money.text(balances.get(p.account_id, 0))}
                for p in mine
            ]
        return {"accounts": rows}

    run(
        common,
        work,
        lambda r: "\n".join(
            [f"{'id':>6} {'to spend':>14}  name"]
            + [f"{a['account_id']:>6} {a['balance']:>14}  {a['name']}" for a in r["accounts"]]
        ),
    )


def _said(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


async def _create(context: Context, name: str, amount_micros: int, networks: tuple[str, ...]) -> dict[str, Any]:
    """Open the account in the first cell, which lies in the directory database: all in one transaction.

    Its key exists nowhere else than in the result, so nothing that can fail may follow the commit.
    """
    key, link = new_key(), new_token()
    beginning = Beginning(
        key_hash=digest(key),
        networks=networks,
        link_hash=digest(link),
        top_up_id=await context.id_blocks.take(FIRST_CELL),
        amount_micros=amount_micros,
    )
    account_id = await context.id_blocks.take_number("account")
    await context.batcher.ask(open_accounts, OpenAccount(FIRST_CELL, account_id, name, beginning, who_types()))
    url = address_of(context, link)
    return {"account_id": account_id, "client_key": key, "balance": money.text(amount_micros), "login_url": url}


async def _top_up(context: Context, place: AccountPlace, amount_micros: int) -> int:
    serial = await context.id_blocks.take(place.cell)
    outcome = await context.batcher.ask(
        top_up_accounts, TopUp(place.cell, serial, place.account_id, amount_micros, who_types())
    )
    if isinstance(outcome, Refusal):
        raise CommandFailed(outcome.detail)
    await context.notifier.tell_changed()  # jobs may wait for the money
    return int(outcome)
