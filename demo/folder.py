"""`python -m demo.folder FOLDER`: writes pictures of the demo's into a folder, as somebody has theirs on a disk."""

import argparse
import sys
from pathlib import Path

from demo.pictures import SUBJECTS, Picture, draw

SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PN": ".png", b"GIF": ".gif"}  # by how a file of the format begins
MOST = 1000


def fill(folder: Path, kind: str, count: int) -> dict[str, Picture]:
    """Write the first `count` pictures of `kind` into `folder`; return them by the names of their files.

    What lies there already stays, and the same call writes the same files again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = {}
    for picture in (draw(kind, number) for number in range(1, count + 1)):
        name = f"{kind}-{picture.number:02}{SUFFIXES[picture.data[:3]]}"
        (folder / name).write_bytes(picture.data)
        named[name] = picture
    return named


def main() -> int:
    """Fill the folder; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo.folder", description="Pictures of the demo's, in a folder")
    parser.add_argument("folder", type=Path, help="where to; it is made when it is not there")
    parser.add_argument("--kind", choices=SUBJECTS, default="meter", help="what is on them (%(default)s)")
    parser.add_argument("--count", type=int, default=8, help=f"how many, 1 to {MOST} (%(default)s)")
    options = parser.parse_args()
    if not 1 <= options.count <= MOST:
        parser.error(f"--count is 1 to {MOST}")
    try:
        named = fill(options.folder, options.kind, options.count)
    except ModuleNotFoundError as error:
        print(f"{options.kind}: the package {error.name} is missing, which `make demo` installs", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.folder}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{options.folder}: {len(named)} pictures, {next(iter(named))} and so on")
    return 0


if __name__ == "__main__":
    sys.exit(main())
