"""Run the tests again that failed in the last run: alone, and once; fail when one fails again, or when many did.

`make test` runs two tests at a time beside whatever else the machine does, and among ten thousand one may be late. What
passes alone is printed all the same: a test that is named here often has a race, or the product has.
"""

import json
import subprocess
import sys
from pathlib import Path

LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")  # pytest's own note of its last run
MOST = 5  # more than so many are no accident


def main() -> int:
    """Return the exit code: 0 when all that failed passed now."""
    failed = sorted(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []
    if not 0 < len(failed) <= MOST:
        print(f"{len(failed)} tests failed: they are not run again (1 to {MOST} are)")
        return 1
    print("Unsteady, run again alone:", *failed, sep="\n  ", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", "--numprocesses=0", "--tb=short", *failed]).returncode


if __name__ == "__main__":
    sys.exit(main())
