"""Public keys that somebody names on the command line, beside the installation's own."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from manyeyes.cli.command import CommandFailed

OlderKeys = Annotated[
    list[str] | None,
    Parameter(help="Key that seals may be signed with beside its own, in hexadecimal; repeat for more."),
]


def read_keys(texts: Sequence[str] | None) -> list[bytes]:
    """Return the keys, raw; none for None. Raises `CommandFailed` for a text that is none."""
    return [_key(text) for text in texts or ()]


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise CommandFailed(f"{text} is no public key: 64 hexadecimal digits, as `manyeyes audit key` prints it")
    return key
