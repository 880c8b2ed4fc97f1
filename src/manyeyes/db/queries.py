"""Named SQL: each capability keeps its statements in ``queries.sql``, every one with a name and a sentence above it."""

import re
from importlib import resources
from typing import NamedTuple

import asyncpg

_HEAD = re.compile(r"^-- name: (?P<name>[a-z_]+)\n(?P<about>(?:--[^\n]*\n)+)", re.MULTILINE)


class Query(NamedTuple):
    """A statement with the ``name`` and the ``about`` sentence that stand above it in its file."""

    name: str
    about: str
    text: str


class Queries:
    """The statements of one capability as attributes: ``SQL.insert_tasks`` is its text."""

    def __init__(self, package: str) -> None:
        self.all: dict[str, Query] = {
            q.name: q for q in read(resources.files(package).joinpath("queries.sql").read_text("utf-8"))
        }

        self.__dict__.update({name: query.text for name, query in self.all.items()})

    def __getattr__(self, name: str) -> str:
        raise AttributeError(f"no query is named {name}")


async def one_row(db: asyncpg.Connection, query: str, *arguments: object) -> asyncpg.Record:
    """Return the row of a statement that always has one, as sums have. Raises LookupError when there is none."""
    row = await db.fetchrow(query, *arguments)
    if row is None:
        raise LookupError(f"no row: {query}")
    return row


def read(text: str) -> list[Query]:
    """Return the queries in a file. Raises ValueError when text stands outside of a named query."""
    heads = list(_HEAD.finditer(text))
    if not heads or text[: heads[0].start()].strip():
        raise ValueError("a queries.sql begins with '-- name: <name>' and a sentence in a comment")
    found = []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)].strip().rstrip(";")
        found.append(Query(head["name"], head["about"].replace("--", "").strip(), body))
    return found
