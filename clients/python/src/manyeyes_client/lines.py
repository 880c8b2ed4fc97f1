"""Lines of bytes out of a stream: a line ends with a line feed and nothing else, whatever else texts may hold."""


class LineSplitter:
    """Takes what comes and gives the lines in it, without their ends."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that end in this piece."""
        if b"\n" not in data:
            self._rest += data
            return []
        *lines, rest = (bytes(self._rest) + data).split(b"\n")
        self._rest = bytearray(rest)
        return [line.removesuffix(b"\r") for line in lines]
