"""Installs Debian packages that tests need, where this process may."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def install(what: str, *groups: Sequence[str]) -> None:
    """Install packages with apt-get as root; do nothing without it. ``what`` is told before.

    Each group is installed by itself, so that one that is not to be had does not hinder the others.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"== Installing {what}", file=sys.stderr, flush=True)
    _apt_get("update")
    for packages in groups:
        _apt_get("install", "-y", "--no-install-recommends", *packages)


def _apt_get(*arguments: str) -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"  # where dpkg looks for its tools
    environment = {**os.environ, "PATH": path, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments]
    subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
