"""Bytes, piece by piece, into numbered lines; one that is too long is told, and never kept. Pure."""

from collections.abc import Iterator

from manyeyes.job_files.items import LONGEST_LINE, MOST_LINES, UnreadableFile

UTF8_BOM = b"\xef\xbb\xbf"


class NumberedLines:
    """Splits at ``\\n``; ``number`` is the last line that was whole. A line comes without its end.

    Too long ones come as None.
    """

    def __init__(self, first: int = 1) -> None:
        self.number = first - 1
        self._parts: list[bytes] = []
        self._size = 0  # of the line that is not whole yet
        self._most = first - 1 + MOST_LINES

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Yield the lines that end in this piece. Raises `UnreadableFile` when there are too many."""
        *ended, rest = data.split(b"\n")
        for part in ended:
            yield self._whole(part)
        self._keep(rest)

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield what stands behind the last line's end, if anything does."""
        if self._size:
            yield self._whole(b"")

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= LONGEST_LINE:
            self._parts.append(part)
        else:
            self._parts.clear()

    def _whole(self, part: bytes) -> tuple[int, bytes | None]:
        self.number += 1
        if self.number > self._most:
            raise UnreadableFile(self.number, f"a file has at most {MOST_LINES} lines, the empty ones too")
        size = self._size + len(part)
        line = b"".join([*self._parts, part]) if self._size else part
        self._parts, self._size = [], 0
        return self.number, None if size > LONGEST_LINE else line.rstrip(b"\r")
