"""The system's Chromium, for the tests that drive a browser. As a program it installs what is missing, if it may."""

import os
import shutil
import subprocess
import sys

from support.apt_packages import install

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Small fonts (under 8 MB together) for the languages of our screens: Vietnamese, Thai, Chinese.
FONTS = ("fonts-dejavu-core", "fonts-tlwg-loma-otf", "fonts-wqy-microhei")
MISSING = "no working Chromium was found; install it (Debian: sudo apt-get install chromium) to run the browser tests"


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome that starts, or None.

    MANYEYES_CHROMIUM names one that has another name.
    """
    for name in (os.environ.get("MANYEYES_CHROMIUM", ""), *NAMES):
        path = shutil.which(name)
        if path and _starts(path):
            return path
    return None


def _starts(path: str) -> bool:
    """Tell whether the program starts: some systems ship a command that only says where to get the browser."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> None:
    """Install Chromium where none starts and this process may; say so when there is none."""
    if find_chromium():
        return
    install("Chromium for the browser tests (about 110 MB to fetch)", ("chromium",), FONTS)
    if not find_chromium():
        print(f"== {MISSING}; without it they are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()
