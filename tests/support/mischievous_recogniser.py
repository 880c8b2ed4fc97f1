"""A recogniser that does to its process what the picture's bytes say. Only children load it, as an entry point."""

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from manyeyes.recognisers.interface import Failure, Finding


def spin() -> None:
    """Use the processor for ever."""
    while True:
        pass


def eat() -> None:
    """Take memory until there is none."""
    hoard = []
    while True:
        hoard.append(bytearray(16_000_000))


def start_another() -> dict[str, Any]:
    """Start another program and return its process id."""
    return {"pid": subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]).pid}


def connect() -> dict[str, Any]:
    """Try to open sockets; return the error of each family that was refused."""
    refused = {}
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        try:
            socket.socket(family).close()
        except OSError as error:
            refused[family.name] = type(error).__name__
    return refused


def write() -> dict[str, Any]:
    """Try to write a file; return the error, nothing where there was none."""
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"mischief-{os.getpid()}"
    try:
        path.write_bytes(b"x" * 10)
    except OSError as error:
        return {"error": os.strerror(error.errno or 0)}
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    return {}


DEEDS: dict[bytes, Any] = {
    b"crash": lambda: os._exit(3),
    b"segfault": lambda: ctypes.string_at(0),
    b"spin": spin,
    b"sleep": lambda: time.sleep(1_000_000),
    b"eat": eat,
    b"raise": lambda: 1 / 0,
    b"chatter": lambda: os.write(1, b"not a frame\n") and print("nor this", flush=True),
    b"another": start_another,
    b"connect": connect,
    b"write": write,
    b"pid": lambda: {"pid": os.getpid()},
    b"environ": lambda: {"names": sorted(os.environ)},
    b"nul": lambda: {"te\0xt": ["a\0b", {"c": "\0"}]},
    b"much": lambda: {"text": "x" * 20_000},
    b"no json": lambda: {"value": object()},
}


class Mischief:
    def recognise(self, pictures: Sequence[bytes], labels: Mapping[int, str]) -> Sequence[Finding | Failure]:
        """Do what each picture's bytes say."""
        if 13 in labels:
            raise ValueError("label 13 is unlucky")
        if b"too few" in pictures:
            return []
        return [self.do(picture) for picture in pictures]

    def do(self, picture: bytes) -> Finding | Failure:
        """Do what one picture's bytes say."""
        if picture == b"failure":
            return Failure("it is upside\0 down")
        if picture == b"foreign":
            return Finding(99, 0.5)
        if picture.startswith(b"rate "):
            return Finding(0, float(picture[5:]))
        done = DEEDS[picture]() if picture in DEEDS else None
        return Finding(1, 0.75, done if isinstance(done, dict) else {"seen": picture.decode()})


def open_mischief(model: str) -> Mischief:
    """Open the recogniser; a model that is named must exist as a file.

    ``crash`` as its name ends the process, ``sleep`` stops it.
    """
    if model == "crash":
        print("about to go", file=sys.stderr, flush=True)
        os._exit(4)
    if model == "sleep":
        time.sleep(1_000_000)
    if model and not Path(model).exists():
        raise ValueError(f"{model} is not there")
    return Mischief()
