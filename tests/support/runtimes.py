"""Runtimes whose own HTTP clients the tests speak with: PHP's and the JDK's. As a program it installs what is missing.

The official clients written for them are in no registry of packages, so small programs of our own stand for them.
"""

import shutil
import subprocess
import sys

from support.apt_packages import install

PHP = ("php", "-r", "exit(extension_loaded('curl') && extension_loaded('json') ? 0 : 1);")
JDK = ("java", "-version")
MISSING = {
    "php": "PHP with curl is not installed (Debian: sudo apt-get install php-cli php-curl)",
    "java": "no JDK is installed (Debian: sudo apt-get install default-jdk-headless)",
}


def why_not(program: str) -> str:
    """Return why a runtime's tests cannot run; empty when they can. ``program``: php or java."""
    starts = PHP if program == "php" else JDK
    found = shutil.which(program) and (program == "php" or shutil.which("javac"))
    if found and subprocess.run(starts, capture_output=True, timeout=60).returncode == 0:
        return ""
    return MISSING[program]


def main() -> None:
    """Install what is missing where this process may; say so when something stays missing."""
    if why_not("php"):
        install("PHP for the tests of its HTTP client (about 4 MB to fetch)", ("php-cli", "php-curl"))
    if why_not("java"):
        install("a JDK for the tests of its HTTP client (about 120 MB to fetch)", ("default-jdk-headless",))
    for reason in filter(None, map(why_not, MISSING)):
        print(f"== {reason}; its tests are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()
