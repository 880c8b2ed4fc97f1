"""A request's parameters: what was sent under which name, in its order, whatever dialect it came in."""

from collections.abc import Iterable

import msgspec

from manyeyes.values.refusals import Reason, Refusal

KNOWN = frozenset(
    {
        *("timestamp", "nonce", "signature", "secretId"),
        *("image", "images", "tag", "tags", "task", "tasks", "uid", "sequenceId", "referer"),
        *("startDate", "endDate", "taskId"),
    }
)


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent; ``name`` as it was given, perhaps a path."""

    name: str
    data: bytes


Value = str | Upload


class Unfit(Exception):
    """A parameter that cannot be taken; carries the refusal (code 15)."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(Reason.BAD_PARAMETER, detail)


class Parameters:
    """The known ones; unknown names are dropped. A name may come several times."""

    def __init__(self, items: Iterable[tuple[str, Value]] = ()) -> None:
        self._values: dict[str, list[Value]] = {}
        for name, value in items:
            if name in KNOWN:
                self._values.setdefault(name, []).append(value)

    def values(self, name: str) -> list[Value]:
        """Return all that came under a name, in its order."""
        return self._values.get(name, [])

    def text(self, name: str, longest: int) -> str:
        """Return the first text under a name, empty when there is none. Raises `Unfit`."""
        found = self.texts(name, longest)
        return found[0] if found else ""

    def texts(self, name: str, longest: int) -> list[str]:
        """Return all texts under a name. Raises `Unfit` for a file, and for a text that is too long or holds a NUL."""
        return [readable(name, value, longest) for value in self.values(name)]

    def literal(self, name: str) -> str:
        """Return the first text under a name exactly as it came, empty when there is none: it may be signed."""
        return next((value for value in self.values(name) if isinstance(value, str)), "")


def readable(name: str, value: Value, longest: int) -> str:
    """Return a text that can be kept and told. Raises `Unfit`, whose sentence names the parameter."""
    if not isinstance(value, str):
        raise Unfit(f"{name} must be a text, and a file came")
    if len(value) > longest:
        raise Unfit(f"{name} has at most {longest} characters")
    if "\x00" in value:
        raise Unfit(f"{name} holds a NUL character")
    return value
