"""/operator/accounts: the list of accounts, opening one, and the page of one with its terms."""

from collections.abc import Mapping
from typing import Any

import msgspec
from babel.support import Translations
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.client_keys import ClientKey
from manyeyes.accounts.roles import PersonRole
from manyeyes.accounts.rules import EVERY_SCOPE, LONGEST_KEEP_DAYS
from manyeyes.console.operator.house_page import (
    PAGE_ROWS,
    HousePages,
    OnceShown,
    cut,
    done,
    list_page,
    number_in,
)
from manyeyes.console.operator.readers import amount, listed, money_in, networks_in, whole_in
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.buckets import blank_bucket, listed_buckets
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.person_roles import ABOUT_ROLES, ROLES
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.account_keys import key_id, keys_of
from manyeyes.roles.customer.deliveries import secret_of
from manyeyes.roles.customer.people import people_of
from manyeyes.roles.house import accounts as house
from manyeyes.roles.house.accounts import AccountChange, HouseAccount
from manyeyes.values.deeds import Deed
from manyeyes.values.text.rules import read_name

PATH = "/operator/accounts"
LEAD = mark(
    "An account is a customer: who may send tasks, with which keys, and what they may spend. Search by a part of the "
    "name or by the number; a name leads to everything about it."
)
LEAD_ONE = mark(
    "Everything about one customer. Changes count within seconds in every process. Money that is held is still theirs: "
    "it is charged when a task ends, or given back. Of a bucket it is kept how to get at its pictures."
)
NO_NETWORKS = mark("Write networks like 203.0.113.7 or 203.0.113.0/24, one a line.")
NO_MONEY = mark("Write an amount like 10.00, with at most six decimals.")
NO_NUMBER = mark("Write a whole number.")
NO_NAME = mark("A name has 1 to 60 characters that can be seen.")
NAME = Field(name="name", label=mark("Name"), reads=read_name, unfit=NO_NAME)
NETWORKS = Field(
    name="networks",
    label=mark("Networks that the key may be used from"),
    hint=mark("One a line, such as 203.0.113.0/24. Empty: from anywhere."),
    kind="area",
    reads=networks_in,
    unfit=NO_NETWORKS,
)
SCOPES = Field(
    name="scopes",
    label=mark("What the key opens"),
    hint=mark("None ticked: all of it."),
    kind="many",
    choices=tuple((scope, scope) for scope in EVERY_SCOPE),
    reads=listed,
)
TERMS = (
    Field(
        name="max_bid",
        label=mark("Most that a task may cost in a full queue, in USD"),
        hint=mark("0: the queue's price."),
        mode="decimal",
        reads=money_in,
        unfit=NO_MONEY,
    ),
    Field(
        name="weight",
        label=mark("Weight: its share of a queue against other accounts"),
        hint=mark("1 for everybody is equal shares; 2 gets twice as much of the people's time."),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
    ),
    Field(
        name="keep_days",
        label=mark("Days that answers and pictures are kept"),
        hint=mark("From 0, not at all, to 3650."),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
    ),
)
ROLE = Field(name="role", label=mark("Role"), kind="choice", reads=PersonRole, unfit=mark("Choose one of the roles."))
AMOUNT = (Field(name="amount", label=mark("Amount in USD"), mode="decimal", reads=money_in, unfit=NO_MONEY, size=12),)
BLANK: Mapping[str, str] = {"name": "", "role": "member", "networks": "", "scopes": "", "amount": ""}
assert LONGEST_KEEP_DAYS == 3650  # said in the hint


