"""The folder listing is the map: a method, an action, a rule has one file, and each file its test."""

import re
from pathlib import Path

from manyeyes.anticaptcha import errors
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.tupu.codes import CODES
from manyeyes.tupu.operations import OPERATIONS
from manyeyes.v1 import problems
from manyeyes.values.refusals import Reason
from support import repository
from support.findings import fail_on

ACTIONS = repository.SOURCE / "actions"
# What all methods share.
METHOD_ROOMS = {
    *("call", "envelope", "errors", "lenient_values", "methods", "queue_choice", "report_calls"),
    "task_results",
    "token_task",
}
OPERATION_ROOMS = {
    *("admission", "body", "call", "codes", "envelope", "memory_budget", "multipart", "operations", "parameters"),
    *(
        "parameter_names",
        "public_key",
        "rate_limit",
        "recognition_pipeline",
        "request",
        "request_signature",
    ),
    *("response_json", "review_push", "unsupported"),
}


def stems(folder: Path, pattern: str = "*.py") -> set[str]:
    return {path.stem for path in folder.glob(pattern)} - {"__init__"}


def snake(name: str) -> str:
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def missing(*wanted: str) -> set[str]:
    """Return those of the files that are not in the repository."""
    return {f"add {path}" for path in wanted if not (repository.ROOT / path).exists()}


def its_tests(room: str, name: str) -> str:
    """Return the test file of what has a file with this name in a room."""
    return f"tests/{room}/test_{name}.py"


def test_an_action_is_a_file_with_its_name_and_has_a_test_file():
    findings = set()
    for name in stems(ACTIONS):
        if name not in {function.name for function in repository.functions(ACTIONS / f"{name}.py")}:
            findings.add(f"src/manyeyes/actions/{name}.py has no function {name}")
        findings |= missing(its_tests("actions", name))
    tested = stems(repository.ROOT / "tests" / "actions", "test_*.py")
    findings |= {
        f"tests/actions/{name}.py tests no action" for name in tested - {f"test_{name}" for name in stems(ACTIONS)}
    }
    fail_on(findings, "an action is a file with its name, and has a test file (CONTRIBUTING.md: a new verb)")


def test_a_method_is_a_file_with_its_name_and_no_other_file_is_one():
    folder = repository.SOURCE / "anticaptcha"
    names = {name: snake(name) for name in METHODS}
    findings = {
        f"src/manyeyes/anticaptcha/{stem}.py is no method: give it a line in METHODS, or name it in METHOD_ROOMS"
        for stem in stems(folder) - METHOD_ROOMS - set(names.values())
    }
    for name, stem in names.items():
        method = METHODS[name]
        if (method.__module__, method.__name__) != (f"manyeyes.anticaptcha.{stem}", stem):
            findings.add(f"METHODS: {name} must be the function {stem} of src/manyeyes/anticaptcha/{stem}.py")
        reference = f"docs/reference/anticaptcha/{name}.md"
        findings |= missing(f"src/manyeyes/anticaptcha/{stem}.py", its_tests("anticaptcha", stem), reference)
    fail_on(findings, "a method is a file, a line, a page and a test file (CONTRIBUTING.md: a new API method)")


def test_a_call_of_tupu_s_is_a_file_with_its_name_and_no_other_file_is_one():
    names = {operation.__name__ for operation in OPERATIONS.values()}
    findings = {
        f"src/manyeyes/tupu/{stem}.py is no call: give it a line in OPERATIONS, or name it in OPERATION_ROOMS"
        for stem in stems(repository.SOURCE / "tupu") - OPERATION_ROOMS - names
    }
    findings |= {
        f"OPERATIONS: {operation.__name__} must stand in src/manyeyes/tupu/{operation.__name__}.py"
        for operation in OPERATIONS.values()
        if operation.__module__ != f"manyeyes.tupu.{operation.__name__}"
    }
    fail_on(findings, "a call of TUPU's is a file with its name")


def test_every_shared_file_that_is_named_here_is_there():
    wanted = [
        *(f"src/manyeyes/anticaptcha/{name}.py" for name in METHOD_ROOMS),
        *(f"src/manyeyes/tupu/{name}.py" for name in OPERATION_ROOMS),
    ]
    gone = [path for path in wanted if not (repository.ROOT / path).exists()]
    fail_on(gone, "METHOD_ROOMS or OPERATION_ROOMS names these files, which are not there: take them out")


def reasons_in(*places: str) -> set[Reason]:
    """Return the reasons that files, or the files of folders, under src/manyeyes name."""
    files = [p for place in places for p in (repository.SOURCE / place).rglob("*.py")]
    files += [repository.SOURCE / place for place in places if place.endswith(".py")]
    return {
        Reason[name]
        for path in files
        for name in repository.attributes_of(path, "Reason")
        if name in Reason.__members__
    }


def compare(met: set[Reason], answered: set[Reason], table: str) -> None:
    """Fail unless a table answers the reasons that can be met, and no other one."""
    findings = [f"add {reason.name}, which can be met" for reason in met - answered]
    findings += [f"take out {reason.name}, which cannot be met" for reason in answered - met]
    fail_on(findings, table)


def test_every_reason_that_the_contract_can_meet_has_its_error():
    submitting = ("actions/submit_tasks.py", "actions/shared/task_admission.py")
    actions = (*submitting, "actions/file_complaints.py", "actions/report_tokens.py")
    met = reasons_in("anticaptcha", "runtime/lookup_cache.py", "tasks", "reports", *actions)
    compare(met, set(errors._ERRORS), "the errors of src/manyeyes/anticaptcha/errors.py")


def test_every_reason_that_tupu_s_contract_can_meet_has_its_code():
    actions = ("actions/record_recognitions.py", "actions/shared/task_admission.py")
    met = reasons_in("tupu", "runtime/lookup_cache.py", "recognitions", *actions)
    compare(met, set(CODES), "CODES of src/manyeyes/tupu/codes.py")


def test_every_reason_that_v1_can_meet_has_its_status():
    actions = ("answer_tasks", "skip_tasks", "cast_votes", "file_appeals", "keep_buckets", "remove_buckets")
    shared = (
        "roles/worker.py",
        "roles/reviewer.py",
        "roles/worker_reports.py",
        "roles/customer/reports.py",
        "roles/customer/recognitions.py",
        "roles/customer/deliveries.py",
        "roles/customer/buckets.py",
        "roles/customer/picture_sources.py",
        "runtime/lookup_cache.py",
        *[f"actions/{name}.py" for name in actions],
    )
    met = reasons_in("v1", "workers", *shared)
    compare(met, set(problems.PROBLEMS), "PROBLEMS of src/manyeyes/v1/problems.py")


def test_no_reason_is_there_for_nothing():
    unused = set(Reason) - reasons_in(".")
    fail_on([reason.name for reason in unused], "delete these reasons, which nothing gives")


def test_the_changelog_tells_of_this_version():
    version = re.search(r'^version = "(.+)"', (repository.ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert f"## {version[1]}" in (repository.ROOT / "CHANGELOG.md").read_text()
