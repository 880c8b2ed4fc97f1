"""What a child writes on its standard error, line by line; a traceback of Python's is one, however many it takes."""

LONGEST_LINE = 500  # characters
MOST_HELD = 100  # lines of one traceback
_BEGINS = "Traceback (most recent call last):"
_BETWEEN = ("During handling of the above exception", "The above exception was the direct cause")


class SaidLines:
    """Takes what came, as it came, and gives the lines that are whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._trace: list[str] = []

    @property
    def holds_trace(self) -> bool:
        """Tell whether a traceback has begun of which more may come."""
        return bool(self._trace)

    def take(self, came: bytes) -> list[str]:
        """Return the lines that are whole now, empty ones left out."""
        *lines, rest = (self._rest + came).split(b"\n")
        self._rest = rest[:LONGEST_LINE]
        return [text for line in lines for text in self._next(line)]

    def end(self) -> list[str]:
        """Return what is left, also the end of a line that has none."""
        rest, self._rest = self._rest, b""
        return [*self._next(rest), *self.end_trace()]

    def end_trace(self) -> list[str]:
        """Return the traceback that has begun, as far as it came."""
        trace, self._trace = self._trace, []
        return ["\n".join(trace)] if trace else []

    def _next(self, line: bytes) -> list[str]:
        text = line.decode(errors="replace").rstrip()[:LONGEST_LINE]
        if not text:
            return []
        if self._trace and self._goes_on(text):
            self._trace.append(text)
            return []
        before = self.end_trace()
        if text.startswith(_BEGINS):
            self._trace = [text]
            return before
        return [*before, text]

    def _goes_on(self, text: str) -> bool:
        """Tell whether a line is the traceback's: places, then what the exception says, then perhaps another one."""
        last = self._trace[-1]
        is_expected = last.startswith((" ", *_BETWEEN)) or text.startswith((" ", *_BETWEEN))
        return is_expected and len(self._trace) < MOST_HELD
