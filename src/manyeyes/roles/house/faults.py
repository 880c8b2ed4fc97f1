"""What is wrong with something that an operator gave: which field of it, and a sentence with gaps for what fills it.

The command line says the sentence; a page says it in its reader's language, beside the field.
"""

from collections.abc import Mapping

import msgspec


class FieldFault(msgspec.Struct, frozen=True):
    """``said``: an English sentence with named gaps; ``gaps``: what stands in them."""

    field: str
    said: str
    gaps: Mapping[str, str | int] = {}

    @property
    def sentence(self) -> str:
        """Return the sentence with its gaps filled."""
        return self.said % self.gaps


def meanwhile(field: str = "") -> FieldFault:
    """Return what is said where somebody else changed it since it was looked at."""
    return FieldFault(field, "somebody else changed it meanwhile; look at what it is now")
