"""Reads EXIF's orientation, and nothing else of it (CIPA DC-008 §4.6.4; the container is TIFF 6.0 §2)."""

from typing import Literal

UPRIGHT = 1
HEADER = b"Exif\0\0"  # before the TIFF part in a JPEG; some programs write it elsewhere too
_TAG, _ENTRY_BYTES = 0x0112, 12
_SHORT, _LONG = 3, 4


def orientation_of(block: bytes | memoryview) -> int:
    """Return the orientation, 1 to 8, that a block of EXIF states; 1 for a broken block and one that states none.

    Only the first directory is read, entry by entry as far as it goes: whatever points elsewhere is not followed.
    """
    data = bytes(block[:6]).removeprefix(HEADER) + bytes(block[6:])
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(data[:4])
    if order == "little":
        return _directory(data, "little")
    return _directory(data, "big") if order else UPRIGHT


def _directory(data: bytes, order: Literal["little", "big"]) -> int:
    at = int.from_bytes(data[4:8], order)
    count = int.from_bytes(data[at : at + 2], order)
    for start in range(at + 2, min(at + 2 + _ENTRY_BYTES * count, len(data) - _ENTRY_BYTES + 1), _ENTRY_BYTES):
        if int.from_bytes(data[start : start + 2], order) == _TAG:
            kind = int.from_bytes(data[start + 2 : start + 4], order)
            size = {_SHORT: 2, _LONG: 4}.get(kind, 0)
            value = int.from_bytes(data[start + 8 : start + 8 + size], order)
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
