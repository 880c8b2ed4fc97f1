"""Spans of time as people write them: ``90``, ``90s``, ``10m``, ``24h``, ``30d``."""

import re

_FORM = re.compile(r"([0-9]{1,9})([smhd]?)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_duration(text: str) -> int | None:
    """Return the seconds that a whole number means, with or without one of the units s, m, h, d; None for other texts.

    Digits are ASCII (docs/decisions/0034).
    """
    found = _FORM.fullmatch(text.strip())
    return int(found[1]) * _SECONDS[found[2]] if found else None


def duration_text(seconds: int) -> str:
    """Return a span in its largest whole unit, as `read_duration` reads it: 86400 as ``1d``, 90 as ``90s``."""
    for unit in "dhm":
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
