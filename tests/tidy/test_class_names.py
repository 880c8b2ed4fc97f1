"""One name, one thing: a reader who meets the name of a class, or of a type, finds one of it."""

import ast
import re
from collections import defaultdict

from support import repository

# Name → why two classes must share it. Keep it empty when you can: rename what is less well known.
SHARED: dict[str, str] = {}


def defined() -> dict[str, list[str]]:
    """Return where each class of the package, private ones too, and each other type is defined, by its name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(repository.SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{repository.name(path)}:{node.lineno}")
        for name, line in aliases(tree):
            found[name].append(f"{repository.name(path)}:{line}")
    return found


def aliases(tree: ast.Module) -> list[tuple[str, int]]:
    """Return (name, line) of the types that a module names by an assignment; a type variable stands for no one type."""
    return [
        (node.targets[0].id, node.lineno)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and re.fullmatch(r"_?[A-Z][a-z]\w*", node.targets[0].id)
        and "TypeVar" not in ast.unparse(node.value)
    ]


def test_a_type_that_is_assigned_is_seen():
    planted = "Words = Mapping[str, str]\nT = TypeVar('T')\nItem = TypeVar('Item')\nWORDS = 1\nKinds: Words = {}"
    assert aliases(ast.parse(planted)) == [("Words", 1)]


def test_a_class_name_stands_for_one_thing():
    twice = {name: places for name, places in defined().items() if len(places) > 1 and name not in SHARED}
    listed = "\n".join(f"  {name}: {', '.join(places)}" for name, places in sorted(twice.items()))
    told = "give all but one the name of what it is (docs/glossary.md), or add it to SHARED here with the reason"
    assert not twice, f"these names stand for several classes; {told}:\n{listed}"


def test_no_exception_outlives_its_need():
    needless = sorted(name for name in SHARED if len(defined().get(name, [])) < 2)
    assert not needless, f"these names are no longer shared; take them out of SHARED: {', '.join(needless)}"
