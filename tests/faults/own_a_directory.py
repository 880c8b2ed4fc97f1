"""A process that owns a data directory until its standard input ends. Usage: own_a_directory.py DIRECTORY."""

import sys
from pathlib import Path

from manyeyes.db.embedded import Embedded

if __name__ == "__main__":
    embedded = Embedded(Path(sys.argv[1]))
    print("ready", embedded.start(), flush=True)
    sys.stdin.read()
    embedded.stop()
