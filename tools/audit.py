"""Asks the registry for known vulnerabilities of what the lock files pin, with pip-audit in an environment of its own.

``make audit``. A vulnerability fails; a registry that cannot be asked, or does not know, is said and passes: what is
pinned is the same with a network and without.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = (ROOT / "requirements-dev.lock", ROOT / "tests" / "published_clients" / "requirements.lock")
OPTIONS = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--timeout", "15")
PATIENCE_SECONDS = 300


def main(program: str) -> int:
    """Print what is known of each lock file; exit 1 when a vulnerability is."""
    found = 0
    for lock in LOCKS:
        known, line = judged(asked(program, lock))
        found += known
        print(f"{lock.relative_to(ROOT)}: {line}")
    return int(found > 0)


def asked(program: str, lock: Path) -> dict[str, Any] | None:
    """Return pip-audit's report, None when it came to none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [program, "--requirement", str(lock), *OPTIONS, "--output", str(report)]
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
            found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None
        return found


def judged(report: dict[str, Any] | None) -> tuple[int, str]:
    """Return how many vulnerabilities a report knows of, and what to say."""
    if report is None:
        return 0, "not checked; the registry could not be asked"
    packages = report["dependencies"]
    silent = [package["name"] for package in packages if "skip_reason" in package]
    known = [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", ())]
    if known:
        return len(known), "; ".join(known)
    if silent:
        return 0, f"none known; of {len(silent)} of {len(packages)} packages the registry knows nothing, so not checked"
    return 0, f"no known vulnerability in {len(packages)} packages"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
