"""What passes between the server and a child: frames of four bytes of length and so many bytes of MessagePack.

First the child says `Hello` when its recogniser is open; then each `Request` is answered by one `ChildReply`.
"""

import enum
from typing import BinaryIO

import msgspec

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture

HEADER_BYTES = 4
OUT_OF_MEMORY = 75  # the exit code of a child that wanted more than its share
LARGEST_REPLY_BYTES = 128 * 1024 * 1024  # ten pictures' frames; a child that sends more is at fault


class Verb(enum.IntEnum):
    """What the unfolding child does with a picture.

    Take it apart into frames, make it small enough for a person, tell whether all of it is there (then there are no
    frames in the answer), or turn it the right way up and leave out its notes.
    """

    UNFOLD = 0
    LIGHTEN = 1
    CHECK = 2
    TURN = 3


class Hello(msgspec.Struct, frozen=True):
    """``fault``: why the recogniser cannot be opened, for the operator; empty when it is open."""

    fault: str = ""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One picture. ``labels``: the recognition's. ``verb``: what the unfolding child is to do with it.

    ``shrunk``: how many times longer its sides were once. ``is_part``: its file has frames or pages that do not come.
    """

    data: bytes
    labels: dict[int, str] = {}
    verb: Verb = Verb.UNFOLD
    shrunk: float = 1.0
    is_part: bool = False


class Frames(msgspec.Struct, frozen=True, tag=True):
    """The frames that a picture consists of; one for a still picture."""

    pictures: tuple[UnfoldedPicture, ...]


class UnsupportedLabels(msgspec.Struct, frozen=True, tag=True):
    """The recogniser cannot give these labels; ``fault`` says why, for the operator."""

    fault: str


Outcome = Finding | Failure | Frames | UnsupportedLabels


class Request(msgspec.Struct, frozen=True, array_like=True):
    items: tuple[Item, ...]


class ChildReply(msgspec.Struct, frozen=True, array_like=True):
    """One outcome per item, in their order."""

    outcomes: tuple[Outcome, ...]


def frame(message: msgspec.Struct) -> bytes:
    """Return a message as it goes over the pipe."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Return the next message's bytes; None at the end of the pipe, also in the middle of a message."""
    header = pipe.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    size = int.from_bytes(header, "big")
    body = pipe.read(size)
    return body if len(body) == size else None
