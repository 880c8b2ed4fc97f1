"""What no line of the log says, whoever wrote it: keys, tokens, passwords, signed addresses.

Lines are made of words of ours, numbers, and paths without their secrets (`server/shown_path.py`). This is the net
below: exceptions of libraries quote what they were given, and what looks drawn by chance is left out of every text.
"""

import re

import structlog

HIDDEN = "…"
KEPT = frozenset({"request_id", "timestamp", "level"})  # ours, or taken over in a form that was judged
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_QUERY = re.compile(r"(://[^\s?'\"]*)\?[^\s'\"]*")
_HEX = re.compile(r"\b[0-9a-fA-F]{32,}\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{80,}={0,2}")
_LONG = re.compile(r"[A-Za-z0-9_-]{20,}={0,2}")
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}|(?:In|Of|On|To|Is|No|By|At|Or|As)(?![a-z])|[A-Z]+(?![a-z])|[_-])+")
_ARGUMENT = re.compile(r"(invalid input for query argument \$\d+: ).*", re.DOTALL)  # asyncpg's, before what came
_KEY = re.compile(r"(?<=\)=)\(.*\)")  # PostgreSQL's detail of what is there already
_QUOTED = re.compile(r"'[^'\s]{16,}'|\"[^\"\s]{16,}\"")


def without_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Return an event without what looks like a secret, in any of its texts."""
    for name, value in event.items():
        if name == "exception":
            event[name] = _trace(str(value))
        elif name not in KEPT and isinstance(value, str):
            event[name] = said(value)
    return event


def said(text: str) -> str:
    """Return a text without what looks like a secret."""
    text = _KEY.sub(f"({HIDDEN})", _ARGUMENT.sub(rf"\1{HIDDEN}", text))
    text = _QUERY.sub(rf"\1?{HIDDEN}", _CREDENTIALS.sub(f"{HIDDEN}@", text))
    text = _BASE64.sub(HIDDEN, _HEX.sub(HIDDEN, text))
    return _LONG.sub(_unless_words, text)


def _unless_words(found: re.Match[str]) -> str:
    text = found[0]
    return text if text == text.lower() or _WORDS.fullmatch(text) else HIDDEN


def _trace(text: str) -> str:
    """Return a traceback as it was, but for what its exceptions say: places in our files and lines of them stay."""
    lines: list[str] = []
    said_now: list[str] = []  # an exception's own words may take several lines
    is_place = False
    for line in [*text.split("\n"), None]:
        is_place = line is not None and (line.startswith('  File "') or (is_place and line.startswith("    ")))
        if is_place or line is None:
            lines += [_QUOTED.sub(HIDDEN, said("\n".join(said_now)))] if said_now else []
            said_now = []
        if line is not None:
            (lines if is_place else said_now).append(line)
    return "\n".join(lines)
