"""The pictures that the demo sends, each with its question and its right answer. Of a listing that is its label,
of an expense an object of fields.

They are made from a kind and a number alone, so that anybody can make the same picture again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from PIL import Image

from demo import listings, meters, receipts, signs
from demo.camera import encode

EXPENSE = "expense"  # several things are asked about it, over /v1
KINDS = ("receipt", "meter", "sign", "listing", EXPENSE)


@dataclass(frozen=True)
class Picture:
    """One thing to look at; `options` are keyword arguments of python-anticaptcha's `ImageToTextTask`."""

    number: int
    kind: str
    data: bytes  # a JPEG, PNG or GIF file, 100..100,000 bytes
    options: dict[str, Any]
    text: str  # what a careful person types

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file, in hexadecimal."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Subject:
    """One way to photograph a kind of thing, the file format it comes in, and the question that goes with it."""

    photograph: Callable[[random.Random], tuple[Image.Image, str]]
    file_format: str
    options: dict[str, Any]


_TOTAL = {"case": False, "min_length": 4, "comment": "Type the TOTAL, with its two decimals"}
_WHEELS = {"numeric": 1, "min_length": 5, "max_length": 5}
_TURNING = "If one stands between two digits, type the upper one"
_METER = _WHEELS | {"comment": f"Type the five digits of the counter, without a red one. {_TURNING}"}
_NAME = {"phrase": True, "case": False, "comment": "Type the name of the street"}

SUBJECTS: dict[str, tuple[Subject, ...]] = {
    "receipt": (Subject(receipts.photographed, "JPEG", _TOTAL), Subject(receipts.scanned, "PNG", _TOTAL)),
    "meter": (Subject(meters.photographed, "JPEG", _METER), Subject(meters.by_fixed_camera, "GIF", _METER)),
    "sign": (Subject(signs.photographed, "JPEG", _NAME),),
    "listing": (Subject(listings.photographed, "JPEG", {}),),
    EXPENSE: (Subject(receipts.of_an_expense, "JPEG", {}),),
}


def draw(kind: str, number: int) -> Picture:
    """Draw the picture of `kind` (one of `KINDS`) with this number; the same arguments give the same bytes."""
    rng = random.Random(f"{kind} {number}")
    subject = rng.choices(SUBJECTS[kind], weights=(3, 1)[: len(SUBJECTS[kind])])[0]
    image, text = subject.photograph(rng)
    return Picture(number, kind, encode(image, subject.file_format), dict(subject.options), text)
