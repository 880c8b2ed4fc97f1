"""Transactions whose statements go to the database together where nobody has to wait for one of them.

An action says what it reads and writes one statement after the other, as if each went alone. What gives nothing
(`execute`) is kept back until something is read or the transaction ends, and goes with that in one call, in the order
in which it was said. Loads that do not need each other go together where it is written so: ``a, b = await together(tx,
load_a(tx), load_b(tx))``. The functions that such a call consists of are of `db/statement_functions.py`.

`Transaction` locks what it reads. `Draft` looks without a lock and has no transaction until the action is done; then
one call locks, compares with what was seen, writes and commits. docs/decisions/0070 says why and when.
"""

import time
from collections.abc import Coroutine, Generator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, overload

import asyncpg

from manyeyes.db.clock import DatabaseClock
from manyeyes.db.statement_calls import ROUND_TRIPS, call_all, call_to_look, call_to_save
from manyeyes.db.statement_functions import Functions, StatementFunction

MOST_PARAMETERS = 32_000  # of one call; the driver's limit is 32,767
MOST_STATEMENTS = 1_600  # of one call, whose result has a column for each; PostgreSQL's limit is 1,664
ALLOWED = "what goes together may wait for `fetch`, `fetchrow` and `fetchval` of its transaction alone, without a limit"


class Undrafted(Exception):
    """The action reads what it has written, or says something that has no function: it needs a transaction."""


class _Said(NamedTuple):
    """A statement with its arguments; ``wanted``: somebody waits for its rows."""

    text: str
    arguments: tuple[Any, ...]
    wanted: bool


class _Wanted:
    """Stands where a load waits for rows while others are still asked what they want."""

    def __init__(self, said: _Said) -> None:
        self.said = said

    def __await__(self) -> Generator["_Wanted", Sequence[Any], Sequence[Any]]:
        return (yield self)


