"""Bytes that are packed as gzip on their way: neither they nor what becomes of them is ever in memory as a whole."""

import io
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, cast

QUICKEST = 1  # of zlib's levels: the others take several times as long for a few percent
GZIP = 31  # zlib's window, and a header as gzip writes it
CHUNK_BYTES = 128 * 1024


def packed(source: IO[bytes], at_end: Callable[[], None] = lambda: None) -> BinaryIO:
    """Return what ``source`` gives, packed; ``at_end`` is asked before the end is, and may raise instead."""
    return cast("BinaryIO", _Packed(source, at_end))


class _Packed(io.RawIOBase):
    def __init__(self, source: IO[bytes], at_end: Callable[[], None]) -> None:
        self._source, self._at_end = source, at_end
        self._packer = zlib.compressobj(QUICKEST, zlib.DEFLATED, GZIP)
        self._ready, self._is_over = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._is_over:
            self._ready = self._next()
        given, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def _next(self) -> bytes:
        found = self._source.read(CHUNK_BYTES)
        if found:
            return self._packer.compress(found)
        self._is_over = True
        self._at_end()
        return self._packer.flush()
