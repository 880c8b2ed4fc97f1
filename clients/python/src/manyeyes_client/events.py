"""Server-sent events (the WHATWG HTML standard, "Server-sent events"), from the bytes as they come."""

from collections.abc import Iterator
from typing import NamedTuple

from manyeyes_client.lines import LineSplitter


class Event(NamedTuple):
    """``name`` of the event (``message`` where none was said) and its data."""

    name: str
    data: str


class EventReader:
    """Takes the bytes of a stream and gives the events in it."""

    def __init__(self) -> None:
        self._name, self._data = "", list[str]()
        self._lines = LineSplitter()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that end in this piece."""
        for line in self._lines.feed(data):
            field, _, value = line.decode("utf-8", "replace").partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                self._name = value
            elif field == "data":
                self._data.append(value)
            elif not line:
                if self._data:
                    yield Event(self._name or "message", "\n".join(self._data))
                self._name, self._data = "", []
