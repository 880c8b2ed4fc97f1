"""A skip for want of a browser or a client is a failure in continuous integration, and nowhere else."""

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest

@pytest.mark.browser
def test_of_the_screen():
    pytest.skip("no Chromium")

@pytest.mark.clients
@pytest.mark.skipif(True, reason="no client")
def test_of_a_client():
    pass

@pytest.mark.clients
@pytest.mark.node
def test_of_the_node_client():
    pytest.skip("no Node.js")

@pytest.mark.faults
def test_of_root():
    pytest.skip("not root")
"""
MARKS = "[pytest]\nmarkers =\n    browser\n    clients\n    node\n    faults\n"


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makeini(MARKS)
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "support.ci_skips", "-p", "no:cacheprovider", "-p", "no:asyncio", "-ra")


def test_skips_are_skips_on_anybodys_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    run(pytester, SKIPPING).assert_outcomes(skipped=4)


def test_skips_of_browser_and_clients_are_failures_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(pytester, SKIPPING)
    result.assert_outcomes(skipped=2, failed=1, errors=1)  # a mark skips during set-up
    result.stdout.fnmatch_lines(["*may not be skipped in continuous integration: Skipped: no Chromium*"])


def test_a_file_may_not_skip_itself_in_ci(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    run(pytester, "import pytest\npytest.importorskip('nowhere_to_be_found')").assert_outcomes(errors=1)
