"""The repository as the tidy tests see it: what git keeps, and the Python in it."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "manyeyes"
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def kept_files() -> list[Path]:
    """Return every file that git keeps or would keep; all there are where this is no repository."""
    asked = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(asked, capture_output=True, text=True, check=False)
    if not listing.returncode:
        return sorted(path for line in listing.stdout.splitlines() if (path := ROOT / line).is_file())
    made = (".", "node_", "__pycache__")
    named = [path for path in ROOT.rglob("*") if not any(part.startswith(made) for part in path.parts)]
    return sorted(path for path in named if path.is_file())


def kept(*suffixes: str) -> list[Path]:
    """Return the kept files that end so."""
    return [path for path in kept_files() if path.suffix in suffixes]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return what a Python file says."""
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[FUNCTIONS]:
    """Yield every function of a Python file, inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, FUNCTIONS):
            yield node


def attributes_of(path: Path, owner: str) -> set[str]:
    """Return all X that a Python file reads as ``owner.X``."""
    found = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    return {node.attr for node in found if isinstance(node.value, ast.Name) and node.value.id == owner}
