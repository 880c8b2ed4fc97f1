"""Where a file of Parquet is written to while it is sent on. Pure."""

import io
from typing import Any


class ParquetSink(io.RawIOBase):
    """Takes what is written until somebody fetches it, so that a file never lies in memory whole."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        """Tell that it may be written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes; return how many they are."""
        self._parts.append(bytes(data))
        self._written += len(self._parts[-1])
        return len(self._parts[-1])

    def tell(self) -> int:
        """Return how much was written in all."""
        return self._written

    def fetch(self) -> bytes:
        """Return what was written since the last time."""
        found, self._parts = b"".join(self._parts), []
        return found
