"""Memory of the product by part, as PSS: a page that several processes share counts once in all."""

import re
from pathlib import Path

import psutil

_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def parts_of(pid: int) -> dict[str, float]:
    """Return megabytes of the process and all below it, by part."""
    parts = {"supervisor": 0.0, "serving": 0.0, "PostgreSQL": 0.0}
    above = psutil.Process(pid)
    for process in [above, *above.children(recursive=True)]:
        try:
            found = _PSS.search(Path(f"/proc/{process.pid}/smaps_rollup").read_text())
            name = "PostgreSQL" if process.name() == "postgres" else "serving" if process.pid != pid else "supervisor"
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            continue
        parts[name] += int(found[1]) / 1024 if found else 0.0
    return parts