class Transaction:
    """Stands in for a connection in its transaction: `fetch`, `fetchrow`, `fetchval`, `execute`.

    A statement at fault raises where it is sent: at the next read, or at the end, before anything is committed.
    """

    def __init__(self, db: asyncpg.Connection, functions: Functions, clock: DatabaseClock) -> None:
        self._db = db
        self._functions = functions
        self._clock = clock
        self._waiting: list[_Said] = []
        self._load: object = None  # the one of those that go together that is asked what it wants

    async def execute(self, sql: str, *arguments: Any, timeout: float | None = None) -> None:
        """Have a statement go with the next ones; at once where it has no function, or a limit of its own."""
        if timeout is not None or (sql not in self._functions and self._load is None):
            self._refuse_within_load("a statement with a limit of its own")
            await self.finish()
            await self._allow(timeout)
            await self._db.execute(sql, *arguments, timeout=timeout)
            await self._allow_as_ever(timeout)
            return
        self._waiting.append(_Said(sql, arguments, wanted=False))

    async def fetch(self, sql: str, *arguments: Any, timeout: float | None = None) -> Sequence[Any]:
        """Return the rows of a statement, which goes with those that wait; with a limit of its own it goes alone."""
        if timeout is not None:
            return await self._slowly(sql, arguments, timeout)
        said = _Said(sql, arguments, wanted=True)
        if self._load is not None:
            return await _Wanted(said)
        (rows,) = await self._send([said])
        return rows

    async def fetchrow(self, sql: str, *arguments: Any, timeout: float | None = None) -> Any:
        """Return the first row of a statement; None: there is none."""
        rows = await self.fetch(sql, *arguments, timeout=timeout)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *arguments: Any, timeout: float | None = None) -> Any:
        """Return the first value of the first row; None: there is none."""
        row = await self.fetchrow(sql, *arguments, timeout=timeout)
        return row[0] if row is not None else None

    def get_server_pid(self) -> int:
        """Return the number of the database's process that serves this."""
        return self._db.get_server_pid()

    async def finish(self) -> None:
        """Send what waits; the last of a transaction before it is committed."""
        if self._waiting:
            await self._send([])

    async def gather(self, loads: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        """Return what each load returns; what they want at the same time goes together.

        Raises RuntimeError for a load that waits for anything but `fetch`, `fetchrow` and `fetchval` without a limit.
        """
        found: dict[int, Any] = {}
        rows: dict[int, Any] = dict.fromkeys(range(len(loads)))
        try:
            self._refuse_within_load("others that go together")
            while rows:
                asked = self._ask(loads, rows, found)
                rows = dict(zip(asked, await self._send(list(asked.values())), strict=True)) if asked else {}
        finally:
            for load in loads:
                load.close()
        return [found[place] for place in range(len(loads))]

    def _ask(
        self, loads: Sequence[Coroutine[Any, Any, Any]], rows: dict[int, Any], found: dict[int, Any]
    ) -> dict[int, _Said]:
        """Give each load the rows it waited for; return what each that is not done wants now."""
        asked: dict[int, _Said] = {}
        try:
            for place, given in rows.items():
                self._load = loads[place]
                try:
                    wanted = loads[place].send(given)
                except StopIteration as done:
                    found[place] = done.value
                else:
                    if type(wanted) is not _Wanted:
                        self._refuse_within_load(repr(wanted))
                    asked[place] = wanted.said
        finally:
            self._load = None
        return asked

    async def _send(self, wanted: Sequence[_Said]) -> list[Sequence[Any]]:
        """Send what waits, then what is wanted; return the rows of each that is."""
        every, self._waiting = [*self._waiting, *wanted], []
        if len(every) == 1 or not self._fit(every):
            return [rows for said in every if (rows := await self._alone(said)) is not None]
        functions = [self._functions[said.text] for said in every]
        call = call_all(tuple([(f, said.wanted) for f, said in zip(functions, every, strict=True)]))
        record = await self._timed(call, [argument for said in every for argument in said.arguments])
        found = zip(every, functions, record[1:], strict=True)
        return [_rows(function, rows) for said, function, rows in found if said.wanted]

    async def _timed(self, sql: str, arguments: Sequence[Any]) -> Any:
        """Return the one row of a call whose first value is the time there."""
        sent = time.monotonic()
        ROUND_TRIPS.inc()
        record = await self._db.fetchrow(sql, *arguments)
        assert record is not None
        self._clock.note(record[0], sent, time.monotonic())
        return record

    def _fit(self, every: Sequence[_Said]) -> bool:
        """Tell whether all of it can go in one call."""
        known = all(said.text in self._functions for said in every)
        few = len(every) < MOST_STATEMENTS and sum(len(said.arguments) for said in every) < MOST_PARAMETERS
        return known and few

    def _refuse_within_load(self, what: str) -> None:
        """Raise RuntimeError within a load that goes with others, before anything of ``what`` was sent."""
        if self._load is not None:
            raise RuntimeError(f"{self._load!r} waits for {what}; {ALLOWED}")

    async def _slowly(self, sql: str, arguments: Sequence[Any], timeout: float) -> Sequence[Any]:
        self._refuse_within_load("a statement with a limit of its own")
        await self.finish()
        await self._allow(timeout)
        rows: Sequence[Any] = await self._db.fetch(sql, *arguments, timeout=timeout)
        await self._allow_as_ever(timeout)
        return rows

    async def _allow(self, timeout: float | None) -> None:
        """Let the next statement take so many seconds there too: the driver's limit alone changes nothing there."""
        if timeout is not None:
            await self._db.execute(f"SET LOCAL statement_timeout = {round(timeout * 1000)}")

    async def _allow_as_ever(self, timeout: float | None) -> None:
        if timeout is not None:
            await self._db.execute("SET LOCAL statement_timeout TO DEFAULT")

    async def _alone(self, said: _Said) -> Sequence[Any] | None:
        ROUND_TRIPS.inc()
        if said.wanted:
            return await self._db.fetch(said.text, *said.arguments)
        await self._db.execute(said.text, *said.arguments)
        return None


class Draft(Transaction):
    """Stands in for a connection of an action that is alone: it looks, and in the end saves if it still sees the same.

    Whatever the action decides follows from its commands, ``now`` and the rows that it read: if these are the same
    under locks, taken in the same order, then so are its writes. Raises `Undrafted` for what needs a transaction, and
    asyncpg.PostgresError with the SQLSTATE `CHANGED` when something else was found; nothing was written then.
    """

    def __init__(self, db: asyncpg.Connection, functions: Functions, clock: DatabaseClock, now: datetime) -> None:
        super().__init__(db, functions, clock)
        self._now = now
        self._script: list[tuple[_Said, int]] = []  # with the hash of what was seen
        self._writes = False

    async def execute(self, sql: str, *arguments: Any, timeout: float | None = None) -> None:
        """Keep a statement for the end: one that writes, or a lock."""
        function = self._functions.get(sql)
        if function is None or timeout is not None:
            raise Undrafted(sql)
        self._writes = self._writes or not function.look
        self._script.append((_Said(sql, arguments, wanted=False), 0))

    async def _slowly(self, sql: str, arguments: Sequence[Any], timeout: float) -> Sequence[Any]:
        raise Undrafted(sql)

    async def finish(self) -> None:
        """Lock, compare, write and commit in one call; nothing when nothing is to be written."""
        if not self._writes:
            return
        arguments: list[Any] = [self._now]
        for said, seen in self._script:
            arguments += (*said.arguments, seen) if said.wanted else said.arguments
        if len(arguments) > MOST_PARAMETERS:
            raise Undrafted("too much for one call")
        call = call_to_save(tuple([(self._functions[said.text], said.wanted) for said, _ in self._script]))
        await self._timed(call, arguments)

    async def _send(self, wanted: Sequence[_Said]) -> list[Sequence[Any]]:
        """Look at what is wanted, without a lock."""
        functions = [self._functions[said.text] for said in wanted if said.text in self._functions]
        if self._writes or len(functions) < len(wanted) or not all(function.look for function in functions):
            raise Undrafted(wanted[0].text)
        arguments = [argument for said in wanted for argument in said.arguments]
        record = await self._timed(call_to_look(tuple(functions)), arguments)
        self._script += zip(wanted, record[2::2], strict=True)
        return [_rows(function, rows) for function, rows in zip(functions, record[1::2], strict=True)]


class Drafting:
    """Knows which actions are worth a draft: what failed lately is left out for a while, longer each time.

    ``is_on`` False: none is. Where a pooler in front knows no prepared statements, each call of a draft, which has no
    transaction, may go to another connection than the one that was told of its statement.
    """

    LONGEST = 64  # lone commands of an action that get a transaction before it is drafted again

    def __init__(self, *, is_on: bool = True) -> None:
        self._is_on = is_on
        self._left: dict[object, int] = {}
        self._spans: dict[object, int] = {}

    def is_worth_while(self, action: object) -> bool:
        """Tell whether the action is drafted now; one command is counted."""
        left = self._left.get(action, 0)
        if left:
            self._left[action] = left - 1
        return self._is_on and not left

    def failed(self, action: object) -> None:
        """Leave the action out: it was carried out anew."""
        span = self._spans[action] = min(2 * self._spans.get(action, 0) + 1, self.LONGEST)
        self._left[action] = span

    def succeeded(self, action: object) -> None:
        """Draft the action from now on."""
        self._spans.pop(action, None)


A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
Load = Coroutine[Any, Any, A]


@overload
async def together(tx: asyncpg.Connection, a: Load[A], b: Load[B], /) -> tuple[A, B]: ...
@overload
async def together(tx: asyncpg.Connection, a: Load[A], b: Load[B], c: Load[C], /) -> tuple[A, B, C]: ...
@overload
async def together(tx: asyncpg.Connection, a: Load[A], b: Load[B], c: Load[C], d: Load[D], /) -> tuple[A, B, C, D]: ...
async def together(tx: Any, *loads: Load[Any]) -> tuple[Any, ...]:
    """Return what loads return that do not need each other; they lock in the order in which they stand here.

    On a bare connection they go one after the other. Raises RuntimeError for one that waits for anything but rows of
    its transaction (`ALLOWED`): nobody is there to wake it.
    """
    if isinstance(tx, Transaction):
        return tuple(await tx.gather(loads))
    return tuple([await load for load in loads])


def _rows(function: StatementFunction, given: Sequence[Any]) -> Sequence[Any]:
    return [function.row(row) for row in given] if function.row else []
