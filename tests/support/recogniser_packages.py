"""What the recognisers' tests have in common: packages to install, pictures to show, and a look at processes."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.tasks.pictures import Picture
from support.embedded_owners import wait_until

SECONDS = 2.0
LABELS = {0: "calm", 1: "mischief"}


def install(site: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str) -> str:
    """Install a package that offers a recogniser; return the recogniser's name."""
    info = site / f"{name}_package-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[manyeyes.recognisers]\n{name} = {place}\n")
    monkeypatch.syspath_prepend(site)
    return name


def shown(*pictures: bytes) -> list[Picture]:
    """Return pictures with these bytes: a test's recogniser reads nothing else."""
    return [Picture("png", 1, 1, data) for data in pictures]


async def told(pool: RecogniserPool, *pictures: bytes, model: str = "") -> list[Finding | Failure]:
    """Return what the mischievous recogniser says of pictures in one batch."""
    return await pool.recognise("mischief", model, LABELS, shown(*pictures))


async def detail(pool: RecogniserPool, picture: bytes) -> dict[str, Any]:
    """Return the details of one finding."""
    (found,) = await told(pool, picture)
    assert isinstance(found, Finding), found
    return found.details


def counted(metric: str, **labels: str) -> float:
    """Return a metric's value as it is exported."""
    return REGISTRY.get_sample_value(f"manyeyes_recogniser_{metric}_total", labels) or 0


def is_running(pid: int) -> bool:
    """Tell whether a process lives; a zombie, dead and not yet reaped, does not."""
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_dead(pid: int) -> None:
    """Wait until a process no longer lives."""
    wait_until(lambda: not is_running(pid))
