"""manyeyes account: customers, their keys and their money."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.accounts.roles import LONGEST_LABEL
from manyeyes.accounts.rules import canonical_network, digest, read_scopes
from manyeyes.cli import account_buckets, account_people, account_top_ups
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, WithPasskeys, browsers, run
from manyeyes.cli.lookup import find_account
from manyeyes.cli.statement import statement
from manyeyes.roles.customer.deliveries import secret_of
from manyeyes.roles.customer.people import everybody_of
from manyeyes.roles.house import accounts as house
from manyeyes.roles.house.accounts import AccountChange, HouseAccount
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name

PAGE = 500  # accounts that are read at a time
KEEP_HELP = "Days after its end that a task's answer and picture are kept, 0 to 3650; 0: not at all."
app = App(name="account", help="Customers, their keys and their money.")
app.command(statement)
app.command(account_buckets.add_bucket)
app.command(account_buckets.buckets)
app.command(account_buckets.drop_bucket, name="remove-bucket")
app.command(account_people.keys)
app.command(account_people.colleagues)
app.command(account_people.invite)
app.command(account_people.link)
app.command(account_top_ups.top_ups)
app.command(account_top_ups.approve_top_up)
app.command(account_top_ups.decline_top_up)
app.command(account_top_ups.low_balance)


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
        new = await house.open_account(context, called, networks, who_types(), amount)
        told = {"account_id": new.account_id, "client_key": new.client_key}
        return told | {"balance": money.text(amount), "login_url": new.login_url}

    run(common, work, lambda r: "\n".join(f"{key:11} {value}" for key, value in r.items()), may_create=True)


@app.command(name="top-up")
def top_up(account: str, amount: str, *, common: Common | None = None) -> None:
    """Add AMOUNT in USD to an account."""

    async def work(context: Context) -> dict[str, Any]:
        micros = money.parse(amount)
        if micros == 0:
            raise CommandFailed("the amount must be more than 0")
        place = await find_account(context, account)
        serial = await context.id_blocks.take(place.cell)
        balance = await house.top_up(context, place, serial, micros, who_types())
        if isinstance(balance, Refusal):
            raise CommandFailed(balance.detail)
        return {"account_id": place.account_id, "balance": money.text(balance)}

    run(common, work, lambda r: f"account {r['account_id']} may now spend {r['balance']}")


@app.command
def key(
    account: str,
    *,
    address: list[str] | None = None,
    scope: list[str] | None = None,
    label: str = "",
    common: Common | None = None,
) -> None:
    """Give an account another client key (both are valid until one is revoked).

    Parameters
    ----------
    address
        Network that the key may be used from; repeat for more. Default: from anywhere.
    scope
        What the key opens: tasks:read, tasks:write, money:read or webhooks; repeat for more. Default: all of it.
    label
        What its people call it, such as the program that uses it.
    """

    async def work(context: Context) -> dict[str, Any]:
        networks = tuple(map(canonical_network, address or ()))
        scopes = read_scopes(scope or ())
        called = read_name(label, "label", LONGEST_LABEL) if label else ""
        place = await find_account(context, account)
        fresh = await house.add_key(context, place, networks, scopes, who_types(), called)
        return {"account_id": place.account_id, "client_key": fresh}

    run(common, work, lambda r: str(r["client_key"]))


@app.command(name="revoke-key")
def revoke_key(client_key: str, *, common: Common | None = None) -> None:
    """End a client key; running servers forget it within seconds."""

    async def work(context: Context) -> dict[str, Any]:
        account_id = await house.end_key(context, digest(client_key), who_types())
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
        change = AccountChange(suspended=suspended, max_bid_micros=bid, weight=weight, keep_days=keep_days)
        if fault := await house.change_account(context, place, change, who_types()):
            raise CommandFailed(fault.sentence)
        return {"account_id": place.account_id}

    run(common, work, lambda r: f"account {r['account_id']} is changed")


@app.command
def show(account: str, *, common: Common | None = None) -> None:
    """Show an account's terms and what it may spend."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        found = await house.account_of(context, place.account_id)
        if found is None:
            raise CommandFailed(f"there is no account {account}")
        terms = found.terms
        return {
            "account_id": place.account_id,
            "name": place.name,
            "balance": money.text(found.available_micros),
            "suspended": terms.suspended,
            "max_bid": money.text(terms.max_bid_micros),
            "weight": terms.weight,
            "keep_days": terms.keep_days,
        }

    run(common, work, lambda r: "\n".join(f"{key:11} {_said(value)}" for key, value in r.items()))


@app.command(name="sign-out")
def sign_out(account: str, *, passkeys: WithPasskeys = False, common: Common | None = None) -> None:
    """Sign an account out of every browser; links that were not used end too. Its client keys stay valid.

    Parameters
    ----------
    passkeys
        Remove its passkeys too, as after a lost device.
    """

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        ended = await end_sign_ins(context, everybody_of(place), who_types(), with_passkeys=passkeys)
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
        every: list[HouseAccount] = []
        while found := await house.accounts_page(context, "", every[-1].place.account_id if every else 0, PAGE):
            every += found
        rows = [
            {"account_id": a.place.account_id, "name": a.place.name, "balance": money.text(a.available_micros)}
            for a in every
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
