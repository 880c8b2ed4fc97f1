"""The name of what goes to the database, for whoever tells of it: never its text, which may hold values."""

import re
from functools import cache, lru_cache
from typing import Any

import asyncpg

from manyeyes.db.statement_functions import LOOK, PREFIX, named_statements
from manyeyes.logs.spans import traces

MOST_NAMED = 6
_CALLED = re.compile(rf"\b{PREFIX}[0-9a-f]{{16}}\.(\w+)\(")
_HELPERS = {"about_now", "same"}
_WORD = re.compile(r"\s*([A-Za-z]+)")


@lru_cache(maxsize=2048)
def statement_name(text: str) -> str:
    """Return a statement's name and whose it is; of a call of several theirs; of any other its first word."""
    known = _names().get(text)
    if known:
        return known
    called = [each.removesuffix(LOOK) for each in _CALLED.findall(text) if each not in _HELPERS]
    if called:
        named = list(dict.fromkeys(each.replace("__", ".") for each in called))
        return ", ".join(named[:MOST_NAMED]) + (f" and {len(named) - MOST_NAMED} more" if named[MOST_NAMED:] else "")
    word = _WORD.match(text)
    return word[1].upper() if word else "statement"


@cache
def _names() -> dict[str, str]:
    return {query.text: name.replace("__", ".") for name, query in named_statements().items()}


def tell_statements(connection: asyncpg.Connection) -> None:
    """Have a connection tell of each of its statements, where spans are made."""
    found = traces()
    if found is not None:

        def told(record: Any) -> None:
            found.statement(statement_name(record.query), record.elapsed, record.exception)

        connection.add_query_logger(told)
