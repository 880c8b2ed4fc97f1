"""A package as its users get it: a wheel, in an environment that has nothing else but what it asks for."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.repository import ROOT

PACKAGE = ROOT / "clients" / "python"


def build_wheel(source: Path, folder: Path) -> Path:
    """Return the wheel of a package that is built from a copy in ``folder``; nothing is fetched."""
    copy = folder / "source"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(copy))
    [wheel] = folder.glob("*.whl")
    return wheel


def install_alone(wheel: Path, folder: Path) -> Path:
    """Return the interpreter of a new environment with this wheel, and by links what it needs from this one."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip(str(python), "install", "--no-deps", "--no-index", str(wheel))
    [packages] = (folder / "lib").glob("python*/site-packages")
    link(packages, needed_by(*requirements_in(packages, wheel.name.split("-")[0])))
    return python


def link(packages: Path, names: Iterable[str]) -> None:
    """Put what is installed here under these names into another folder of packages, by links."""
    for name in names:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            (packages / top).symlink_to(Path(str(found.locate_file(top))))


def requirements_in(packages: Path, package: str = "manyeyes_client") -> list[str]:
    """Return what a package in a folder of packages says that it needs."""
    [metadata] = packages.glob(f"{package}-*.dist-info/METADATA")
    lines = metadata.read_text("utf-8").splitlines()
    return [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]


def needed_by(*wanted: str) -> set[str]:
    """Return the names of all packages that these requirements bring along, from what is installed here."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in wanted]
    while waiting:
        requirement = waiting.pop()
        if canonicalize_name(requirement.name) in found or (
            requirement.marker and not requirement.marker.evaluate({"extra": ""})
        ):
            continue
        found.add(canonicalize_name(requirement.name))
        waiting += [Requirement(text) for text in distribution(requirement.name).requires or ()]
    return found


def pip(python: str, *words: str) -> None:
    """Run pip for an interpreter. Raises AssertionError with what it said."""
    argv = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
