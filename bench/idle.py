"""Memory of the whole product at rest: supervisor, serving process and every PostgreSQL process, as PSS.

PSS (proportional set size) counts a page that several processes share once in all. The goal: <= 300 MB.
"""

import asyncio
import re
import time
from pathlib import Path

import psutil

from bench.lives import load
from bench.people import invite
from bench.product import serving
from bench.row import Row

CUSTOMERS = 8
WARM_LIFE_SECONDS, REST_SECONDS = 4.0, 5.0
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def measure(small: bool = False) -> list[Row]:
    """Return the sum in MB after some hundred lives and a few seconds of rest."""
    with serving() as product:
        people = asyncio.run(invite(product.dsn, CUSTOMERS, CUSTOMERS))
        report = load(product, people, CUSTOMERS, 0.0, WARM_LIFE_SECONDS)
        time.sleep(1.0 if small else REST_SECONDS)
        parts = _pss(product.pid)
    details = {**parts, "lives before": report.lives}
    return [Row("memory at rest (PSS)", sum(parts.values()), "MB", "<= 300", details)]


def _pss(pid: int) -> dict[str, float]:
    """Return megabytes by part."""
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
