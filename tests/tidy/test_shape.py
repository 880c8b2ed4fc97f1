"""How files and functions look: short, with their imports at the top, in rooms that have a name."""

import ast

from support import repository
from support.findings import fail_on

LONGEST_FUNCTION, LONGEST_FILE = 50, 300
WHOLE_SCHEMAS = {"schema.sql", "0001_spine.sql"}  # a schema is read from its top to its end
NO_ROOMS = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "lib"}
CAPABILITIES = (
    *(
        "accounts",
        "allow_list",
        "apps",
        "buckets",
        "dispatch",
        "ledger",
        "recognitions",
        "reports",
        "sites",
        "soft_apps",
    ),
    *("staff", "statistics", "tasks", "trail", "webhooks", "workers"),
)


def test_a_function_is_a_screenful():
    lengths = {
        f"{repository.name(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in repository.kept(".py")
        for function in repository.functions(path)
    }
    long = [f"{where} has {length} lines" for where, length in lengths.items() if length > LONGEST_FUNCTION]
    fail_on(long, f"cut these functions; {LONGEST_FUNCTION} lines are the most")


def test_a_python_file_imports_at_its_top():
    inner = [
        f"{repository.name(path)}:{node.lineno}, in {function.name}"
        for path in repository.kept(".py")
        for function in repository.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    fail_on(inner, "move these imports to the top of the file")


def test_no_file_has_more_than_one_idea():
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p in repository.kept(".py", ".js", ".css", ".sql")}
    long = {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE and path.name not in WHOLE_SCHEMAS}
    findings = [f"{repository.name(path)} has {lines} lines" for path, lines in long.items()]
    fail_on(findings, f"split these files; {LONGEST_FILE} lines are the most")


def test_every_module_says_in_a_sentence_what_it_is_for():
    modules = [path for path in repository.SOURCE.rglob("*.py") if path.stat().st_size]
    silent = [repository.name(path) for path in modules if not ast.get_docstring(repository.tree(path))]
    fail_on(silent, "begin these modules with a sentence that says what they are for")


def test_an_init_file_is_empty_since_an_import_there_escapes_the_contracts():
    full = [p for p in repository.SOURCE.rglob("__init__.py") if p.stat().st_size and p.parent != repository.SOURCE]
    fail_on(map(repository.name, full), "move what these say into a module of their package")


def test_every_room_has_a_name():
    nameless = [
        repository.name(path)
        for path in repository.kept(".py")
        if NO_ROOMS & {*path.relative_to(repository.ROOT).parent.parts, path.stem}
    ]
    fail_on(nameless, "give these a name that says what lives there")


def test_a_capability_has_rules_a_store_and_queries():
    wanted = ("__init__.py", "rules.py", "store.py", "queries.sql")
    files = [repository.SOURCE / capability / name for capability in CAPABILITIES for name in wanted]
    fail_on([repository.name(path) for path in files if not path.is_file()], "add these files")
