"""What is pinned: what serving needs in one lock, what the demo and what everything else adds in two larger ones."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from support import repository
from support.findings import fail_on
from support.wheels import needed_by
from tools.check_licences import locked

LOCKS = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")  # each holds those before it
OWN = {"manyeyes", "manyeyes_client", "demo"}
MOST_BYTES = 250_000_000
PROJECT = tomllib.loads((repository.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# What is installed for some only: every module that imports it is loaded by what says so where it is missing.
OPTIONAL = {"advertising", "onnx", "parquet", "plots"}


def pins(lock: str) -> dict[str, str]:
    """Return the lines of each package of a lock, by its name."""
    text = (repository.ROOT / lock).read_text("utf-8")
    return {name: lines for lines, name in re.findall(r"^((\S+)==(?:.*\\\n)+.*)$", text, re.MULTILINE)}


def test_a_larger_lock_pins_what_the_smaller_one_does():
    served, demo, everything = map(pins, LOCKS)
    assert len(served) < len(demo) < len(everything)
    assert [name for name, lines in served.items() if demo.get(name) != lines] == []
    assert [name for name, lines in demo.items() if everything.get(name) != lines] == []


@pytest.mark.parametrize("lock", [*LOCKS, "tests/published_clients/requirements.lock"])
def test_a_lock_names_packages_and_hashes_and_nowhere_to_fetch_them(lock: str):
    lines = (repository.ROOT / lock).read_text("utf-8").splitlines()
    kinds = re.compile(r"#.*|\s*|[a-zA-Z0-9._-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not kinds.fullmatch(line)] == []
    assert [line for line in lines if "://" in line or re.search(r"\b(pypi|index|mirror)", line)] == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ()), ("requirements-demo.lock", ("demo", "advertising")), ("requirements-dev.lock", EXTRAS)],
)
def test_a_lock_lists_what_is_asked_for_and_no_more(lock: str, extras: Iterable[str]):
    found = {canonicalize_name(name) for name in pins(lock)}
    wanted = needed_by(*PROJECT["dependencies"], *(each for extra in extras for each in EXTRAS[extra]))
    assert wanted <= found
    if sys.version_info[:2] == (3, 11) and lock != LOCKS[-1]:  # later ones need some less; extras of extras are dev's
        assert found - wanted == {"setuptools"}  # builds what is installed in place


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
@pytest.mark.parametrize(
    ("target", "locks"), [("run", 1), ("environment", 1), ("demo", 2), ("check", 2), ("test", 2), ("bench", 2)]
)
def test_a_target_installs_what_it_needs(target: str, locks: int):
    words = ["make", "--dry-run", "--always-make", "--no-print-directory", "-C", str(repository.ROOT), target]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    named = re.findall(r"make_environment\.sh \.venv (\S+)", said)
    other = "requirements-demo.lock" if target == "demo" else "requirements-dev.lock"
    assert named == ["requirements.lock", other][:locks]


def test_what_is_served_is_small():
    """As it is shipped: of a package's bytecode only what was imported is made."""
    sizes = {name: _bytes(name) for name in locked((repository.ROOT / LOCKS[0]).read_text("utf-8"))}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    assert sum(sizes.values()) <= MOST_BYTES, largest


def _bytes(name: str) -> int:
    shipped = [Path(str(file.locate())) for file in distribution(name).files or () if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in shipped if path.is_file())


def test_what_serves_imports_nothing_that_only_others_need():
    allowed = set(pins(LOCKS[0])) | needed_by(*(each for extra in OPTIONAL for each in EXTRAS[extra]))
    fail_on(
        _imported_beside(allowed, "src", "clients/python/src"), "add these to dependencies, and to requirements.lock"
    )


def test_the_demo_imports_nothing_that_only_tests_need():
    fail_on(_imported_beside(set(pins(LOCKS[1])), "demo"), "add these to the extra `demo`, and to its lock")


def test_pictures_for_a_folder_are_had_where_serving_is():
    lacking = {module for path, module in _imports("demo") if path.stem in PICTURES and module not in _served_modules()}
    assert lacking == set()
    named = 'import_module("zxingcpp")'
    assert [path.stem for path in (repository.ROOT / "demo").glob("*.py") if named in path.read_text()] == ["listings"]


PICTURES = {"camera", "folder", "listings", "meters", "pictures", "receipts", "signs"}


def _served_modules() -> set[str]:
    names = {canonicalize_name(name) for name in pins(LOCKS[0])}
    brought = {module for module, by in packages_distributions().items() if names & set(map(canonicalize_name, by))}
    return brought | OWN | set(sys.stdlib_module_names)


def _imported_beside(allowed: set[str], *folders: str) -> list[str]:
    """Return what is imported there that no package of these names brings."""
    brought_by = packages_distributions()
    names = {canonicalize_name(name) for name in allowed}
    known = OWN | set(sys.stdlib_module_names)
    return [
        f"{repository.name(path)} imports {module}"
        for path, module in _imports(*folders)
        if module not in known and not names & {canonicalize_name(name) for name in brought_by.get(module, ())}
    ]


def _imports(*folders: str) -> list[tuple[Path, str]]:
    """Return the top-level modules that each file of these folders imports."""
    found = set()
    for path in repository.kept(".py"):
        if repository.name(path).startswith(tuple(f"{folder}/" for folder in folders)):
            for node in ast.walk(repository.tree(path)):
                if isinstance(node, ast.Import):
                    found |= {(path, alias.name.partition(".")[0]) for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add((path, node.module.partition(".")[0]))
    return sorted(found)
