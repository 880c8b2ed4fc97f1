"""The named statements as functions of the database, so that several can go there in one call.

A call of a function costs a few microseconds, a round trip a hundred or more (docs/decisions/0070). The functions are
made of the `queries.sql` files when a database is brought to the newest schema, and never written by hand. Those of one
version lie in a schema of their own that is named by what they say: while a new version starts, the old one goes on
with its own.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, ClassVar, NamedTuple

import asyncpg
import structlog

from manyeyes.db.queries import Queries, Query, read

SQL = Queries(__package__)
log = structlog.get_logger()
PREFIX = "statements_"
SCHEMAS = f"^{PREFIX}[0-9a-f]{{16}}$"  # the names that `schema_of` gives: no other schema is ours to drop
VERSIONS_KEPT = 2  # the newest, and one that may still be served while it starts
MOST_ARGUMENTS = 100  # PostgreSQL's limit for a function (FUNC_MAX_ARGS)
ARRAYS_IN_ROWS = ("bool", "int2", "int4", "int8", "float8", "text", "timestamptz")  # of which rows have arrays
_FIRST_WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
LOOK = "__look"
_LOCKS = re.compile(r"\s+FOR (?:NO KEY |KEY )?(?:UPDATE|SHARE)(?: OF [a-z_]+(?:, [a-z_]+)*)?(?: SKIP LOCKED| NOWAIT)?")
_WRITES = re.compile(r"\b(?:INSERT|DELETE|(?<!FOR )(?<!KEY )UPDATE) (?:INTO|FROM|[a-z_]+) ")
MOST_OFF_SECONDS = 0.2  # of what a draft takes for now: it was read before its call began, as lists in order allow for
CHANGED = "MY001"  # the SQLSTATE of what a draft saw and is no longer so
GONE = "3F000"  # the SQLSTATE of a schema that is not there: versions were started since, and ours is not kept any more
_CHECKS = (
    # What is found now, as text, has the hash that it had when it was looked at.
    f"""same (text, bigint) RETURNS void LANGUAGE plpgsql AS $check$BEGIN
    IF hashtextextended($1, 0) <> $2 THEN RAISE 'rows changed' USING ERRCODE = '{CHANGED}'; END IF;
    END$check$""",
    # What was taken for now is so, within what `settled_until` leaves out for it.
    f"""about_now (timestamptz) RETURNS void LANGUAGE plpgsql AS $check$BEGIN
    IF abs(extract(epoch FROM now() - $1)) > {MOST_OFF_SECONDS} THEN
        RAISE 'the instant is too old, or the clock was set' USING ERRCODE = '{CHANGED}';
    END IF;
    END$check$""",
)
_OUT = "out_"  # no column of ours begins so: the name of a result never means a column within the statement


class NamedRow(tuple[Any, ...]):
    """A row of a statement that went together with others, each of whose statements has a class of its own.

    It is read as `asyncpg.Record` is, by name, by place, or all of it (`dict(row)`), and has nothing else of a mapping:
    no ``get``, ``items`` or ``values``, and ``in`` looks among its values. tests/tidy/test_rows.py sees to it.
    """

    __slots__ = ()
    names: ClassVar[tuple[str, ...]] = ()
    _places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self._places[key] if type(key) is str else key)

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns, in their order."""
        return self.names


class StatementFunction(NamedTuple):
    """A statement's function: its name, how many arguments it has, and what makes its rows (None: it gives none).

    ``look``: the name of the one that reads the same rows without locking them; of a statement that writes empty.
    """

    name: str
    arguments: int
    row: type[NamedRow] | None
    look: str


Functions = Mapping[str, StatementFunction]  # by the text of the statement


@cache
def named_statements() -> dict[str, Query]:
    """Return every statement that can be a function, by the name that the function has."""
    found = {}
    for package, file in _query_files(resources.files("manyeyes"), ()):
        for query in read(file.read_text("utf-8")):
            if query.text.startswith(_FIRST_WORDS):
                found["__".join((*package, query.name))] = query
    return found


