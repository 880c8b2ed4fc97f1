"""Addresses of pictures: unguessable, expiring, readable without a look-up (docs/decisions/0025#readable)."""

import base64
import hashlib
import hmac
import struct
from datetime import date, datetime, timedelta

import msgspec

_BODY = struct.Struct(">IIQI")  # cell, day as ordinal, task, expiry as Unix seconds
_MAC_BYTES = 16


class PictureId(msgspec.Struct, frozen=True):
    cell: int
    day: date
    task_id: int


class PictureLinks:
    """Signs with a key that this installation made at its first start."""

    def __init__(self, key: bytes, hours: int) -> None:
        self._key, self._life = key, timedelta(hours=hours)

    def path(self, cell: int, task_id: int, created_at: datetime, media: str) -> str:
        """Return ``/pictures/<signed>.<media>``; the same one for the same task, good until its pictures expire."""
        expires = int((created_at + self._life).timestamp())
        body = _BODY.pack(cell, created_at.date().toordinal(), task_id, expires)
        return f"/pictures/{base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip('=')}.{media}"

    def open(self, signed: str, now_unix: float) -> PictureId | None:
        """Return which picture a path's signed part names; None when it is forged or expired."""
        try:
            raw = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
        except ValueError:
            return None
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        if len(body) != _BODY.size or not hmac.compare_digest(mac, self._mac(body)):
            return None
        cell, day, task_id, expires = _BODY.unpack(body)
        return PictureId(cell, date.fromordinal(day), task_id) if now_unix < expires else None

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=_MAC_BYTES).digest()
