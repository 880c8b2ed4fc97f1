"""From which Python `.venv` is made, and what is said when that one is gone."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def python_in(folder: Path) -> Path:
    """Copy this Python's program into a folder: it says that it lies there."""
    folder.mkdir()
    return Path(shutil.copy(Path(sys.executable).resolve(), folder / "python3"))


def made(folder: Path, *pythons: Path) -> str:
    """Return what is said when an environment is made of nothing, with one of these."""
    lock = folder / "nothing.lock"
    lock.write_text("# nothing==0\n")
    named = {"PYTHON": " ".join(map(str, pythons)), "HOME": str(folder)}
    command = [ROOT / "tools/make_environment.sh", folder / "venv", lock]
    done = subprocess.run(command, env={**os.environ, **named}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only an environment of root's is for other users")
def test_root_takes_a_python_that_others_may_run_and_says_where_there_is_none(tmp_path):
    for each in (tmp_path, *tmp_path.parents):
        if each.is_relative_to(tempfile.gettempdir()) and each != Path(tempfile.gettempdir()):
            each.chmod(0o755)
    closed, shared = python_in(tmp_path / "closed"), python_in(tmp_path / "shared")
    closed.parent.chmod(0o700)
    said = made(tmp_path, closed, shared)
    assert "root alone" not in said
    assert f"home = {shared.parent}\n" in (tmp_path / "venv/pyvenv.cfg").read_text()
    said = made(tmp_path, closed)
    assert f"is made from {closed}, which root alone\n" in said
    assert "make PYTHON=/usr/bin/python3" in said


def test_an_environment_whose_python_is_gone_is_told(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/make_environment.sh", tmp_path / "tools")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to("/no/such/python3")
    for stamp in (".built", ".installed"):
        (tmp_path / ".venv" / stamp).touch()
    done = subprocess.run(["make", "run"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert ".venv was made from /no/such/python3, which is gone, or you may not run it" in done.stderr
