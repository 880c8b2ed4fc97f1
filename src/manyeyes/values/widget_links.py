"""Addresses of widget pages: each for one lease of one worker, unguessable, over with the lease.

They carry their own right, so the page can be served from another host name than the console, without its cookie.
"""

import base64
import hashlib
import hmac
import struct
from datetime import datetime

import msgspec

_BODY = struct.Struct(">IQIQI")  # cell, task, lease, worker, expiry as Unix seconds
_MAC_BYTES = 16


class WidgetId(msgspec.Struct, frozen=True):
    cell: int
    task_id: int
    lease: int
    worker_id: int


class WidgetLinks:
    """Signs with a key of this installation; ``root``: where the pages are served, empty for the console's own host."""

    def __init__(self, key: bytes, root: str) -> None:
        self._key, self._root = key, root.rstrip("/")

    def url(self, widget: WidgetId, until: datetime) -> str:
        """Return ``<root>/widget/<signed>``, good until the lease is over."""
        body = _BODY.pack(*msgspec.structs.astuple(widget), int(until.timestamp()) + 1)
        return f"{self._root}/widget/{base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip('=')}"

    def open(self, signed: str, now_unix: float) -> WidgetId | None:
        """Return which lease a path's signed part names; None when it is forged or over."""
        try:
            raw = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
        except ValueError:
            return None
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        if len(body) != _BODY.size or not hmac.compare_digest(mac, self._mac(body)):
            return None
        *names, expires = _BODY.unpack(body)
        return WidgetId(*names) if now_unix < expires else None

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=_MAC_BYTES, person=b"widget").digest()
