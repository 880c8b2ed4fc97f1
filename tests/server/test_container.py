"""The image's file and compose.yaml: each step is done in a plain directory, and what comes of it serves."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import msgspec
import pytest

from manyeyes.settings import Settings
from support import repository
from support.closed_root import closed, give_away, why_open, writable_mounts
from support.containers import DEPLOY, FETCHES, OWN, PlainDirectory, Step, compose, stages
from support.real_server import ServeProcess, copy_data

OF_SERVE = {"MANYEYES_HOST", "MANYEYES_PORT", "MANYEYES_PROCESSES", "MANYEYES_SOCKET"}  # options of `serve`


def last(word: str) -> str:
    """Return what the image's own stage says last with this word."""
    return [step.said for step in stages()[-1] if step.word == word][-1]


@pytest.fixture
def image(tmp_path: Path) -> PlainDirectory:
    """Return a directory in which every step was done."""
    if why := why_open():
        pytest.skip(why)
    made = PlainDirectory(tmp_path / "image")
    for step in (step for stage in stages() for step in stage):
        made.do(step)
    return made


def test_its_steps_make_what_serves_as_its_user_is_healthy_and_ends_in_order(
    image: PlainDirectory, first_start: Path, monkeypatch: pytest.MonkeyPatch
):
    volume = Path(image.here(image.last["VOLUME"]))
    user, group = map(int, image.last["USER"].split(":"))
    assert (volume.stat().st_uid, volume.stat().st_gid, volume.stat().st_mode & 0o777) == (user, group, 0o700)
    assert re.search(rf"^manyeyes:[x!]:{user}:{group}:", (image.root / "etc/passwd").read_text(), re.MULTILINE)
    compiled = (image.root / "opt/manyeyes/lib").glob(
        "python*/site-packages/manyeyes/server/__pycache__/supervisor.*.pyc"
    )
    assert list(compiled), "nothing can be compiled later"
    volume.rmdir()
    give_away(copy_data(first_start, volume), user)
    [program] = Step("ENTRYPOINT", image.last["ENTRYPOINT"]).listed()
    found = image.root / "opt/manyeyes/bin" / program
    told = [f"{name}={value}" for name, value in image.set.items()]
    as_told = closed(volume, image.root / "opt", "env", "--unset=PYTHONPATH", *told, str(found), user=user)
    monkeypatch.setattr("support.real_server.COMMAND", as_told)
    assert Step("CMD", image.last["CMD"]).listed() == ["serve"]
    server = ServeProcess(volume)
    try:
        assert writable_mounts(server.process.pid) == {"/tmp", str(volume)}
        assert {os.stat(f"/proc/{pid}").st_uid for pid in server.serving_pids()} == {user}
        assert httpx.get(f"{server.url}/worker", follow_redirects=True).status_code == 200
        assert health(image, server.ops_url) == 0
    finally:
        server.process.send_signal(signal.Signals[image.last["STOPSIGNAL"]])
        assert server.stop() == 0
    assert health(image, "http://127.0.0.1:9") != 0


def health(image: PlainDirectory, ops_url: str) -> int:
    """Run the check of health, of a server that is somewhere else than in an image; return how it ended."""
    options, words = image.last["HEALTHCHECK"].split(" CMD ")
    assert "--start-period=" in options
    command = [word.replace("http://127.0.0.1:9180", ops_url) for word in Step("CMD", words).listed()]
    assert command != Step("CMD", words).listed()
    path = image.set["PATH"]
    return subprocess.run(command, env={"PATH": path}, stderr=subprocess.DEVNULL, check=False).returncode


def test_what_is_copied_is_there_and_is_sent_to_the_builder():
    copied = [step.said.split()[:-1] for step in stages()[0] if step.word == "COPY"]
    sent = [line[1:] for line in (repository.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in (each for sources in copied for each in sources):
        assert (repository.ROOT / source).exists(), source
        assert any(source == name or source.startswith(f"{name}/") for name in sent), source


def test_its_python_is_one_that_the_lock_is_for():
    [build], [image] = ([step.said for step in stage if step.word == "FROM"] for stage in stages())
    assert build == f"{image} AS build"
    assert re.fullmatch(r"python:3\.11-slim", image)
    assert [step.said for step in stages()[0]].count(FETCHES) == 1


def test_compose_says_what_the_image_says():
    service = compose()["services"]["manyeyes"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["user"] == last("USER")
    assert (service["read_only"], service["tmpfs"]) == (True, ["/tmp"])
    assert [volume.split(":") for volume in service["volumes"]] == [["data", last("VOLUME")]]
    assert set(compose()["volumes"]) == {"data"}
    assert {port.rsplit(":", 1)[1] for port in service["ports"]} == set(last("EXPOSE").split())
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["stop_signal"] == last("STOPSIGNAL")
    unit = (DEPLOY / "manyeyes.service").read_text()
    assert f"TimeoutStopSec={service['stop_grace_period'].removesuffix('s')}\n" in unit
    assert "healthcheck" not in service  # the image's
    [network] = compose()["networks"]["default"]["ipam"]["config"]
    assert service["environment"]["MANYEYES_TRUSTED_PROXIES"] == network["gateway"]


def test_their_settings_are_settings_and_the_key_is_a_file():
    service = compose()["services"]["manyeyes"]
    known = {f"MANYEYES_{field.name.upper()}" for field in msgspec.structs.fields(Settings)} | OF_SERVE
    image = dict(step.said.split("=", 1) for step in stages()[-1] if step.word == "ENV")
    told: Mapping[str, str] = {**image, **service["environment"]}
    assert {name for name in told if name.startswith("MANYEYES_")} <= known
    [secret] = service["secrets"]
    assert told["MANYEYES_SECRETS_KEY_FILE"] == f"/run/secrets/{secret}"
    kept = Path(compose()["secrets"][secret]["file"])
    assert f"/deploy/{kept}" in (repository.ROOT / ".gitignore").read_text().splitlines()
    assert told["MANYEYES_DATA"] == last("VOLUME") == OWN[1]
    assert last("EXPOSE").split()[1] in told["MANYEYES_OPS"]
