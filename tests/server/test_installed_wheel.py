"""The server as a package: what is in it, and that it serves where nothing else is installed but what it asks for."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from support import factories
from support.closed_root import NOBODY, closed, give_away, why_open, writable_mounts
from support.embedded_owners import postmaster_pid, wait_until
from support.real_server import ServeProcess, environment, run
from support.repository import ROOT
from support.wheels import build_wheel, install_alone

PACKAGED = ("src", "clients/python/src")
LOOK = """
import sys
from manyeyes.recognisers.catalogue import check
try:
    check(*sys.argv[1:], {0: "a", 1: "b", 2: "c"})
except ValueError as error:
    sys.exit(str(error))
"""
ALSO = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the package is made from, without what lies there unrecorded."""
    copy = tmp_path_factory.mktemp("source") / "repository"
    argv = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "src", "clients"]
    listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in [*listed, *ALSO]:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the server's wheel."""
    return build_wheel(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an interpreter that has the wheel and what it asks for: what requirements.lock lists."""
    return install_alone(wheel, tmp_path_factory.mktemp("alone") / "environment")


def contents(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def test_every_file_of_the_package_is_in_its_wheel_and_the_client_comes_along(source: Path, wheel: Path):
    found = {path.relative_to(source / top) for top in PACKAGED for path in (source / top).rglob("*.*")}
    files = {path for path in found if path.suffix != ".md"}  # who works on the source reads those
    assert contents(wheel) == {str(path) for path in files}


def test_the_source_package_makes_the_same_wheel(source: Path, wheel: Path, tmp_path: Path):
    program = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    argv = [sys.executable, "-c", program, str(tmp_path)]
    subprocess.run(argv, cwd=source, capture_output=True, check=True)
    [packed] = tmp_path.glob("manyeyes-*.tar.gz")
    (tmp_path / "unpacked").mkdir()
    subprocess.run(["tar", "-xzf", str(packed), "-C", str(tmp_path / "unpacked")], check=True)
    [unpacked] = (tmp_path / "unpacked").iterdir()
    (tmp_path / "built").mkdir()
    assert contents(build_wheel(unpacked, tmp_path / "built")) == contents(wheel)


def test_it_serves_alone(alone: Path, data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("support.real_server.COMMAND", [str(alone), "-I", "-m", "manyeyes"])
    server = ServeProcess(data)
    try:
        children = server.serving_pids()
        assert os.readlink(f"/proc/{children[0]}/exe") == os.path.realpath(alone)
        assert httpx.post(f"{server.url}/getQueueStats", json={"queueId": 1}).json()["waiting"] == 0
        page = httpx.get(f"{server.url}/worker", follow_redirects=True)
        assert (page.status_code, "<html" in page.text) == (200, True)
        assert run(data, "db", "check").returncode == 0
    finally:
        assert server.stop() == 0


def test_it_serves_as_nobody_who_may_write_to_its_data_alone(alone: Path, data: Path, monkeypatch: pytest.MonkeyPatch):
    if why := why_open():
        pytest.skip(why)
    give_away(data)
    command = closed(data, alone.parents[1], str(alone), "-I", "-m", "manyeyes")
    monkeypatch.setattr("support.real_server.COMMAND", command)
    server = ServeProcess(data, options=("--backup-to", str(data / "copies")))
    try:
        assert writable_mounts(server.process.pid) == {"/tmp", str(data)}
        assert {os.stat(f"/proc/{pid}").st_uid for pid in (*server.serving_pids(), postmaster_pid(data))} == {NOBODY}
        words = [*command, "account", "create", "Meters", "--balance", "1", "--json", "--data", str(data)]
        made = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
        asked = {"clientKey": json.loads(made.stdout)["client_key"], "task": factories.image_task()}
        assert httpx.post(f"{server.url}/createTask", json=asked).json()["errorId"] == 0
        assert httpx.get(f"{server.url}/worker", follow_redirects=True).status_code == 200
        wait_until(lambda: bool(list(data.glob("copies/base/*"))))
    finally:
        assert server.stop() == 0
    said = (data.parent / f"{data.name}.stderr").read_text()
    assert not re.search("Read-only file system|Permission denied", said), said


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("plots", ("-m", "manyeyes", "simulate", "review", "--out", "picture.png")),
        ("plots", ("-m", "manyeyes", "simulate", "allow-list", "--out", "picture.png")),
        ("parquet", ("-m", "manyeyes", "ask", "pictures", "--question", "What?", "--out", "answers.parquet")),
        ("advertising", ("-c", LOOK, "advertising", "")),
        ("onnx", ("-c", LOOK, "onnx", "model.toml")),
    ],
)
def test_what_it_lacks_is_named_with_its_extra(alone: Path, tmp_path: Path, extra: str, words: tuple[str, ...]):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "meter.png").write_bytes((ROOT / "docs" / "pictures" / "meter.png").read_bytes())
    done = subprocess.run(
        [str(alone), "-I", *words],
        cwd=tmp_path,
        env=environment(MANYEYES_KEY="none"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"pip install 'manyeyes[{extra}]'" in done.stderr, done.stdout
    assert (done.returncode > 0, "Traceback" in done.stderr) == (True, False)
