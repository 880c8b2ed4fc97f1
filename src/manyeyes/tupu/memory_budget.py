"""How much of what strangers send a process holds at once: a secretId is public, and a body may have 30 MB."""

from types import TracebackType

LARGEST_HELD = 512_000_000  # bytes of bodies and fetched pictures, of all calls of one process


class Room:
    """What all calls of a process hold together."""

    def __init__(self, largest: int = LARGEST_HELD) -> None:
        self.free = largest


class HeldMemory:
    """What one call holds; given back when its block ends."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held = 0

    def take(self, size: int) -> bool:
        """Make room for so many more bytes; False, and nothing is taken, when there is none."""
        if size > self._room.free:
            return False
        self._room.free -= size
        self._held += size
        return True

    def __enter__(self) -> "HeldMemory":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._room.free += self._held
        self._held = 0
