"""The folder listing is the map: a method, an action, a rule has one file, and each file its test."""

import re
from pathlib import Path

import tree

from manyeyes.anticaptcha import errors
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.refusals import Reason
from manyeyes.tupu.codes import CODES
from manyeyes.tupu.operations import OPERATIONS
from manyeyes.v1 import wire

ACTIONS = tree.SOURCE / "actions"
# What all methods share.
METHOD_ROOMS = {"call", "envelope", "errors", "methods", "reporting", "results", "token_task", "values"}
OPERATION_ROOMS = {
    *("admission", "answers", "asked", "body", "call", "codes", "elsewhere", "envelope", "multipart", "operations"),
    *("pace", "parameters", "pictures", "public_key", "recognising", "review_push", "room", "signing"),
}


def stems(folder: Path, pattern: str = "*.py") -> set[str]:
    return {path.stem for path in folder.glob(pattern)} - {"__init__"}


def snake(name: str) -> str:
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def test_an_action_is_a_file_with_its_name_and_has_a_test_file():
    names = stems(ACTIONS)
    for name in names:
        public = [f.name for f in tree.functions(ACTIONS / f"{name}.py") if f.name == name]
        assert public == [name]
    assert stems(tree.ROOT / "tests" / "actions", "test_*.py") == {f"test_{name}" for name in names}


def test_a_method_is_a_file_with_its_name_and_no_other_file_is_one():
    folder = tree.SOURCE / "anticaptcha"
    assert stems(folder) - METHOD_ROOMS == {snake(name) for name in METHODS}
    for name, method in METHODS.items():
        assert (method.__module__.rsplit(".", 1)[1], method.__name__) == (snake(name), snake(name))
        assert (tree.ROOT / "tests" / "anticaptcha" / f"test_{snake(name)}.py").exists()
        assert (tree.ROOT / "docs" / "reference" / "anticaptcha" / f"{name}.md").exists()


def test_a_call_of_tupu_s_is_a_file_with_its_name_and_no_other_file_is_one():
    names = {operation.__name__ for operation in OPERATIONS.values()}
    assert stems(tree.SOURCE / "tupu") - OPERATION_ROOMS == names
    for operation in OPERATIONS.values():
        assert operation.__module__ == f"manyeyes.tupu.{operation.__name__}"


def reasons_in(*places: str) -> set[Reason]:
    """Return the reasons that files, or the files of folders, under src/manyeyes name."""
    files = [p for place in places for p in (tree.SOURCE / place).rglob("*.py") or [tree.SOURCE / place]]
    files += [tree.SOURCE / place for place in places if place.endswith(".py")]
    return {Reason[name] for path in files for name in tree.attributes_of(path, "Reason") if name in Reason.__members__}


def test_every_reason_that_the_contract_can_meet_has_its_error():
    submitting = ("actions/submit_tasks.py", "actions/parts/entering.py")
    actions = (*submitting, "actions/file_complaints.py", "actions/report_tokens.py")
    met = reasons_in("anticaptcha", "directory.py", "tasks", "reports", *actions)
    assert met == set(errors._ERRORS)


def test_every_reason_that_tupu_s_contract_can_meet_has_its_code():
    actions = ("actions/record_recognitions.py", "actions/parts/entering.py")
    assert reasons_in("tupu", "directory.py", "recognitions", *actions) == set(CODES)


def test_every_reason_that_v1_can_meet_has_its_status():
    actions = ("answer_tasks", "skip_tasks", "cast_votes", "file_appeals")
    shared = ("desk.py", "recourse.py", "callbacks.py", "directory.py", *[f"actions/{name}.py" for name in actions])
    met = reasons_in("v1", "workers", *shared)
    assert met == set(wire.STATUS)


def test_no_reason_is_there_for_nothing():
    assert reasons_in(".") == set(Reason)


def test_the_changelog_tells_of_this_version():
    version = re.search(r'^version = "(.+)"', (tree.ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert f"## {version[1]}" in (tree.ROOT / "CHANGELOG.md").read_text()
