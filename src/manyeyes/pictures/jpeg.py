"""Reads a JPEG's segments as browsers' decoders do (ITU-T T.81 annex B; JFIF is T.871); no scan is decoded.

A decoder that meets something else than a marker between segments goes on to the next one, so that a note whose length
is wrong costs nothing but itself; so does this reader.
"""

import re

from manyeyes.pictures.anatomy import MOST_PARTS, Anatomy, Broken, check_size, counted
from manyeyes.pictures.exif import HEADER, UPRIGHT, orientation_of

START, END = b"\xff\xd8", b"\xff\xd9"
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_BEHIND_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # FF 00 and restarts (T.81 B.1.1.2) are of the scan
_DECODED = {0xC0: "baseline", 0xC1: "sequential", 0xC2: "progressive"}
_NOT_DECODED = {
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "lossless"),
    **dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE, 0xDE, 0xDF), "hierarchical"),
    **dict.fromkeys((0xC9, 0xCA), "arithmetic-coded"),
}
_TABLES = (0xC4, 0xDB, 0xDD)  # Huffman codes, quantisation, restart interval
_IGNORED = (0xCC, 0xDC)  # conditions of a coding that is not decoded; a number of lines, which browsers do not read
_NOTES = (*range(0xE0, 0xF0), 0xFE)
_SCAN, _END, _ALONE = 0xDA, 0xD9, (0x01, *range(0xD0, 0xD8))
_JFIF, _ADOBE = b"JFIF\0", b"Adobe"
_JFIF_BYTES, _ADOBE_BYTES = 14, 12
_SQUARE_JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"  # square pixels, no preview


class _JpegReading:
    """What was found so far, and what is kept of it."""

    def __init__(self, data: bytes) -> None:
        self.data, self.view = data, memoryview(data)
        self.pieces: list[bytes | memoryview] = [START]
        self.width = self.height = 0
        self.blocks = 0  # of 8 x 8 pixels, of all components
        self.scan_bytes = 0
        self.orientation = 0  # none was read yet


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a JPEG. Raises `Broken`."""
    reading, at, parts = _JpegReading(data), len(START), counted(MOST_PARTS)
    while (found := _MARKER.search(data, at)) and data[found.end() - 1] != _END:
        next(parts)
        at = _after(reading, data[found.end() - 1], found.end())
    if not reading.scan_bytes:
        raise Broken("the JPEG holds no picture" if found else "the JPEG is truncated: it ends before its picture")
    if reading.scan_bytes * 8 < reading.blocks:  # every block takes a bit at the least
        raise Broken(f"the JPEG has too little data for {reading.width} x {reading.height} pixels")
    return Anatomy(
        media="jpg",
        width=reading.width,
        height=reading.height,
        orientation=reading.orientation or UPRIGHT,
        lacks_end=not found,
        pieces=[*reading.pieces, END],
    )


def _after(reading: _JpegReading, marker: int, at: int) -> int:
    """Take what a marker announces, at ``at``, and return where it is over. Raises `Broken`."""
    if marker in _ALONE:
        return at
    size = int.from_bytes(reading.data[at : at + 2], "big")
    end = at + max(size, 2)
    if end > len(reading.data):
        raise Broken("the JPEG is truncated: a segment ends too early")
    if marker in _NOTES:
        _take_note(reading, marker, at, end)
    elif marker in _NOT_DECODED:
        raise Broken(f"the JPEG is {_NOT_DECODED[marker]}, which not every browser shows")
    elif marker in _DECODED:
        _take_frame(reading, reading.view[at + 2 : end])
        reading.pieces.append(reading.view[at - 2 : end])
    elif marker in _TABLES:
        reading.pieces.append(reading.view[at - 2 : end])
    elif marker == _SCAN:
        return _after_scan(reading, at, end)
    elif marker not in _IGNORED:
        raise Broken(f"the JPEG has a part {marker:02X} that no browser knows")
    return end


def _take_note(reading: _JpegReading, marker: int, at: int, end: int) -> None:
    """Drop a note. What it says of colours stays, and its orientation is read: the first one that can be."""
    body = reading.data[at + 2 : end]
    if marker == 0xE0 and body.startswith(_JFIF) and len(body) >= _JFIF_BYTES:
        reading.pieces.append(_SQUARE_JFIF)
    elif marker == 0xEE and body.startswith(_ADOBE) and len(body) >= _ADOBE_BYTES:
        reading.pieces.append(b"\xff\xee\0\x0e" + body[:_ADOBE_BYTES])
    elif marker == 0xE1 and body.startswith(HEADER) and reading.orientation <= UPRIGHT:
        reading.orientation = orientation_of(body)


def _take_frame(reading: _JpegReading, frame: memoryview) -> None:
    """Read a frame's header (T.81 B.2.2)."""
    if reading.blocks:
        raise Broken("the JPEG has two headers that contradict each other")
    if len(frame) < 6 or frame[5] not in (1, 3, 4) or len(frame) != 6 + 3 * frame[5]:
        raise Broken("the JPEG's header is damaged")
    if frame[0] != 8:
        raise Broken(f"the JPEG has {frame[0]} bits per colour, and browsers show 8")
    reading.height, reading.width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    samplings = [divmod(factors, 16) for factors in frame[7::3]]
    if not all(1 <= factor <= 4 for pair in samplings for factor in pair):
        raise Broken("the JPEG's header is damaged")
    if not (reading.width and reading.height):
        raise Broken(f"the JPEG's header says {reading.width} x {reading.height} pixels")
    check_size(reading.width, reading.height)
    widest, highest = (max(pair[side] for pair in samplings) for side in (0, 1))
    reading.blocks = sum(
        _rounded_up(reading.width * across, 8 * widest) * _rounded_up(reading.height * down, 8 * highest)
        for across, down in samplings
    )


def _rounded_up(number: int, divisor: int) -> int:
    return -(-number // divisor)


def _after_scan(reading: _JpegReading, at: int, begin: int) -> int:
    if not reading.blocks:
        raise Broken("the JPEG's picture begins before its header")
    behind = _BEHIND_SCAN.search(reading.data, begin)
    end = behind.start() if behind else len(reading.data)
    if end == len(reading.data) and reading.data[end - 1] == 0xFF:
        end -= 1  # half of a marker
    reading.scan_bytes += max(end - begin, 0)
    reading.pieces.append(reading.view[at - 2 : end])
    return end
