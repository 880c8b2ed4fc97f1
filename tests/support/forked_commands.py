"""The command line in a process of its own that has its modules already: loading them takes a second each time.

The processes are forked by one (multiprocessing's fork server) that has loaded the modules and done nothing else.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from manyeyes.cli import main

FORKS = multiprocessing.get_context("forkserver")
SELDOM_RUN = {"ask:ask", "simulate:app", "mcp:mcp"}
OFTEN_RUN = [f"manyeyes.cli.{place.split(':')[0]}" for place, _ in main.LAZY.values() if place not in SELDOM_RUN]
FORKS.set_forkserver_preload(["manyeyes.cli.main", *OFTEN_RUN])  # what stands in tests/ it would not find


def run_forked(
    arguments: Sequence[str], environment: Mapping[str, str], timeout_seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run ``manyeyes`` with these arguments and nothing else in its environment; return what it wrote and its exit
    code. Raises subprocess.TimeoutExpired, having killed it, when it takes longer.
    """
    with tempfile.TemporaryDirectory() as place:
        names = [f"{place}/out", f"{place}/err"]
        process = FORKS.Process(target=_obey, args=([*arguments], dict(environment), *names))
        process.start()
        process.join(timeout_seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([*arguments], timeout_seconds)
        out, err = [_text(name) for name in names]
        return subprocess.CompletedProcess([*arguments], process.exitcode, out, err)


def _obey(arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    """Run the command, in the child process."""
    for number, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY), number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["manyeyes", *arguments]
    runpy.run_module("manyeyes", run_name="__main__", alter_sys=True)  # as `python -m manyeyes` does


def _text(name: str) -> str:
    with open(name, encoding="utf-8") as file:
        return file.read()
