"""The command line in this process, on the tests' database: what it prints, where, and how it ends."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from manyeyes.cli.main import main
from manyeyes.recognisers import catalogue, people


class Done(msgspec.Struct, frozen=True):
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout; there must be nothing else."""
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def complaint(self) -> str:
        """What a command that failed as expected says: one line on stderr, nothing on stdout, exit 1."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("manyeyes: ")
        assert "Traceback" not in self.err
        return self.err


Command = Callable[..., Done]


@pytest.fixture
def manyeyes(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """``manyeyes("account", "create", "Ann")`` runs the command and returns how it ended."""
    monkeypatch.setenv("MANYEYES_DATABASE_URL", dsn)
    monkeypatch.setenv("MANYEYES_DATA", str(tmp_path))

    def run(*arguments: object) -> Done:
        monkeypatch.setattr("sys.argv", ["manyeyes", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()  # what a process of the command's says is the command's word
        return Done(int(ended.value.code or 0), out, err)

    yield run
    structlog.reset_defaults()  # the command's log went to a stderr that ends with this test


@pytest.fixture(scope="session", autouse=True)
def checked_once() -> Iterator[None]:
    """Check once that people can be asked for some labels: it never changes, and each check starts a process."""
    known: set[tuple[object, ...]] = set()
    check = catalogue.check

    def checked(recogniser: str, model: str, labels: Mapping[int, str], megabytes: int) -> None:
        question = (recogniser, model, *labels.items(), megabytes)
        if recogniser != people.NAME or question not in known:
            check(recogniser, model, labels, megabytes)
            known.add(question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "check", checked)
        yield


@pytest.fixture
def ann(manyeyes: Command) -> Any:
    """A customer with 10 USD, as `account create --json` describes her."""
    return manyeyes("account", "create", "Ann", "--balance", "10.00", "--json").json


@pytest.fixture
def run_async() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine to its end inside a test that is none, since the command line runs a loop of its own."""
    return asyncio.run
