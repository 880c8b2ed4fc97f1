"""What no kept file may say: addresses of package indexes, places of somebody's machine, and "he" of a person."""

import re
from pathlib import Path

from support import repository
from support.findings import fail_on

INDEXES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"))]
PLACES = [re.escape(str(place)) + r"[/\s\"']" for place in (repository.ROOT, Path.home()) if len(place.parts) > 1]
INDEX_OPTIONS = r"--(extra-)?index-url[ =]|--find-links[ =]|--trusted-host[ =]"
TEXTS = (".css", ".html", ".js", ".md", ".po", ".py", ".sh", ".sql", ".toml")
SPOKEN_OF = re.compile(
    r"(?<![-A-Za-z0-9'\]])(he|his|him|himself)(?![-A-Za-z0-9'])", re.IGNORECASE
)  # hyphens: language tags
FORBIDDEN = re.compile("|".join([*map(re.escape, INDEXES), *PLACES, INDEX_OPTIONS]))


def test_no_index_and_no_machine_is_named():
    findings = []
    for path in repository.kept_files():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
            findings += [f"{repository.name(path)}:{number} says {found[0]!r}" for found in FORBIDDEN.finditer(line)]
    fail_on(findings, "take these out; nobody else has this machine or needs that address")


def test_people_are_they():
    findings = []
    for path in repository.kept(*TEXTS):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            findings += [f"{repository.name(path)}:{number} says {found[0]!r}" for found in SPOKEN_OF.finditer(line)]
    own = [line for line in findings if line.startswith("tests/tidy/test_words.py:")]
    fail_on(sorted(set(findings) - set(own)), "a worker, a customer, a reviewer, an operator: they")


def test_what_is_forbidden_is_found():
    assert SPOKEN_OF.search("what lies before him")
    assert SPOKEN_OF.search("def test_only_his_own")
    assert FORBIDDEN.search("https://" + INDEXES[0] + "/simple")
    assert FORBIDDEN.search(f"open({str(repository.ROOT)!r})")
    assert FORBIDDEN.search("--index" + "-url=somewhere")
