"""How files and functions look: short, with their imports at the top, in rooms that have a name."""

import ast
from pathlib import Path

import pytest

from support import repository

LONGEST_FUNCTION, LONGEST_FILE = 50, 300
WHOLE_SCHEMAS = {"schema.sql", "0001_spine.sql"}  # a schema is read from its top to its end
NO_ROOMS = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "lib"}
CAPABILITIES = (
    *("accounts", "allow_list", "apps", "dispatch", "ledger", "recognitions", "reports", "sites", "soft_apps"),
    *("statistics", "tasks", "webhooks", "workers"),
)


@pytest.mark.parametrize("path", repository.kept(".py"), ids=repository.name)
def test_a_python_file_is_made_of_short_functions_and_imports_at_its_top(path: Path):
    for function in repository.functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines"
        inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not inner, f"{function.name} imports in line {inner[0].lineno}"


def test_no_file_has_more_than_one_idea():
    lengths = {
        repository.name(p): len(p.read_text("utf-8").splitlines())
        for p in repository.kept(".py", ".js", ".css", ".sql")
    }
    long = {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}
    assert {path for path in long if Path(path).name not in WHOLE_SCHEMAS} == set()


def test_every_module_says_in_a_sentence_what_it_is_for():
    silent = [
        p
        for p in repository.SOURCE.rglob("*.py")
        if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_an_init_file_is_empty_since_an_import_there_escapes_the_contracts():
    full = [p for p in repository.SOURCE.rglob("__init__.py") if p.stat().st_size and p.parent != repository.SOURCE]
    assert full == []


def test_every_room_has_a_name():
    parts = {
        part for path in repository.kept(".py") for part in (*path.relative_to(repository.ROOT).parent.parts, path.stem)
    }
    assert not parts & NO_ROOMS


def test_a_capability_has_rules_a_store_and_queries():
    for capability in CAPABILITIES:
        files = {path.name for path in (repository.SOURCE / capability).iterdir() if path.is_file()}
        assert {"__init__.py", "rules.py", "store.py", "queries.sql"} <= files, capability


def test_every_public_action_function_explains_itself():
    for path in (repository.SOURCE / "actions").glob("[a-z]*.py"):
        (action,) = [f for f in repository.functions(path) if f.name == path.stem]
        assert ast.get_docstring(action), path.stem
