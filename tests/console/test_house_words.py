"""Every sentence about something that an operator gave is said in five languages."""

import ast
from collections.abc import Iterable
from pathlib import Path

from manyeyes.console.operator.fault_words import FAULTS
from manyeyes.console.operator.flaw_words import FLAWS
from manyeyes.console.operator.house_page import NOTICES
from manyeyes.console.shared.languages import LANGUAGES, catalogue
from support import repository

HOUSE = sorted((repository.SOURCE / "roles" / "house").glob("*.py"))
TRAIL = (*sorted((repository.SOURCE / "trail").glob("*.py")), repository.SOURCE / "roles" / "trail_reading.py")
AS_THEY_ARE = {"%(why)s"}  # what a rule says in its own words


def sentences(paths: Iterable[Path] = HOUSE, of: str = "FieldFault") -> set[str]:
    """Return what is said there: the second argument of each `FieldFault`, or the name that stands for it."""
    found: set[str] = set()
    for path in paths:
        tree = ast.parse(path.read_text("utf-8"))
        named: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                named.setdefault(ast.unparse(node.targets[0]), set()).add(str(node.value.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == of:
                said = node.args[1]
                found |= {str(said.value)} if isinstance(said, ast.Constant) else named[ast.unparse(said)]
    return found - AS_THEY_ARE


def test_every_fault_is_known_to_the_catalogues():
    assert len(sentences()) > 20
    assert sentences() - set(FAULTS) == set()
    assert sentences(TRAIL, "Flaw") == set(FLAWS)


def test_no_fault_and_no_notice_is_said_in_english_elsewhere():
    for language in set(LANGUAGES) - {"en"}:
        say = catalogue(language).ugettext
        assert [
            said for said in (*FAULTS, *FLAWS, *(words for words, _ in NOTICES.values())) if say(said) == said
        ] == []
