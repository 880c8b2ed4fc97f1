"""Money: what there is, what was spent, and every entry of it."""

from datetime import datetime

from manyeyes_client import requests
from manyeyes_client.aio.connection import AsyncConnection
from manyeyes_client.money_messages import Balance, Spending, Statement


class AsyncMoneyVerbs(AsyncConnection):
    """The verbs of money."""

    async def balance(self) -> Balance:
        """Return what may be spent, and what is held for tasks that have not ended."""
        return await self.send(requests.balance())

    async def spending(
        self,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        grain: str | None = None,
        queue: str | int | None = None,
    ) -> Spending:
        """Return what was spent from ``start`` to before ``end``, by ``hour``, ``day`` or ``month``."""
        return await self.send(requests.spending(**{"from": start, "to": end, "grain": grain, "queue": queue}))

    async def statement(
        self,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        month: str | None = None,
        tz: str | None = None,
        cursor: str | None = None,
    ) -> Statement:
        """Return what moved the balance in a span, or a ``month`` ("2026-03") of a time zone: opening + all = closing.

        ``cursor``: `next` of the page before, where there are more entries than one page has.
        """
        return await self.send(
            requests.statement(**{"from": start, "to": end, "month": month, "tz": tz, "cursor": cursor})
        )
