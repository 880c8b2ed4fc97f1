"""pgbench, which comes with PostgreSQL: a script, run over and over by several clients."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from manyeyes.db.binaries import find_programs


def pgbench(dsn: str, script: Path, clients: int, seconds: float, constants: Mapping[str, str] | None = None) -> float:
    """Return the script's runs per second; ``constants`` are its variables.

    Raises RuntimeError when one of the runs failed.
    """
    defined = [f"--define={name}={text}" for name, text in (constants or {}).items()]
    command = [str(find_programs() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}"]
    command += [f"--time={seconds:.0f}", f"--file={script}", *defined, dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found or "number of failed transactions: 0 " not in done.stdout:
        raise RuntimeError(f"pgbench failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return float(found[1])
