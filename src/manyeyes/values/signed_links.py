"""Signed addresses of pictures and of widget pages: unguessable, expiring, readable without a look-up.

The address itself is the permission: a picture's opens for whoever was given it (docs/decisions/0025#readable), and a
widget's page can be served from another host name than the console, without its cookie. Why we sign ourselves:
docs/decisions/0029.
"""

import base64
import hashlib
import hmac
import struct
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

PAGE_SECONDS = 43_200  # longer than any lease, and than a reviewer or a reader looks at one page


class _Signer:
    """Makes a text of whole numbers, a MAC behind them, and takes it apart again.

    ``layout`` is a `struct` format. ``purpose`` (at most 16 bytes) keeps what is signed for one use from opening
    another. Addresses that were handed out must stay valid: neither layout, purpose nor the MAC may change.
    """

    MAC_BYTES = 16

    def __init__(self, key: bytes, layout: str, purpose: bytes = b"") -> None:
        self._key, self._layout, self._purpose = key, struct.Struct(layout), purpose

    def sign(self, *numbers: int) -> str:
        """Return the numbers and their MAC in URL-safe base64 without its padding."""
        body = self._layout.pack(*numbers)
        return base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip("=")

    def open(self, signed: str) -> tuple[Any, ...] | None:
        """Return the numbers; None for a text that was not made with this key, layout and purpose."""
        try:
            raw = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
        except ValueError:
            return None
        body, mac = raw[: self._layout.size], raw[self._layout.size :]
        if len(body) != self._layout.size or not hmac.compare_digest(mac, self._mac(body)):
            return None
        return self._layout.unpack(body)

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=self.MAC_BYTES, person=self._purpose).digest()


class PictureId(msgspec.Struct, frozen=True):
    """``as_sent``: its bytes as its customer sent them; otherwise its pixels alone are for whoever asks."""

    cell: int
    day: date
    task_id: int
    as_sent: bool = True


class PictureLinks:
    """Addresses of pictures, signed with a key that this installation made at its first start.

    A picture has two: its customer's opens the bytes that they sent, everybody else's its pixels alone
    (docs/decisions/0036). Neither can be made of the other. ``hours``: how long the address in a result is good.
    """

    def __init__(self, key: bytes, hours: int) -> None:
        # cell, day as ordinal, task, expiry as Unix seconds
        self._customers, self._peoples = _Signer(key, ">IIQI"), _Signer(key, ">IIQI", b"picture, people")
        self._life = timedelta(hours=hours)

    def path(self, cell: int, task_id: int, created_at: datetime, media: str, since: datetime) -> str:
        """Return its customer's ``/pictures/<signed>.<media>``, good for the installation's hours from ``since`` on.

        It is the same one for the same task and ``since``.
        """
        return self._path(self._customers, cell, task_id, created_at, media, int((since + self._life).timestamp()))

    def customers_page_path(self, cell: int, task_id: int, created_at: datetime, media: str, now: datetime) -> str:
        """Return its customer's path for a page or a list that is read ``now``.

        It stays the same for `PAGE_SECONDS`, so that a browser keeps the picture, and is good for one to two of them.
        """
        return self._path(self._customers, cell, task_id, created_at, media, _end_of_pages(now))

    def peoples_page_path(self, cell: int, task_id: int, created_at: datetime, media: str, now: datetime) -> str:
        """Return the path for everybody else, of the same form and as lasting."""
        return self._path(self._peoples, cell, task_id, created_at, media, _end_of_pages(now))

    def open(self, signed: str, now_unix: float) -> PictureId | None:
        """Return which picture a path's signed part names, and for whom; None when it is forged or expired."""
        for signer, as_sent in ((self._customers, True), (self._peoples, False)):
            if numbers := signer.open(signed):
                cell, day, task_id, expires = numbers
                return PictureId(cell, date.fromordinal(day), task_id, as_sent) if now_unix < expires else None
        return None

    def _path(self, signer: _Signer, cell: int, task_id: int, created_at: datetime, media: str, expires: int) -> str:
        return f"/pictures/{signer.sign(cell, created_at.toordinal(), task_id, expires)}.{media}"


