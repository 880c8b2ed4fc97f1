"""Tests that failed are run again alone in continuous integration: once, and not when they are many."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools/test_again.py"
MADE = f"test_{2}.py"  # written here, and in no folder of ours
TESTS = """
from pathlib import Path

def test_that_passes_the_second_time():
    note = Path("ran")
    had_run = note.exists()
    note.touch()
    assert had_run

def test_that_fails_always():
    assert False
"""


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "code"), [("the_second_time", 0), ("always", 1)])
def test_what_failed_is_run_once_more_and_named(tmp_path: Path, name: str, code: int):
    tmp_path.joinpath(MADE).write_text(TESTS)
    assert run(tmp_path, "-m", "pytest", "-k", name).returncode == 1
    found = run(tmp_path, TOOL)
    assert found.returncode == code
    assert "Unsteady" in found.stdout
    assert name in found.stdout
    assert ("1 passed" in found.stdout) == (code == 0)


@pytest.mark.parametrize("count", [0, 6])
def test_none_or_many_are_not(tmp_path: Path, count: int):
    note = tmp_path / ".pytest_cache/v/cache/lastfailed"
    note.parent.mkdir(parents=True)
    note.write_text(json.dumps({f"{MADE}::test_{n}": True for n in range(count)}))
    found = run(tmp_path, TOOL)
    assert found.returncode == 1
    assert f"{count} tests failed" in found.stdout
