"""/v1/top-ups and /v1/low-balance: asking the operator for money, and being told when little is left."""

from datetime import datetime

import msgspec

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.rules import MONEY_ASK, MONEY_READ
from manyeyes.accounts.store import KeyOwner
from manyeyes.accounts.top_ups import LowBalance, TopUpRequest
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import top_ups
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer, signed_in_person
from manyeyes.v1.operations import Answer, Call, Operation
from manyeyes.values.money import text as money
from manyeyes.values.refusals import Refusal


class TopUpBody(msgspec.Struct, frozen=True):
    """``amount`` in USD, such as "25.00"."""

    amount: str
    note: str = ""


class TopUpView(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: open, approved or declined; ``word``: what the operator said."""

    request_id: int
    amount: str
    note: str
    asked_by: str
    asked_at: datetime
    state: str
    decided_at: datetime | None
    word: str


class TopUpsView(msgspec.Struct, frozen=True):
    """An account's requests, the newest first; ``next`` is always null: the last hundred are told."""

    items: list[TopUpView]
    next: None = None


class LowBalanceBody(msgspec.Struct, frozen=True):
    """``below`` in USD, 0: nobody is told. ``callback_url`` empty: only the account's pages say it."""

    below: str
    callback_url: str = ""


class LowBalanceView(msgspec.Struct, frozen=True):
    """``low_since``: since when the balance is below it; null: it is not."""

    below: str
    callback_url: str
    low_since: datetime | None


class TopUpsApi:
    """An account's requests for money, and its notice."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def requests(self, call: Call[KeyOwner, None]) -> TopUpsView:
        """Return what the account asked for."""
        return TopUpsView([_view(each) for each in await top_ups.requests_of(self._context, call.person)])

    async def ask(self, call: Call[AccountPerson, TopUpBody]) -> Answer[TopUpView] | Refusal:
        """Ask the operator for money; what waits since less than a minute is not asked for again."""
        given, actor = (call.body.amount, call.body.note), await actor_of(self._context, call.request, "v1")
        found = await top_ups.ask_top_up(self._context, call.person, given, call.person.name, actor)
        return found if isinstance(found, Refusal) else Answer(_view(found), 201)

    async def low_balance(self, call: Call[KeyOwner, None]) -> LowBalanceView:
        """Return below what the account's people are told."""
        return _low(await top_ups.low_balance_of(self._context, call.person))

    async def set_low_balance(self, call: Call[AccountPerson, LowBalanceBody]) -> LowBalanceView | Refusal:
        """Change below what the account's people are told, and where."""
        body, actor = call.body, await actor_of(self._context, call.request, "v1")
        found = await top_ups.set_low_balance(self._context, call.person, body.below, body.callback_url, actor)
        return found if isinstance(found, Refusal) else _low(found)


def _low(low: LowBalance) -> LowBalanceView:
    return LowBalanceView(money(low.low_micros), low.low_url, low.low_since)


def _view(request: TopUpRequest) -> TopUpView:
    return TopUpView(
        request_id=request.request_id,
        amount=money(request.amount_micros),
        note=request.note,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
        state=request.state.name.lower(),
        decided_at=request.decided_at,
        word=request.word,
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/top-ups",
        handler=TopUpsApi.requests,
        caller=signed_in_customer,
        scope=MONEY_READ,
        reply=TopUpsView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/top-ups",
        handler=TopUpsApi.ask,
        caller=signed_in_person,
        scope=MONEY_ASK,
        body=TopUpBody,
        reply=TopUpView,
        success=201,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="GET",
        path="/v1/low-balance",
        handler=TopUpsApi.low_balance,
        caller=signed_in_customer,
        scope=MONEY_READ,
        reply=LowBalanceView,
        statuses=(401, 403),
    ),
    Operation(
        method="PUT",
        path="/v1/low-balance",
        handler=TopUpsApi.set_low_balance,
        caller=signed_in_person,
        scope=MONEY_ASK,
        body=LowBalanceBody,
        reply=LowBalanceView,
        statuses=(400, 401, 403),
    ),
]
