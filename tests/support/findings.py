"""How a test that goes through many things fails: once, naming all that it found and what to do about it."""

from collections.abc import Iterable

import pytest


def fail_on(findings: Iterable[str], remedy: str) -> None:
    """Fail with one line for each finding, if there is any; ``remedy`` says what to add or to change."""
    lines = sorted(findings)
    if lines:
        pytest.fail("\n".join([f"{len(lines)} found: {remedy}", *lines]), pytrace=False)
