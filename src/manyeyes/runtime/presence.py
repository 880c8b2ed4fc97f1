"""Which workers are connected to this process: by an open stream, a waiting call, or a call a moment ago."""

import math
import time
from collections.abc import Collection, Iterable, Mapping

import msgspec

from manyeyes.dispatch.looks.store import Desk
from manyeyes.workers.rules import GRACE_SECONDS
from manyeyes.workers.waiting import numbers_text

TELL_AGAIN_SECONDS = 2.0
HUSH_SECONDS = 0.5  # who calls again within it goes on asking: so it is not written at each call
ShownPay = tuple[int, int]  # pending and payable micros


class _Attached(msgspec.Struct, kw_only=True):
    cell: int
    seen: float = 0.0
    open_calls: int = 0
    told: float = -math.inf  # when the database was told that they ask; never, or known not to hold any more: -inf
    desk: Desk = ()
    purse: ShownPay | None = None


class Presence:
    """Workers send no signs of life of their own; `periodic.notice_absence` tells the database who is gone.

    What the database knows, lies on a desk and is earned is noted as it was last seen; `Lookout` finds what differs.
    """

    def __init__(self) -> None:
        self._attached: dict[int, _Attached] = {}
        self._loose: set[int] = set()  # without an open call or stream: nobody else can be silent, and they are few
        self._with_desks: set[int] = set()
        self._told_texts: dict[int, str] = {}  # by cell, of `told_text`; thousands are written anew only on a change

    def cell_of(self, worker_id: int) -> int | None:
        """Return the cell in which this process knows the worker to be present."""
        attached = self._attached.get(worker_id)
        return attached.cell if attached else None

    def touch(self, worker_id: int, cell: int) -> None:
        """Note a sign of life of a worker who is, or is now, connected to this process."""
        attached = self._attached.get(worker_id)
        if attached is None:
            attached = self._attached[worker_id] = _Attached(cell=cell)
            self._loose.add(worker_id)
        if attached.cell != cell:
            self._told_texts.clear()
        attached.cell, attached.seen = cell, time.monotonic()

    def seen(self, worker_id: int) -> None:
        """Note a sign of life; it means nothing of a worker who is present through another process."""
        if worker_id in self._attached:
            self._attached[worker_id].seen = time.monotonic()

    def note_attached(self, worker_id: int, cell: int) -> None:
        """Note that the database was told that the worker is present through this process, and asks."""
        self.touch(worker_id, cell)
        if not self.is_told(worker_id):
            self._told_texts.pop(cell, None)
        self._attached[worker_id].told = time.monotonic()

    def is_told(self, worker_id: int) -> bool:
        """Tell whether the database was told, and has not been seen to know otherwise since."""
        attached = self._attached.get(worker_id)
        return attached is not None and attached.told > -math.inf

    def told_lately(self, worker_id: int) -> bool:
        """Tell whether whoever begins to ask need not be told again yet (a lapsed lease may have marked them away)."""
        attached = self._attached.get(worker_id)
        return attached is not None and time.monotonic() - attached.told < TELL_AGAIN_SECONDS

    def enter(self, worker_id: int, cell: int) -> None:
        """Count a waiting call or a stream that begins."""
        self.touch(worker_id, cell)
        self._attached[worker_id].open_calls += 1
        self._loose.discard(worker_id)

    def leave(self, worker_id: int) -> None:
        """Count off a call or stream that `enter` counted."""
        attached = self._attached.get(worker_id)
        if attached is not None:
            attached.open_calls = max(attached.open_calls - 1, 0)
            attached.seen = time.monotonic()
            if not attached.open_calls:
                self._loose.add(worker_id)

    def note_changed(self, worker_id: int) -> None:
        """Note that the database may know less than `note_attached` said: the worker's next look tells it again."""
        if self.is_told(worker_id):
            self._told_texts.pop(self._attached[worker_id].cell, None)
            self._attached[worker_id].told = -math.inf

    def note_desk(self, worker_id: int, desk: Desk) -> bool:
        """Note what was seen on a desk; tell whether others who wait for this worker have to look as well."""
        attached = self._attached.get(worker_id)
        if attached is None or attached.desk == desk:
            return False
        attached.desk = desk
        (self._with_desks.add if desk else self._with_desks.discard)(worker_id)
        return attached.open_calls > 1

    def note_purse(self, worker_id: int, purse: ShownPay) -> bool:
        """Note what a stream showed a worker of their pay; tell whether their other ones have to look as well."""
        attached = self._attached.get(worker_id)
        if attached is None or attached.purse == purse:
            return False
        attached.purse = purse
        return attached.open_calls > 1

    def forget(self, worker_id: int) -> None:
        """Forget a worker, who is no longer present through this process; an open call or stream is still counted."""
        self.note_changed(worker_id)
        if worker_id in self._loose:
            del self._attached[worker_id]
            self._loose.discard(worker_id)
            self._with_desks.discard(worker_id)

    def told_text(self, cell: int) -> str:
        """Return the workers of a cell of whom the database should know that they ask through this process, in text
        for it (`waiting.numbers_text`)."""
        text = self._told_texts.get(cell)
        if text is None:
            told = [w for w, a in self._attached.items() if a.told > -math.inf and a.cell == cell]
            text = self._told_texts[cell] = numbers_text(told)
        return text

    def with_purses(self, cell: int) -> list[int]:
        """Return the workers of a cell who were shown what they have earned, and whose call or stream is open."""
        return [w for w, a in self._attached.items() if a.purse is not None and a.open_calls and a.cell == cell]

    def with_other_desks(self, cell: int, desks: Mapping[int, Desk]) -> list[int]:
        """Return those of a cell on whose desks lies something else than they last saw; ``desks``: all of the cell."""
        return [w for w in self._with_desks | desks.keys() if self._differs(w, cell, desks.get(w, ()))]

    def with_other_purses(self, purses: Mapping[int, ShownPay]) -> list[int]:
        """Return those who have earned something else than they were last shown."""
        known = self._attached
        return [w for w, purse in purses.items() if w in known and known[w].purse not in (None, purse)]

    def hushed(self) -> list[tuple[int, int]]:
        """Return (cell, worker) of those who are known to ask, though no call or stream of theirs is open any more."""
        limit = time.monotonic() - HUSH_SECONDS
        return [(a.cell, w) for w, a in self._known(self._loose) if a.seen < limit and a.told > -math.inf]

    def silent(self) -> list[tuple[int, int]]:
        """Return (cell, worker) of those who showed no sign of life for the grace period."""
        limit = time.monotonic() - GRACE_SECONDS
        return [(a.cell, w) for w, a in self._known(self._loose) if a.seen < limit]

    def _known(self, worker_ids: Collection[int]) -> Iterable[tuple[int, _Attached]]:
        return ((worker_id, self._attached[worker_id]) for worker_id in worker_ids)

    def _differs(self, worker_id: int, cell: int, desk: Desk) -> bool:
        attached = self._attached.get(worker_id)
        return attached is not None and attached.cell == cell and attached.desk != desk
