"""What is imported: its licence was judged, its vulnerabilities are asked for, uvicorn is the one that was read."""

import re
from email.message import Message
from importlib.metadata import Distribution
from typing import Any

import pytest

from support import repository
from tools import audit, check_licences


class Said(Distribution):
    """A package that says this of itself."""

    def __init__(self, **fields: str) -> None:
        self._fields = fields

    @property
    def metadata(self) -> Any:
        message = Message()
        for name, value in self._fields.items():
            message[name.replace("_", "-")] = value
        return message

    def read_text(self, filename: str) -> str | None:
        return None

    def locate_file(self, path: Any) -> Any:
        return path


@pytest.mark.parametrize(
    ("fields", "is_taken"),
    [
        ({"License_Expression": "MIT"}, True),
        ({"License_Expression": "GPL-3.0-only OR MIT"}, True),
        ({"License_Expression": "MIT AND LGPL-2.1-only"}, False),
        ({"License_Expression": "AGPL-3.0-or-later"}, False),
        ({"License_Expression": "MPL-2.0"}, False),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"}, False),
        ({"License": "3-Clause BSD License"}, True),
        ({"License": "GPL"}, False),
        ({}, False),
    ],
)
def test_a_licence_is_taken_when_it_asks_for_a_notice_only(fields: dict[str, str], is_taken: bool):
    assert (check_licences.fault(Said(**fields)) == "") is is_taken


def test_a_gnu_licence_among_the_texts_is_seen(monkeypatch: pytest.MonkeyPatch):
    text = "  GNU LESSER GENERAL PUBLIC LICENSE\n   Version 3"
    monkeypatch.setattr(check_licences, "licence_files", lambda _: iter([("x.dist-info/LICENSE", text)]))
    assert "GNU" in check_licences.fault(Said(License_Expression="MIT"))


def test_every_package_of_the_lock_is_in_order():
    names = check_licences.locked(check_licences.LOCK.read_text("utf-8"))
    assert len(names) > 50
    assert check_licences.of_packages(names) == []
    assert check_licences.JUDGED.keys() <= set(names)
    assert check_licences.of_packages(["no-such-package"]) == ["no-such-package is not installed: make environment"]


def test_a_known_vulnerability_fails_and_silence_does_not():
    vulnerable = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}
    silent = {"name": "b", "skip_reason": "not found"}
    assert audit.judged({"dependencies": [vulnerable, silent]}) == (1, "a 1: CVE-1")
    assert audit.judged({"dependencies": [silent]})[0] == 0
    assert "not checked" in audit.judged({"dependencies": [silent]})[1]
    assert "not checked" in audit.judged(None)[1]


def test_the_lock_pins_the_uvicorn_that_was_read():
    wanted = re.search(r'"uvicorn==([\d.]+)"', (repository.ROOT / "pyproject.toml").read_text("utf-8"))
    assert wanted
    assert f"\nuvicorn=={wanted[1]} " in check_licences.LOCK.read_text("utf-8")
