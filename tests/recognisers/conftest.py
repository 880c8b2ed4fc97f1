"""An installed package that offers a recogniser, and a pool to ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from manyeyes.recognisers.pool import RecogniserPool
from support.recogniser_packages import SECONDS, install


@pytest.fixture
def mischief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a recogniser that an installed package offers; it does what a picture's bytes say."""
    return install(tmp_path / "site", monkeypatch, "mischief", "support.mischievous_recogniser:open_mischief")


@pytest.fixture
async def pool(mischief: str) -> AsyncIterator[RecogniserPool]:
    """A pool whose children have little memory and little time."""
    pool = RecogniserPool(SECONDS, 300)
    yield pool
    await pool.close()
