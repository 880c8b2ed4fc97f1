"""The client package installed alone, once for all tests."""

from pathlib import Path

import pytest

from support.wheels import PACKAGE, build_wheel, install_alone


@pytest.fixture(scope="session")
def client_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's wheel."""
    return build_wheel(PACKAGE, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def lone_python(client_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the client package, what it needs, and nothing else."""
    return install_alone(client_wheel, tmp_path_factory.mktemp("alone") / "env")