def _end_of_pages(now: datetime) -> int:
    """Return until when (Unix) a page's addresses are good: the end of the span of `PAGE_SECONDS` after this one."""
    return (int(now.timestamp()) // PAGE_SECONDS + 2) * PAGE_SECONDS


class ExampleId(msgspec.Struct, frozen=True):
    """The picture of a question's example ``n``."""

    cell: int
    question_id: int
    n: int


class ExampleLinks:
    """Addresses of examples' pictures: their pixels alone, for whoever is shown the question."""

    DAYS = 2

    def __init__(self, key: bytes) -> None:
        # cell, question, example, last day as ordinal
        self._signer = _Signer(key, ">IQHI", b"example picture")

    def path(self, example: ExampleId, today: date, media: str) -> str:
        """Return ``/examples/<signed>.<media>``, the same one all day, and good until the end of tomorrow (UTC)."""
        signed = self._signer.sign(*msgspec.structs.astuple(example), today.toordinal() + self.DAYS)
        return f"/examples/{signed}.{media}"

    def open(self, signed: str, today: date) -> ExampleId | None:
        """Return which picture a path's signed part names; None when it is forged or expired."""
        numbers = self._signer.open(signed)
        if numbers is None:
            return None
        *names, over = numbers
        return ExampleId(*names) if today.toordinal() < over else None


class WidgetId(msgspec.Struct, frozen=True):
    cell: int
    task_id: int
    lease: int
    worker_id: int


class WidgetLinks:
    """Addresses of widget pages, each for one lease of one worker and over with it.

    ``root``: where the pages are served, empty for the console's own host.
    """

    def __init__(self, key: bytes, root: str) -> None:
        # cell, task, lease, worker, expiry as Unix seconds
        self._signer, self._root = _Signer(key, ">IQIQI", b"widget"), root.rstrip("/")

    def url(self, widget: WidgetId, until: datetime) -> str:
        """Return ``<root>/widget/<signed>``, good until the lease is over."""
        signed = self._signer.sign(*msgspec.structs.astuple(widget), int(until.timestamp()) + 1)
        return f"{self._root}/widget/{signed}"

    def open(self, signed: str, now_unix: float) -> WidgetId | None:
        """Return which lease a path's signed part names; None when it is forged or over."""
        numbers = self._signer.open(signed)
        if numbers is None:
            return None
        *names, expires = numbers
        return WidgetId(*names) if now_unix < expires else None


class TopUpId(msgspec.Struct, frozen=True):
    """A top-up that somebody was asked about: of which account, under which serial, how much."""

    cell: int
    account_id: int
    serial: int
    amount_micros: int


class TopUpSlips:
    """What a form carries between asking about a top-up and booking it: sent twice it is one and the same top-up."""

    def __init__(self, key: bytes) -> None:
        # cell, account, serial, micro-units
        self._signer = _Signer(key, ">IQQQ", b"top-up slip")

    def sign(self, cell: int, account_id: int, serial: int, amount_micros: int) -> str:
        """Return the slip of a top-up, whose serial was taken for it alone."""
        return self._signer.sign(cell, account_id, serial, amount_micros)

    def open(self, signed: str) -> TopUpId | None:
        """Return the top-up that a slip is of; None when it is forged."""
        numbers = self._signer.open(signed)
        return None if numbers is None else TopUpId(*numbers)


class NoticeId(msgspec.Struct, frozen=True):
    """An address for notices of an account."""

    cell: int
    account_id: int
    address_id: int


class NoticeLinks:
    """What stands in mail: the link that confirms its address, and the one that ends all notices there."""

    def __init__(self, key: bytes) -> None:
        # cell, account, address
        self._confirms, self._ends = _Signer(key, ">IQQ", b"notice confirm"), _Signer(key, ">IQQ", b"notice end")

    def confirm_path(self, notice: NoticeId) -> str:
        """Return ``/notices/confirm/<signed>``."""
        return f"/notices/confirm/{self._confirms.sign(*msgspec.structs.astuple(notice))}"

    def end_path(self, notice: NoticeId) -> str:
        """Return ``/notices/end/<signed>``, which holds as long as the address is known."""
        return f"/notices/end/{self._ends.sign(*msgspec.structs.astuple(notice))}"

    def open(self, signed: str, *, confirms: bool) -> NoticeId | None:
        """Return whose a path's signed part is; None when it is forged or of the other kind."""
        numbers = (self._confirms if confirms else self._ends).open(signed)
        return None if numbers is None else NoticeId(*numbers)
