"""Which recognisers there are: the shipped ones, and those that installed packages offer as entry points."""

import subprocess
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import cast

import msgspec

from manyeyes.recognisers import people
from manyeyes.recognisers.child_command import command, environment
from manyeyes.recognisers.child_protocol import HEADER_BYTES, ChildReply, Hello, Item, Request, UnsupportedLabels, frame
from manyeyes.recognisers.interface import ENTRY_POINTS, Recogniser

OPEN_SECONDS = 60.0  # a model of some hundred megabytes from a slow disk
MEGABYTES = 1500
Open = Callable[[str], Recogniser]
# Where each shipped one is opened. They need no metadata, so that a checkout has them; nobody can take their names.
# A heavy one's extra has its name.
SHIPPED = {
    people.NAME: "manyeyes.recognisers.people:open_people",
    "advertising": "manyeyes.recognisers.advertising:open_advertising",
    "onnx": "manyeyes.recognisers.onnx:open_onnx",
}


def installed() -> list[str]:
    """Return the recognisers' names, sorted. What one of them needs may still be missing; `check` tells."""
    return sorted(_places())


def find(recogniser: str) -> Open:
    """Import a recogniser and return what opens it; only a child does so.

    Raises ValueError, naming what is missing, for the operator.
    """
    places = _places()
    if recogniser not in places:
        raise ValueError(f"no recogniser is called {recogniser!r}; there are {', '.join(installed())}")
    try:
        return cast(Open, places[recogniser].load())
    except ModuleNotFoundError as error:
        cure = f": pip install 'manyeyes[{recogniser}]'" if recogniser in SHIPPED else ""
        raise ValueError(f"{recogniser} needs the module {error.name}, which is not installed{cure}") from error


def check(recogniser: str, model: str, labels: Mapping[int, str], megabytes: int = MEGABYTES) -> None:
    """Open a recogniser once in a child of its own, and ask whether it can give these labels (0 and up).

    Blocks until it is open. Raises ValueError saying what does not fit or is missing, and what to do about it.
    """
    asked = frame(Request((Item(b"", dict(labels)),)))
    try:
        done = subprocess.run(
            command(recogniser, model, megabytes, OPEN_SECONDS),
            input=asked,
            capture_output=True,
            timeout=OPEN_SECONDS,
            env=environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"{recogniser} was not open after {OPEN_SECONDS:.0f} seconds") from None
    fault = _fault(done.stdout)
    if fault is None:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ValueError(f"{recogniser} ended with {done.returncode} while it was opened: {''.join(said)}")
    if fault:
        raise ValueError(fault)


def _fault(said: bytes) -> str | None:
    """Return the fault in a child's whole output, empty when there is none; None when it did not get that far."""
    frames = []
    while len(said) >= HEADER_BYTES:
        end = HEADER_BYTES + int.from_bytes(said[:HEADER_BYTES], "big")
        frames.append(said[HEADER_BYTES:end])
        said = said[end:]
    if not frames:
        return None
    if fault := msgspec.msgpack.decode(frames[0], type=Hello).fault:
        return fault
    if len(frames) < 2:
        return None
    (outcome,) = msgspec.msgpack.decode(frames[1], type=ChildReply).outcomes
    return outcome.fault if isinstance(outcome, UnsupportedLabels) else ""


def _places() -> dict[str, EntryPoint]:
    offered = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    return {**offered, **{name: EntryPoint(name, place, ENTRY_POINTS) for name, place in SHIPPED.items()}}
