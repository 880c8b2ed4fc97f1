"""One name, one thing: a reader who meets a class's name finds one class of it."""

import ast
from collections import defaultdict

from support import repository

# Name → why two classes must share it. Keep it empty when you can: rename what is less well known.
SHARED: dict[str, str] = {}


def defined() -> dict[str, list[str]]:
    """Return where each class of the package is defined, private ones too, by its name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(repository.SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{repository.name(path)}:{node.lineno}")
    return found


def test_a_class_name_stands_for_one_thing():
    twice = {name: places for name, places in defined().items() if len(places) > 1 and name not in SHARED}
    listed = "\n".join(f"  {name}: {', '.join(places)}" for name, places in sorted(twice.items()))
    told = "give all but one the name of what it is (docs/glossary.md), or add it to SHARED here with the reason"
    assert not twice, f"these names stand for several classes; {told}:\n{listed}"


def test_no_exception_outlives_its_need():
    needless = sorted(name for name in SHARED if len(defined().get(name, [])) < 2)
    assert not needless, f"these names are no longer shared; take them out of SHARED: {', '.join(needless)}"
