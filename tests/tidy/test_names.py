"""The folder listing is the map: a method, an action, a rule has one file, and each file its test."""

import re
from pathlib import Path

from manyeyes.anticaptcha import errors
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.tupu.codes import CODES
from manyeyes.tupu.operations import OPERATIONS
from manyeyes.v1 import json_messages
from manyeyes.values.refusals import Reason
from support import repository

ACTIONS = repository.SOURCE / "actions"
# What all methods share.
METHOD_ROOMS = {
    *("call", "envelope", "errors", "lenient_values", "methods", "report_calls", "task_results", "token_task"),
}
OPERATION_ROOMS = {
    *("admission", "body", "call", "codes", "envelope", "memory_budget", "multipart", "operations", "parameters"),
    *("picture_fetcher", "public_key", "rate_limit", "recognition_pipeline", "request", "request_signature"),
    *("response_json", "review_push", "unsupported"),
}


def stems(folder: Path, pattern: str = "*.py") -> set[str]:
    return {path.stem for path in folder.glob(pattern)} - {"__init__"}


def snake(name: str) -> str:
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def test_an_action_is_a_file_with_its_name_and_has_a_test_file():
    names = stems(ACTIONS)
    for name in names:
        public = [f.name for f in repository.functions(ACTIONS / f"{name}.py") if f.name == name]
        assert public == [name]
    assert stems(repository.ROOT / "tests" / "actions", "test_*.py") == {f"test_{name}" for name in names}


def test_a_method_is_a_file_with_its_name_and_no_other_file_is_one():
    folder = repository.SOURCE / "anticaptcha"
    assert stems(folder) - METHOD_ROOMS == {snake(name) for name in METHODS}
    for name, method in METHODS.items():
        assert (method.__module__.rsplit(".", 1)[1], method.__name__) == (snake(name), snake(name))
        assert (repository.ROOT / "tests" / "anticaptcha" / f"test_{snake(name)}.py").exists()
        assert (repository.ROOT / "docs" / "reference" / "anticaptcha" / f"{name}.md").exists()


def test_a_call_of_tupu_s_is_a_file_with_its_name_and_no_other_file_is_one():
    names = {operation.__name__ for operation in OPERATIONS.values()}
    assert stems(repository.SOURCE / "tupu") - OPERATION_ROOMS == names
    for operation in OPERATIONS.values():
        assert operation.__module__ == f"manyeyes.tupu.{operation.__name__}"


def reasons_in(*places: str) -> set[Reason]:
    """Return the reasons that files, or the files of folders, under src/manyeyes name."""
    files = [p for place in places for p in (repository.SOURCE / place).rglob("*.py") or [repository.SOURCE / place]]
    files += [repository.SOURCE / place for place in places if place.endswith(".py")]
    return {
        Reason[name]
        for path in files
        for name in repository.attributes_of(path, "Reason")
        if name in Reason.__members__
    }


def test_every_reason_that_the_contract_can_meet_has_its_error():
    submitting = ("actions/submit_tasks.py", "actions/shared/task_admission.py")
    actions = (*submitting, "actions/file_complaints.py", "actions/report_tokens.py")
    met = reasons_in("anticaptcha", "runtime/lookup_cache.py", "tasks", "reports", *actions)
    assert met == set(errors._ERRORS)


def test_every_reason_that_tupu_s_contract_can_meet_has_its_code():
    actions = ("actions/record_recognitions.py", "actions/shared/task_admission.py")
    assert reasons_in("tupu", "runtime/lookup_cache.py", "recognitions", *actions) == set(CODES)


def test_every_reason_that_v1_can_meet_has_its_status():
    actions = ("answer_tasks", "skip_tasks", "cast_votes", "file_appeals")
    shared = (
        "roles/worker.py",
        "roles/reviewer.py",
        "roles/worker_reports.py",
        "roles/customer/reports.py",
        "roles/customer/recognitions.py",
        "roles/customer/deliveries.py",
        "runtime/lookup_cache.py",
        *[f"actions/{name}.py" for name in actions],
    )
    met = reasons_in("v1", "workers", *shared)
    assert met == set(json_messages.STATUS)


def test_no_reason_is_there_for_nothing():
    assert reasons_in(".") == set(Reason)


def test_the_changelog_tells_of_this_version():
    version = re.search(r'^version = "(.+)"', (repository.ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert f"## {version[1]}" in (repository.ROOT / "CHANGELOG.md").read_text()
