"""In continuous integration (CI=true) a test that is skipped for want of a browser or a client is a failure.

Elsewhere a machine may lack them, and the printed reason is enough. Node.js is optional: tests marked `node` may
be skipped anywhere.
"""

import os
from collections.abc import Generator

import pytest

NEVER_SKIPPED = ("browser", "clients")
MAY_BE_SKIPPED = "node"


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure in continuous integration."""
    report = yield
    marked = any(item.get_closest_marker(name) for name in NEVER_SKIPPED) and not item.get_closest_marker(
        MAY_BE_SKIPPED
    )
    if _in_ci() and marked and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"may not be skipped in continuous integration: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure: it hides the marks of its tests."""
    report = yield
    if _in_ci() and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} may not be skipped in continuous integration: {_reason(report)}"
    return report
