"""The tutorial's commands, one after another as they stand there, at a terminal; what they print is what it shows."""

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from demo.pictures import draw
from support.asked_folders import AskedWorker, Read
from support.real_server import ServeProcess, copy_data, environment
from support.repository import ROOT
from support.terminals import at_terminal

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "tutorial" / "first-job.md").read_text("utf-8")
IN_ANOTHER_TERMINAL = "make run\n"
ON_THE_PATH = ". .venv/bin/activate\n"
BLOCK = re.compile(r"^```(bash)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """(command, everything that the page shows until the next one) of each of its commands."""
    found: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall(PAGE):
        found = [*found, (text, "")] if kind else [*found[:-1], (found[-1][0], found[-1][1] + text)]
    return found


def pixels(data: bytes) -> bytes:
    """What a worker sees of a picture."""
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB").tobytes()


def careful() -> Read:
    """Somebody who reads the demo's first meters as a careful person does, and calls all of them electric."""
    shown = {pixels(draw("meter", number).data): draw("meter", number).text for number in range(1, 9)}
    return lambda data, options: shown[pixels(data)] if options["kind"] == "number" else "electricity"


@contextmanager
def answering(url: str, token: str) -> Iterator[None]:
    """Press Start working, and answer what comes."""
    worker = AskedWorker(url, token, careful())
    worker.may_answer.set()
    thread = Thread(target=worker.work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.ended.set()
        thread.join(10)


def missing(shown: str, printed: str) -> list[str]:
    """The lines of the page that were not printed; `…` stands for anything, and blanks for any number of them."""
    plain = [" ".join(line.split()) for line in printed.splitlines()]
    return [
        line
        for line in shown.splitlines()
        if not any(re.search(re.escape(" ".join(line.split())).replace("…", ".+"), said) for said in plain)
    ]


@pytest.fixture
def server(first_start: Path, tmp_path: Path) -> Iterator[ServeProcess]:
    """A server of this test's own: the page begins with nothing."""
    found = ServeProcess(copy_data(first_start, tmp_path / "data"))
    yield found
    found.stop()


@pytest.fixture
def told(server: ServeProcess) -> dict[str, str]:
    """The second terminal's environment: the command is on its path, its folder is that of `python -m demo.folder`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    set_ = environment(PATH=path, MANYEYES_DATA=str(server.data), MANYEYES_URL=server.url, COLUMNS="120")
    return {**set_, "PYTHONPATH": os.pathsep.join([set_["PYTHONPATH"], str(ROOT)])}


def test_the_page_s_commands_print_what_it_shows_and_end_with_answers(
    server: ServeProcess, told: dict[str, str], tmp_path: Path
):
    (first, ready), (activate, _), *rest = steps()
    assert (first, activate) == (IN_ANOTHER_TERMINAL, ON_THE_PATH)
    assert re.sub(r"\d+\n$", "", ready) == f"ready {server.url}".rstrip("0123456789")
    with ExitStack() as people:
        for command, shown in rest:
            if command.startswith("export MANYEYES_KEY="):
                continue  # done below, when the key was printed
            code, printed = at_terminal(["bash", "-ec", command], told, tmp_path, "y\n")
            assert code == 0, printed
            assert missing(shown, printed) == [], printed
            if found := re.search(r"client_key +(\S+)", printed):
                told["MANYEYES_KEY"] = found[1]
            if found := re.search(r"token +(\S+)", printed):
                people.enter_context(answering(server.url, found[1]))
    answers = (tmp_path / "kinds.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in answers] == ["answer", *["electricity"] * 8]


def test_a_line_that_is_not_printed_is_noticed():
    assert missing("a  …  c\nd\n", "a 17 c\nd e") == []
    assert missing("a … c\nd\n", "a c\ne") == ["a … c", "d"]
