"""What no kept file may say: addresses of package indexes, and places of whoever's machine it was written on."""

import re
from pathlib import Path

from support import repository
from support.findings import fail_on

INDEXES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"))]
PLACES = [re.escape(str(place)) + r"[/\s\"']" for place in (repository.ROOT, Path.home()) if len(place.parts) > 1]
INDEX_OPTIONS = r"--(extra-)?index-url[ =]|--find-links[ =]|--trusted-host[ =]"
FORBIDDEN = re.compile("|".join([*map(re.escape, INDEXES), *PLACES, INDEX_OPTIONS]))


def test_no_index_and_no_machine_is_named():
    findings = []
    for path in repository.kept_files():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
            findings += [f"{repository.name(path)}:{number} says {found[0]!r}" for found in FORBIDDEN.finditer(line)]
    fail_on(findings, "take these out; nobody else has this machine or needs that address")


def test_what_is_forbidden_is_found():
    assert FORBIDDEN.search("https://" + INDEXES[0] + "/simple")
    assert FORBIDDEN.search(f"open({str(repository.ROOT)!r})")
    assert FORBIDDEN.search("--index" + "-url=somewhere")