class AccountPages(HousePages):
    """The operator's pages of accounts."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/accounts?q=&after=: accounts by number, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.ACCOUNT_OPEN)
    async def create(self, request: Request) -> Response:
        """POST /operator/accounts: `name`, `networks`. Its key and a sign-in link are shown only this once."""
        typed = read_sheet((NAME, NETWORKS), await request.form())
        if typed.faults:
            return await self._list(request, draw_sheet(request, (NAME, NETWORKS), BLANK, typed), 422)
        actor = await actor_of(self._context, request)
        new = await house.open_account(self._context, typed.values["name"], typed.values["networks"], actor)
        shown = [
            OnceShown(mark("Client key"), new.client_key),
            OnceShown(mark("One-time sign-in link, good for an hour"), new.login_url),
        ]
        title = mark("The account is open")
        return await self.show_once(request, "accounts", title, shown, f"{PATH}/{new.account_id}")

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/accounts/{account_id}: one account; 404 of none."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        return await self.one(request, found) if found else self.missing(request)

    @for_deed(Deed.ACCOUNT_SET)
    async def change(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}: of its terms what differs from what was shown."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        now = terms_now(found)
        typed = read_sheet(TERMS, await request.form(), now)
        fault = None
        if not typed.faults and typed.values:
            change = AccountChange(
                max_bid_micros=typed.values.get("max_bid"),
                weight=typed.values.get("weight"),
                keep_days=typed.values.get("keep_days"),
            )
            actor = await actor_of(self._context, request)
            fault = await house.change_account(self._context, found.place, change, actor, found.terms)
        if typed.faults or fault:
            drawn = draw_sheet(request, TERMS, now, typed, fault)
            return await self.one(request, found, status=422, terms=drawn)
        return done(f"{PATH}/{found.place.account_id}", "changed" if typed.values else "unchanged")

    async def one(self, request: Request, found: HouseAccount, *, status: int = 200, **sheets: DrawnSheet) -> Response:
        """Return the page of an account; ``sheets``: its forms as they were sent, where something is wrong."""
        keys, say = await keys_of(self._context, found.place), _words(request).ugettext
        drawn: dict[str, Any] = {
            "terms": draw_sheet(request, TERMS, terms_now(found)),
            "key": draw_sheet(request, (SCOPES, NETWORKS), BLANK),
            "top_up": draw_sheet(request, AMOUNT, BLANK),
            "person": draw_sheet(request, invite_fields(request), BLANK),
            "bucket": blank_bucket(request),
        }
        return await self.draw(
            request,
            "account",
            here="account",
            name=found.place.name,
            lead=LEAD_ONE,
            status=status,
            account=found,
            path=f"{PATH}/{found.place.account_id}",
            client_keys=[_key(each) for each in keys],
            people=await people_of(self._context, found.place),
            roles={role: say(words) for role, words in ROLES.items()},
            buckets=await listed_buckets(self._context, found.place),
            secret_generation=(await secret_of(self._context, found.place)).generation,
            sheets=drawn | sheets,
        )

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        found, is_more = cut(await house.accounts_page(self._context, asked.words, asked.after, PAGE_ROWS + 1))
        return await self.draw(
            request,
            "accounts",
            here="accounts",
            title=mark("Accounts"),
            lead=LEAD,
            status=status,
            asked=asked,
            accounts=found,
            older=asked.address(PATH, found[-1].place.account_id) if is_more else "",
            sheet=sheet or draw_sheet(request, (NAME, NETWORKS), BLANK),
        )


def invite_fields(request: Request) -> tuple[Field, ...]:
    """Return the fields of whoever is to sign in for an account, the roles in the reader's language."""
    say = _words(request).ugettext
    choices = tuple((str(role), f"{say(words)}: {say(ABOUT_ROLES[role])}") for role, words in ROLES.items())
    return NAME, msgspec.structs.replace(ROLE, choices=choices)


def _words(request: Request) -> Translations:
    return catalogue(look_of(request).language)


def terms_now(found: HouseAccount) -> dict[str, str]:
    """Return an account's terms as they stand in the fields."""
    terms = found.terms
    return {"max_bid": amount(terms.max_bid_micros), "weight": str(terms.weight), "keep_days": str(terms.keep_days)}


def _key(found: ClientKey) -> dict[str, Any]:
    """Return a key as the template draws it; of the key itself nothing is known."""
    return {
        "id": key_id(found),
        "label": found.label,
        "hint": found.hint,
        "networks": ", ".join(found.allowed_addresses),
        "scopes": ", ".join(found.scopes) if set(found.scopes) != set(EVERY_SCOPE) else "",
        "made_at": found.created_at,
        "used_at": found.used_at,
        "ends_at": found.ends_at,
        "has_ended": found.has_ended,
    }
