"""``python -m bench [names] [--small]``: measure, print one table, write the same as JSON.

Only loopback and temporary directories; everything is stopped and removed at the end, also after Ctrl-C.
"""

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bench import (
    agreement,
    attacks,
    certainty_floor,
    certainty_labels,
    certainty_proof,
    certainty_texts,
    depth,
    failover,
    history,
    http_requests,
    idle,
    jobs_intake,
    jobs_results,
    keypress,
    label_days,
    latency,
    listed,
    lives,
    month,
    open_loop,
    prefer_wait,
    processes,
    profiles,
    recognition,
    reports,
    round_trips,
    screen,
    seals,
    statistics,
    task_pages,
)
from bench.cpu import not_ours
from bench.row import Row, table
from manyeyes import __version__
from manyeyes.db.binaries import find_programs

MEASUREMENTS = {
    "lives": lives.measure,
    "http_requests": http_requests.measure,
    "latency": latency.measure,
    "depth": depth.measure,
    "history": history.measure,
    "listed": listed.measure,
    "screen": screen.measure,
    "seals": seals.measure,
    "keypress": keypress.measure,
    "reports": reports.measure,
    "round_trips": round_trips.measure,
    "statistics": statistics.measure,
    "month": month.measure,
    "recognition": recognition.measure,
    "label_days": label_days.measure,
    "idle": idle.measure,
    "attacks": attacks.measure,
    "jobs_intake": jobs_intake.measure,
    "jobs_results": jobs_results.measure,
    "task_pages": task_pages.measure,
    "prefer_wait": prefer_wait.measure,
    "open_loop": open_loop.measure,
    "processes": processes.measure,
    "profiles": profiles.measure,
    "agreement": agreement.measure,
    "failover": failover.measure,
    "certainty_floor": certainty_floor.measure,
}
WITH_CROWD: dict[str, Callable[[bool, Path | None], list[Row]]] = {  # take the folder of ``--crowd`` as well
    "certainty_labels": certainty_labels.measure,
    "certainty_proof": certainty_proof.measure,
    "certainty_texts": certainty_texts.measure,
}
NAMES = (*MEASUREMENTS, *WITH_CROWD)
WHEN_NAMED = {"profiles", "keypress"}  # each needs a program that does not come along
LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Run what was asked for; exit 1 when a measurement could not be made, 130 after Ctrl-C."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    about = machine()
    print("\n".join(f"{name}: {value}" for name, value in about.items()), flush=True)
    rows: list[Row] = []
    failed = False
    runs: dict[str, dict[str, float]] = {}
    for name in asked.names or [name for name in NAMES if name not in WHEN_NAMED]:
        began, others = time.monotonic(), not_ours()
        try:
            rows += _measured(name, asked.small, asked.crowd)
        except KeyboardInterrupt:
            return 130
        except Exception as error:
            failed = True
            print(f"{name} failed: {error!r}", file=sys.stderr)
        seconds = time.monotonic() - began
        runs[name] = {"seconds": round(seconds), "cores used by others": round((not_ours() - others) / seconds, 2)}
        print(f"{name}: {seconds:.0f} s; {runs[name]['cores used by others']} cores were used by others", flush=True)
    print(f"\n{table(rows)}")
    _write(asked.json, {"machine": about, "small": asked.small, "runs": runs, "rows": rows})
    return int(failed)


def _measured(name: str, small: bool, crowd: Path | None) -> list[Row]:
    return WITH_CROWD[name](small, crowd) if name in WITH_CROWD else MEASUREMENTS[name](small)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    postgres = subprocess.run([find_programs() / "postgres", "--version"], capture_output=True, text=True, check=True)
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "measured at": datetime.now(UTC).isoformat(timespec="seconds"),
        "manyeyes": __version__,
        "cores": f"{len(os.sched_getaffinity(0))} x {models[0].partition(': ')[2] if models else platform.machine()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "Python": platform.python_version(),
        "PostgreSQL": postgres.stdout.split(") ")[-1].strip(),
        "load before": round(os.getloadavg()[0], 2),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed and size.")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"which ones: {', '.join(NAMES)}; default all but profiles"
    )
    parser.add_argument("--small", action="store_true", help="fewer tasks and customers: a quick look, no result")
    parser.add_argument("--json", type=Path, default=LATEST, help="where to write the figures")
    parser.add_argument("--crowd", type=Path, help="a folder of answers with the truth (bench/crowd_votes.py)")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no measurement {unknown[0]!r}")
    return asked


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
