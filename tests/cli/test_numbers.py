"""Whatever takes a number on the command line or in a setting takes ASCII digits and nothing else."""

import inspect

import pytest
from cyclopts import App

from cli.conftest import Command
from manyeyes.cli.main import app
from manyeyes.cli.numbers import convert
from manyeyes.settings import from_environment

NO_NUMBERS = ["٣", "１０", "1_000", "1e3", "+5", "0x10", "nan", "inf", "²", ""]
SAID = (
    *("not a whole number", "is not a number", "amount of money", "takes numbers"),
    *("must lie", "lies from", "a review may wait", "there is no recognition"),
)
ARGUMENTS = [
    ("account", "top-up", "Ann", "{}"),
    ("account", "create", "Ann", "--balance", "{}"),
    ("account", "set", "Ann", "--max-bid", "{}"),
    ("account", "set", "Ann", "--weight", "{}"),
    ("worker", "create", "Ada", "--queue", "{}"),
    ("webhook", "list", "Ann", "--limit", "{}"),
    ("queue", "set", "1", "--price", "{}"),
    ("queue", "set", "{}", "--price", "0.001"),
    ("soft-app", "pay-out", "{}"),
    ("appeal", "accept", "{}"),
    ("recognition", "set", "x", "--threshold", "{}"),
    ("recognition", "set", "x", "--review-hours", "{}"),
    ("simulate", "allow-list", "--rates", "{}"),
    ("simulate", "allow-list", "--load", "{}"),
    ("serve", "--processes", "{}"),
    ("serve", "--port", "{}"),
]


@pytest.fixture
def installation(manyeyes: Command) -> Command:
    manyeyes("account", "create", "Ann")
    return manyeyes


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_what_is_no_number_is_refused_in_words(installation: Command, arguments: tuple[str, ...]):
    for text in NO_NUMBERS:
        done = installation(*(argument.format(text) for argument in arguments))
        assert (done.code, done.out) == (1, ""), text
        assert "Traceback" not in done.err
        assert any(said in done.err for said in SAID), (text, done.err)


def _commands(of: App) -> list[App]:
    named = [of[name] for name in of if not name.startswith("-")]
    return [of, *(inner for each in named for inner in _commands(each))]


def test_every_command_reads_its_numbers_by_that_rule():
    """A command with a reader of its own would take what the others refuse."""
    assert app.default_parameter is not None
    assert app.default_parameter.converter is convert
    read = [command for command in _commands(app) if inspect.isfunction(command.default_command)]
    assert len(read) > 40
    for command in read:
        assert command.default_parameter is None or command.default_parameter.converter in (None, convert)
        own = [each.name for each in command.assemble_argument_collection() if each.parameter.converter]
        assert own == [], command.name


@pytest.mark.parametrize("text", [t for t in NO_NUMBERS if t] + ["-1"])
@pytest.mark.parametrize("name", ["TASK_LIFE_SECONDS", "RECOGNISER_SECONDS", "SIGNING_KEY_BITS"])
def test_a_setting_is_read_likewise(name: str, text: str):
    with pytest.raises(ValueError, match=f"MANYEYES_{name}"):
        from_environment({f"MANYEYES_{name}": text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PICTURE_HOURS", "87601"),
        ("TASK_LIFE_SECONDS", "100000001"),
        ("STALL_SECONDS", "9" * 40),
        ("CONNECTIONS", "9" * 40),
    ],
)
def test_a_setting_that_would_overflow_is_refused_at_the_start(name: str, text: str):
    with pytest.raises(ValueError, match=f"MANYEYES_{name}: .*(<= 87600|more than 100000000)"):
        from_environment({f"MANYEYES_{name}": text})


BEYOND = str(2**70)
OF_NUMBERS = [
    ("account", "approve-top-up", "{}"),
    ("account", "approve-top-up", "7", "--cell", "{}"),
    ("account", "decline-top-up", "{}"),
    ("account", "link", "Ann", "--colleague", "{}"),
    ("account", "show", "{}"),
    ("appeal", "accept", "{}"),
    ("appeal", "reject", "7", "--cell", "{}"),
    ("floor", "keep", "1", "{}"),
    ("floor", "lift", "{}", "1"),
    ("queue", "alike", "{}"),
    ("queue", "set", "{}", "--price", "0.001"),
    ("queue", "skills", "{}"),
    ("queue", "training", "1", "--task", "{}"),
    ("queue", "training", "{}"),
    ("recognition", "set", "x", "--review-queue", "{}"),
    ("soft-app", "pay-out", "{}"),
    ("webhook", "replay", "{}"),
    ("webhook", "show", "{}"),
    ("worker", "approve-payout", "{}"),
    ("worker", "create", "Ada", "--queue", "{}"),
    ("worker", "decline-payout", "{}", "no"),
    ("worker", "end-announcement", "{}"),
    ("worker", "mark-paid", "{}", "--reference", "7"),
    ("worker", "show", "{}"),
]


@pytest.mark.parametrize("arguments", OF_NUMBERS, ids=" ".join)
def test_a_number_that_nothing_can_have_is_said_to_be_unknown(installation: Command, arguments: tuple[str, ...]):
    for text in (BEYOND, str(2**63), "-1"):
        said = installation(*(argument.format(text) for argument in arguments)).complaint
        assert said.count("\n") == 1
        assert any(words in said for words in ("there is no", "no result of", "is not known")), said
        assert "int64" not in said


def test_wrong_usage_is_one_line_however_narrow_the_terminal_is(installation: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "30")
    for arguments in (["nosuch"], ["account", "approve-top-up", "x" * 60], ["account", "set", "Ann", "--weight"]):
        assert installation(*arguments).complaint.count("\n") == 1
    assert "2000 digits" in installation("account", "approve-top-up", "9" * 2000).complaint
