"""The package, installed alone, against a real server: every verb, blocking and awaiting, and its README's examples."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.asked_folders import AskedHouse, number_of, picture, pictures
from support.asked_house import open_house
from support.real_server import copy_data
from support.wheels import PACKAGE

HERE = Path(__file__).parent
EXAMPLES = re.findall(r"^```python\n(.*?)^```", (PACKAGE / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def house(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskedHouse]:
    """Yield a served installation with a worker."""
    with open_house(copy_data(first_start, tmp_path_factory.mktemp("house") / "data")) as found:
        yield found


def run_alone(python: Path, house: AskedHouse, key: str, folder: Path, *words: str) -> Any:
    """Run a program with the lone interpreter in a folder; return the JSON or text that it prints."""
    done = subprocess.run(
        [python, "-I", *words],
        cwd=folder,
        env={"MANYEYES_URL": house.url, "MANYEYES_KEY": key, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("way", ["blocking", "awaiting"])
def test_every_verb(lone_python: Path, house: AskedHouse, tmp_path: Path, way: str):
    pictures(tmp_path / "pictures", 4, first=100)
    (tmp_path / "one.png").write_bytes(picture(1))
    said = json.loads(run_alone(lone_python, house, house.key(), tmp_path, str(HERE / "every_verb.py"), way))
    assert said["ask"] == number_of(picture(1))
    assert said["same_key_same_task"] is True
    assert said["task_state"] == "done"
    assert said["report"] == "incorrect_image"
    assert said["cancelled"] == ["cancelled", "cancelled"]
    assert said["uploaded"] == [4, True]
    assert said["uploaded_again"] == 4
    assert said["states"] == ["draft", "running", "paused", "running", "cancelled"]
    assert said["events_end"] == said["state"] == "finished"
    assert said["values"] == [number_of(picture(number)) for number in range(100, 104)]
    assert (tmp_path / "answers.csv").read_text("utf-8-sig").count("\n") == 5
    assert said["changes"] >= 5
    assert said["net"] == said["spent"] == said["statement"]
    assert set(said["errors"].values()) == {True}, said["errors"]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_readme_s_examples_do_what_they_say(lone_python: Path, house: AskedHouse, tmp_path: Path, number: int):
    pictures(tmp_path / "pictures", 2, first=300 + 10 * number)
    (tmp_path / "meter.png").write_bytes(picture(7))
    (tmp_path / "example").write_text(EXAMPLES[number])
    printed = run_alone(lone_python, house, house.key(), tmp_path, "example")
    assert len(EXAMPLES) == 3
    expected = (r"7\.50\n", r"at most 0\.\d+ USD\n(\d+\.png (yes|no)\n){2}", r"\[('read \d+'(, )?){3}\]\n")
    assert re.fullmatch(expected[number], printed), printed
    if number == 1:
        assert (tmp_path / "answers.csv").read_text("utf-8-sig").count("\n") == 3
