"""Statements of the product, recorded from its actions and made into a script for pgbench.

A recorded run's ids and clock are replaced by pgbench's variables, so that each client has rows of its own and none
waits for another's: what is measured is the database under the product's own SQL.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

_PARAMETER = re.compile(r"\$(\d+)")


class Recorder:
    """Stands in for a connection: passes each statement on and remembers it with its arguments, ready for pgbench."""

    def __init__(self, db: asyncpg.Connection, names: Mapping[Any, str]) -> None:
        self._db, self._names = db, names
        self.script: list[str] = []
        self.constants: dict[str, str] = {}

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def call(sql: str, *arguments: Any) -> Any:
            self.script.append(_PARAMETER.sub(lambda m: self._value(arguments[int(m[1]) - 1]), sql) + ";")
            return await getattr(self._db, method)(sql, *arguments)

        return call

    def _value(self, value: Any) -> str:
        """Return the SQL that stands for an argument: a variable, the server's clock, a number or a named constant."""
        if value is None:
            return "NULL"
        if isinstance(value, (list, tuple)):
            return f"ARRAY[{', '.join(map(self._value, value))}]"
        if isinstance(value, datetime):
            return f"(now() + interval '{(value - self._names_now).total_seconds():.0f} s')"
        if isinstance(value, date):
            return "current_date"
        if value in self._names:
            return self._names[value]
        if isinstance(value, int):
            return str(value).lower() if isinstance(value, bool) else str(int(value))
        if value == "":
            return "''"
        text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
        return ":" + self.constants.setdefault(text, f"c{len(self.constants)}")

    @property
    def _names_now(self) -> datetime:
        return next(value for value in self._names if isinstance(value, datetime))


async def step(life: Recorder, action: Awaitable[Sequence[Any]]) -> Sequence[Any]:
    """Run an action as a transaction of its own."""
    life.script.append("BEGIN;")
    outcomes = await action
    life.script.append("COMMIT;")
    return outcomes
