"""One whole copy of an installation that nobody serves, for all that is tried with it."""

import shutil
from pathlib import Path

import pytest

from support.real_server import ask_json, copy_data


@pytest.fixture(scope="session")
def installed(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory that nobody serves; others copy the first start's, which no copy of ours may mark."""
    return copy_data(first_start, tmp_path_factory.mktemp("installed") / "data")


@pytest.fixture(scope="session")
def copied(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place with one whole copy."""
    place = tmp_path_factory.mktemp("copied") / "copies"
    assert ask_json(installed, "backup", "--to", str(place))["bytes"] > 1_000_000
    return place


@pytest.fixture
def place(copied: Path, tmp_path: Path) -> Path:
    """Return a place of the test's own with one whole copy."""
    return Path(shutil.copytree(copied, tmp_path / "copies"))
