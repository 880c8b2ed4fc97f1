"""One thing to ask about, and the line of JSON that it travels as."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

PIECE_BYTES = 64 * 1024


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A picture, or where the server finds it.

    ``where`` says for people where the item stands ("meters/7.png", "list.csv, line 12"). ``load`` reads the picture,
    None where ``picture_url`` says where it is. ``unfit``: why it will not be taken, as far as is known; else empty.
    ``members``: what else its line says (comment, truth, marks).
    """

    external_id: str
    where: str
    load: Callable[[], bytes] | None = None
    picture_url: str = ""
    unfit: str = ""
    members: dict[str, Any] = {}

    def line(self) -> bytes:
        """Return the item as a line of JSON with its line end. Raises OSError when its file cannot be read."""
        return self.line_and_digest()[0]

    def line_and_digest(self) -> tuple[bytes, str]:
        """Return the item's line, and the SHA-256 of its picture in hex (empty for an address)."""
        said: dict[str, Any] = {"external_id": self.external_id}
        digest = ""
        if self.load is not None:
            data = self.load()
            said["picture"] = base64.b64encode(data).decode("ascii")
            digest = hashlib.sha256(data).hexdigest()
        elif self.picture_url:
            said["picture_url"] = self.picture_url
        return msgspec.json.encode({**said, **self.members}) + b"\n", digest


def picture_in(text: str) -> bytes:
    """Return the bytes of a picture in base64, with or without the head of a data address. Raises ValueError."""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"its picture is no base64: {error}") from error


def pieces(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield the items' lines, small ones together: what is sent at a time."""
    waiting = bytearray()
    for item in items:
        waiting += item.line()
        if len(waiting) >= PIECE_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
