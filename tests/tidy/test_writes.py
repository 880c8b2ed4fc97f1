"""Every write to a table is an action: what writes in a store is called from actions, and from nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from manyeyes.db.queries import read
from support import repository

WRITES = re.compile(r"\b(INSERT INTO|DELETE FROM|TRUNCATE|(?<!FOR )(?<!FOR NO KEY )(?<!DO )UPDATE)\b")
# Whoever writes beside actions, what, and why it may.
EXCEPTIONS = {
    ("runtime/context.py", "accounts.take_numbers"): "a process takes its number before it can be asked anything",
    ("runtime/context.py", "db.migrate"): "a migration notes itself in its own transaction",
    ("runtime/context.py", "db.open_cell"): "a database is prepared with its first rows, as it is with its schema",
    (
        "runtime/context.py",
        "dispatch.open_gates",
    ): "a database is prepared with its first rows, as it is with its schema",
    ("runtime/context.py", "wellbeing.share_caps"): "cells note how they share caps before anybody is asked anything",
    (
        "runtime/installation_keys.py",
        "db.keep_secret",
    ): "the first process makes and seals the installation's keys, before it can be asked",
    ("runtime/id_blocks.py", "accounts.take_numbers"): "a number is taken before what it names is written",
    ("runtime/id_blocks.py", "tasks.take_serials"): "a serial is taken before what it names is written",
}
SAID = "is no action: write one (src/manyeyes/actions, CONTRIBUTING.md) and ask it through the batcher"


def writing_queries(package: Path) -> set[str]:
    text = (package / "queries.sql").read_text("utf-8")
    return {query.name for query in read(text) if WRITES.search(re.sub(r"--[^\n]*", "", query.text))}


def names_in(function: ast.AST) -> set[str]:
    """Return the names that a function calls or hands on, and the queries that it reads as ``SQL.name``."""
    found = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return found | {f"SQL.{name}" for name in queries_in(function)}


def queries_in(tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "SQL"
    }


def writers(package: Path) -> set[str]:
    """Return the functions of a package that write, be it through others of it."""
    calls = {
        function.name: names_in(function) for path in package.glob("*.py") for function in repository.functions(path)
    }
    found: set[str] = set()
    reached = {f"SQL.{name}" for name in writing_queries(package)}
    while True:
        more = {name for name, called in calls.items() if called & (reached | found)} - found
        if not more:
            return found
        found |= more


PACKAGES = {path.parent.name: path.parent for path in repository.SOURCE.rglob("queries.sql")}
WRITERS = {name: writers(package) for name, package in PACKAGES.items()}


def writes_in(path: Path) -> Iterator[str]:
    """Yield what a file writes through the stores of other packages, as ``package.function`` or ``package.query``."""
    tree = ast.parse(path.read_text("utf-8"))
    modules: dict[str, str] = {}
    for imported in (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module):
        package, *_ = (*str(imported.module).split(".")[1:], "")
        for alias in imported.names if package in PACKAGES else []:
            if alias.name == "SQL":
                yield from (f"{package}.{q}" for q in queries_in(tree) & writing_queries(PACKAGES[package]))
            elif alias.name in WRITERS[package]:
                yield f"{package}.{alias.name}"
            modules[alias.asname or alias.name] = package
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            package = modules[node.value.id]
            if node.attr in WRITERS[package]:
                yield f"{package}.{node.attr}"


def test_what_writes_is_known():
    """So that a change of the search does not make the test below say nothing."""
    assert {"insert_worker", "use_link", "change_desks"} <= WRITERS["workers"]
    assert "insert_transfers" in WRITERS["ledger"]
    assert "lock_idle" not in WRITERS["workers"]
    assert "queues" not in WRITERS["tasks"]


def test_only_actions_write():
    found = {
        (path.relative_to(repository.SOURCE).as_posix(), write)
        for path in repository.SOURCE.rglob("*.py")
        if path.relative_to(repository.SOURCE).parts[0] not in ("actions", *(PACKAGES.keys() - {"db"}))
        for write in writes_in(path)
    }
    faults = [f"{path} calls {write}, and {SAID}" for path, write in sorted(found - EXCEPTIONS.keys())]
    faults += [
        f"{path} does not call {write} any more: take it off the list"
        for path, write in sorted(EXCEPTIONS.keys() - found)
    ]
    assert not faults, "\n".join(faults)


def test_no_statement_that_writes_stands_outside_of_a_queries_file():
    """Beside days of the picture table, which are tables of their own (db/picture_days.py), all are named queries."""
    writing = re.compile(r"\b(INSERT INTO|DELETE FROM|TRUNCATE \w|UPDATE \w+ SET)\b")
    assert [p for p in repository.SOURCE.rglob("*.py") if writing.search(p.read_text("utf-8"))] == []
