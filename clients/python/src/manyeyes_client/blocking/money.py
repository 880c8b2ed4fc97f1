"""Money: what there is, what was spent, and every entry of it.

Made from aio/money.py by tools/make_client.py: change that one.
"""

from datetime import datetime

from manyeyes_client import requests
from manyeyes_client.blocking.connection import Connection
from manyeyes_client.money_messages import Balance, Spending, Statement


class MoneyVerbs(Connection):
    """The verbs of money."""

    def balance(self) -> Balance:
        """Return what may be spent, and what is held for tasks that have not ended."""
        return self.send(requests.balance())

    def spending(
        self,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        grain: str | None = None,
        queue: str | int | None = None,
    ) -> Spending:
        """Return what was spent from ``start`` to before ``end``, by ``hour``, ``day`` or ``month``."""
        return self.send(requests.spending(**{"from": start, "to": end, "grain": grain, "queue": queue}))

    def statement(
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
        return self.send(requests.statement(**{"from": start, "to": end, "month": month, "tz": tz, "cursor": cursor}))
