"""Rows are passed by name: long structs, long calls, and the columns that go into a statement."""

import ast
import enum
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from manyeyes.db import rows
from manyeyes.db.queries import read
from support import repository

FEWEST_NAMED = 6  # fields from which on nobody counts places
MOST_BY_PLACE = 6
# PostgreSQL numbers a statement's parameters, and what `columns` and `values` take are the names themselves.
BY_NUMBER = {"execute", "fetch", "fetchrow", "fetchval", "columns", "values"}
BY_NAME = {"columns", "values"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(repository.SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def called(node: ast.Call) -> str:
    """Return the last word of what is called."""
    return ast.unparse(node.func).rpartition(".")[2]


def fields(node: ast.ClassDef) -> int:
    return sum(isinstance(each, ast.AnnAssign) for each in node.body)


def is_record(node: ast.ClassDef) -> bool:
    """Tell whether a class is made of fields by their places unless it says otherwise."""
    made = [ast.unparse(each) for each in (*node.bases, *node.decorator_list)]
    return any(re.search(r"\b(Struct|NamedTuple|dataclass)\b", word) for word in made)


def is_by_name(node: ast.ClassDef) -> bool:
    given = [*node.keywords, *(k for each in node.decorator_list if isinstance(each, ast.Call) for k in each.keywords)]
    return any(k.arg == "kw_only" and ast.unparse(k.value) == "True" for k in given)


def test_a_struct_of_six_fields_or_more_is_made_by_name():
    by_place = [
        f"  {repository.name(path)}:{node.lineno}: {node.name} has {fields(node)} fields"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and is_record(node) and fields(node) >= FEWEST_NAMED and not is_by_name(node)
    ]
    assert not by_place, "add kw_only=True (a NamedTuple becomes a frozen msgspec.Struct):\n" + "\n".join(by_place)


def test_no_call_passes_seven_values_by_their_places():
    long = [
        f"  {repository.name(path)}:{node.lineno}: {ast.unparse(node.func)} is given {len(node.args)}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) > MOST_BY_PLACE and called(node) not in BY_NUMBER
    ]
    assert not long, "name the arguments of these calls:\n" + "\n".join(long)


def assigned(body: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """Return what plain names are set to."""
    plain = [node for node in body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    return {ast.unparse(node.targets[0]): node.value for node in plain}


def strings(node: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """Return the texts that an argument stands for: one, a starred tuple of some, or a module's constant of such."""
    if isinstance(node, ast.Starred):
        return strings(node.value, constants)
    if isinstance(node, ast.Name):
        return strings(constants[node.id], constants)
    if isinstance(node, ast.Tuple):
        return [each for part in node.elts for each in strings(part, constants)]
    return [ast.literal_eval(node)]


def uses(function: repository.FUNCTIONS) -> Iterator[tuple[ast.expr, str, int]]:
    """Yield what a function stars into statements: the expression, the statement's name and at which place."""
    kept = assigned(ast.walk(function))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.args[0]).startswith("SQL."):
            for place, each in enumerate(node.args):
                if isinstance(each, ast.Starred):
                    given = kept.get(ast.unparse(each.value), each.value)
                    yield given, ast.unparse(node.args[0]).removeprefix("SQL."), place


def faults_of(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield the calls of `columns` and `values` in a store whose names are not what the statement wants there."""
    texts = {query.name: query.text for query in read(path.with_name("queries.sql").read_text("utf-8"))}
    constants = assigned(tree.body)
    for function in repository.functions(path):
        found = list(uses(function))
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) in BY_NAME):
                continue
            names = [name for each in node.args[1:] for name in strings(each, constants)]
            many = ast.unparse(node.func) == "columns"
            goes = [(statement, place) for given, statement, place in found if ast.unparse(given) == ast.unparse(node)]
            if not goes or not all(stands(names, texts[name], place, is_many=many) for name, place in goes):
                into = ", ".join(name for name, _ in goes) or "no statement that is seen here"
                yield f"  {repository.name(path)}:{node.lineno}: {', '.join(names)} into {into}"


def stands(names: list[str], text: str, place: int, *, is_many: bool) -> bool:
    """Tell whether a statement names these columns in this order, for ``unnest`` from the parameter at ``place`` on."""
    listed = r",\s*".join(names)
    if not is_many:
        return re.search(rf"\b{listed}\b", text) is not None
    return re.search(rf"unnest\(\${place}::[^)]*\)\s*AS \w+ \({listed}\)", text) is not None


def test_columns_go_into_a_statement_in_the_order_that_it_names():
    checked = 0
    wrong: list[str] = []
    for path, tree in modules():
        if path.with_name("queries.sql").exists() and re.search(
            r"import .*\b(columns|values)\b", path.read_text("utf-8")
        ):
            wrong += faults_of(path, tree)
            checked += 1
    assert checked
    assert not wrong, "give them the names behind the statement's unnest, in its order:\n" + "\n".join(wrong)


ROWS = {"row", "record"}  # what rows are called here
NOT_OF_ROWS = {"get", "items", "values"}


def mapped(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where a row is taken for a mapping: the line, and what is done there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NOT_OF_ROWS and ast.unparse(node.value) in ROWS:
            yield node.lineno, ast.unparse(node)
        if (
            isinstance(node, ast.Compare)
            and isinstance(node.ops[-1], ast.In | ast.NotIn)
            and ast.unparse(node.comparators[-1]) in ROWS
        ):
            yield node.lineno, ast.unparse(node)


def test_a_row_is_a_tuple_with_names_and_no_mapping():
    """Alone, a statement gives the driver's rows; together with others it gives ours, which have less."""
    stores = [(path, tree) for path, tree in modules() if "SQL." in path.read_text("utf-8")]
    wrong = [f"  {repository.name(path)}:{line}: {said}" for path, tree in stores for line, said in mapped(tree)]
    assert not wrong, "read a row by its names, or all of it by dict(row):\n" + "\n".join(wrong)
    assert len(list(mapped(ast.parse("row.get('a')\n'a' in row\nrow.values()\nother.get(row)")))) == 3


class Weekday(enum.IntEnum):
    MONDAY = 0
    TUESDAY = 1


class Pair(msgspec.Struct, frozen=True):
    left: int
    right: Weekday = Weekday.MONDAY


async def test_a_field_without_its_column_is_refused_though_it_has_a_default(dsn: str):
    db = await asyncpg.connect(dsn)
    try:
        both = await db.fetch("SELECT 7 AS left, 1 AS right, 'more' AS other")
        assert rows.read(Pair, both) == [Pair(7, Weekday.TUESDAY)]
        assert rows.read(Pair, both, left=lambda value: value + 1) == [Pair(8, Weekday.TUESDAY)]
        assert rows.read(Pair, []) == []
        with pytest.raises(TypeError, match="Pair wants the columns right"):
            rows.read(Pair, await db.fetch("SELECT 7 AS left"))
        with pytest.raises(msgspec.ValidationError):
            rows.read(Pair, await db.fetch("SELECT 7 AS left, 9 AS right"))
    finally:
        await db.close()
