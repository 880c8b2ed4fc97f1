"""A request's parameters: what was sent under which name, in its order, whatever dialect it came in."""

from collections.abc import Iterable

import msgspec

from manyeyes.tupu.parameter_names import DECISIVE, known_name
from manyeyes.values.refusals import Reason, Refusal, Refused


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent; ``name`` as it was given, perhaps a path."""

    name: str
    data: bytes


Value = str | Upload


def bad_parameter(detail: str) -> Refused:
    """Return what to raise for a parameter that cannot be taken (code 15)."""
    return Refused(Refusal(Reason.BAD_PARAMETER, detail))


class Parameters:
    """The known ones, by the contract's own names; unknown texts are dropped. A name may come several times."""

    def __init__(self, items: Iterable[tuple[str, Value]] = ()) -> None:
        """Raise ValueError for what must not be dropped: a name like a decisive one, a file under an unknown name."""
        self._values: dict[str, list[Value]] = {}
        for written, value in items:
            name = known_name(written)
            if name:
                self._values.setdefault(name, []).append(value)
            elif isinstance(value, Upload):
                raise ValueError(f"a file came under {written[:40]!r}; {DECISIVE['image']}")

    def values(self, name: str) -> list[Value]:
        """Return all that came under a name, in its order."""
        return self._values.get(name, [])

    def text(self, name: str, longest: int) -> str:
        """Return the first text under a name, empty when there is none. Raises `Refused`."""
        found = self.texts(name, longest)
        return found[0] if found else ""

    def texts(self, name: str, longest: int) -> list[str]:
        """Return all texts under a name. Raises `Refused` for a file, a text that is too long or holds a NUL."""
        return [readable(name, value, longest) for value in self.values(name)]

    def literal(self, name: str) -> str:
        """Return the first text under a name exactly as it came, empty when there is none: it may be signed."""
        return next((value for value in self.values(name) if isinstance(value, str)), "")


def readable(name: str, value: Value, longest: int) -> str:
    """Return a text that can be kept and told. Raises `Refused`, whose sentence names the parameter."""
    if not isinstance(value, str):
        raise bad_parameter(f"{name} must be a text, and a file came")
    if len(value) > longest:
        raise bad_parameter(f"{name} has at most {longest} characters")
    if "\x00" in value:
        raise bad_parameter(f"{name} holds a NUL character")
    return value
