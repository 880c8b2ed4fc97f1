"""The statements that call several functions of named statements at once (db/statement_functions.py)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import count

from prometheus_client import Counter

from manyeyes.db.statement_functions import StatementFunction

ROUND_TRIPS = Counter("manyeyes_round_trips", "Calls of actions to the database; BEGIN and COMMIT are not counted")
CALLS_KEPT = 1_024  # texts; an action has a few
Called = tuple[tuple[StatementFunction, bool], ...]  # each with whether its rows are wanted


@lru_cache(maxsize=CALLS_KEPT)
def call_all(called: Called) -> str:
    """Return the statement that calls functions one after the other, and says what time it is."""
    calls, numbers = [], count(1)
    for function, wanted in called:
        calls.append(_reading(function.name, function, numbers) if wanted else _running(function, numbers))
    return f"SELECT clock_timestamp(), {', '.join(calls)}"


@lru_cache(maxsize=CALLS_KEPT)
def call_to_look(functions: tuple[StatementFunction, ...]) -> str:
    """Return the statement that looks, and gives a hash of all that is seen behind the rows of each."""
    numbers = count(1)
    looks = [f"{_reading(f.look, f, numbers)} AS s{place}" for place, f in enumerate(functions)]
    shown = [f"s{place}, hashtextextended(s{place}::text, 0)" for place in range(len(functions))]
    return f"SELECT clock_timestamp(), {', '.join(shown)} FROM (SELECT {', '.join(looks)} OFFSET 0) AS s"


@lru_cache(maxsize=CALLS_KEPT)
def call_to_save(called: Called) -> str:
    """Return the statement that does it all again with locks, and writes; $1 is what was taken for now."""
    schema = called[0][0].name.partition(".")[0]
    calls, numbers = [f"{schema}.about_now($1)"], count(2)
    for function, wanted in called:
        if wanted:
            reading = _reading(function.name, function, numbers)
            calls.append(f"{schema}.same({reading}::text, ${next(numbers)})")
        else:
            calls.append(_running(function, numbers))
    return f"SELECT clock_timestamp(), {', '.join(calls)}"


def _reading(name: str, function: StatementFunction, numbers: Iterator[int]) -> str:
    """Return a call for the rows of it, as an array."""
    return f"ARRAY(SELECT ROW(r.*) FROM {_with_parameters(name, function, numbers)} AS r)"


def _running(function: StatementFunction, numbers: Iterator[int]) -> str:
    """Return a call for what it does."""
    call = _with_parameters(function.name, function, numbers)
    return f"(SELECT count(*) FROM {call})" if function.row else call


def _with_parameters(name: str, function: StatementFunction, numbers: Iterator[int]) -> str:
    return f"{name}({', '.join(f'${next(numbers)}' for _ in range(function.arguments))})"
