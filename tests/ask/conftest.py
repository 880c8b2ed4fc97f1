"""One house for the tests of a file; a customer of their own for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.asked_folders import AskedHouse
from support.asked_house import open_house
from support.real_server import copy_data


@pytest.fixture(scope="module")
def house(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskedHouse]:
    """Yield a served installation with a worker."""
    with open_house(copy_data(first_start, tmp_path_factory.mktemp("house") / "data")) as found:
        yield found