def schema_of(statements: Mapping[str, Query]) -> str:
    """Return the schema in which the functions of exactly these statements lie, over this version's tables."""
    migrations = resources.files(__package__).joinpath("migrations")
    said = "\n".join(
        [
            *(f"{name}: {query.text}" for name, query in sorted(statements.items())),
            *_CHECKS,
            *sorted(file.name for file in migrations.iterdir()),  # a column's type is part of a function
        ]
    )
    return PREFIX + hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


async def make_functions(db: asyncpg.Connection) -> None:
    """Make the functions of this version, and drop those of all versions but the one before; in a transaction.

    A role that may not is served without them.
    """
    schema = schema_of(named_statements())
    try:
        async with db.transaction():
            if not await db.fetchval(SQL.has_schema, schema):
                await _make(db, schema)
            # Also when it was there: who went back to a version serves it, and it is not the oldest any more.
            await db.execute(f"COMMENT ON SCHEMA {schema} IS 'made {await db.fetchval(SQL.stamp)}'")
            for old in await db.fetch(SQL.old_schemas, SCHEMAS, schema, VERSIONS_KEPT - 1):
                await db.execute(f"DROP SCHEMA {old['nspname']} CASCADE")
    except asyncpg.InsufficientPrivilegeError as error:
        log.warning("statements_go_alone", error=repr(error))


async def _make(db: asyncpg.Connection, schema: str) -> None:
    made = [f"CREATE FUNCTION {schema}.{function};" for function in _CHECKS]
    for name, query in named_statements().items():
        made += await _definitions(db, schema, name, query.text)
    await db.execute("\n".join([f"CREATE SCHEMA {schema};", *made]))


async def find_functions(db: asyncpg.Connection) -> Functions:
    """Return the functions of this version; none where the database was not brought to it."""
    schema = schema_of(named_statements())
    rows = await db.fetch(SQL.functions, schema)
    return _functions(schema, tuple((row["name"], row["arguments"], tuple(row["columns"] or ())) for row in rows))


@cache
def _functions(schema: str, rows: tuple[tuple[str, int, tuple[str, ...]], ...]) -> Functions:
    known = {name: (arguments, columns) for name, arguments, columns in rows}
    found = {}
    for name, query in named_statements().items():
        if name not in known:
            continue
        arguments, columns = known[name]
        look = "" if _WRITES.search(query.text) else name + LOOK if name + LOOK in known else name
        row = _row(columns) if columns else None
        found[query.text] = StatementFunction(f"{schema}.{name}", arguments, row, look and f"{schema}.{look}")
    return found


async def _definitions(db: asyncpg.Connection, schema: str, name: str, text: str) -> list[str]:
    """Return the SQL that makes a statement's function, of the types that PostgreSQL finds, and the one to look."""
    prepared = await db.prepare(text)
    given = [kind.name for kind in prepared.get_parameters()]
    columns = prepared.get_attributes()
    if len(given) + len(columns) > MOST_ARGUMENTS:
        return []
    returns, begin = "void", ""
    if columns:
        returns = "TABLE (" + ", ".join(f'"{_OUT}{column.name}" {column.type.name}' for column in columns) + ")"
        begin = "RETURN QUERY "
    bodies = {name: text}
    if columns and not _WRITES.search(text) and _LOCKS.search(text):
        bodies[name + LOOK] = _LOCKS.sub("", text)
    return [
        f"CREATE FUNCTION {schema}.{each} ({', '.join(given)}) RETURNS {returns} LANGUAGE plpgsql AS "
        f"$statement$#variable_conflict use_column\nBEGIN {begin}{body}; END$statement$;"
        for each, body in bodies.items()
    ]


def _row(columns: Iterable[str]) -> type[NamedRow]:
    names = tuple(column.removeprefix(_OUT) for column in columns)
    return type(
        "NamedRow", (NamedRow,), {"__slots__": (), "names": names, "_places": {n: i for i, n in enumerate(names)}}
    )


def _query_files(folder: Traversable, package: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "queries.sql":
            yield package, entry
        elif entry.is_dir():
            yield from _query_files(entry, (*package, entry.name))
