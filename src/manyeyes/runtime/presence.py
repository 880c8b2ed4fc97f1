"""Which workers are connected to this process: by an open stream, a waiting call, or a call a moment ago."""

import math
import time

import msgspec

from manyeyes.workers.rules import GRACE_SECONDS

TELL_AGAIN_SECONDS = 2.0
HUSH_SECONDS = 0.5  # who calls again within it goes on asking: so it is not written at each call


class _Attached(msgspec.Struct):
    cell: int
    seen: float
    open_calls: int = 0
    attached: float = -math.inf


class Presence:
    """Workers send no signs of life of their own; `periodic.notice_absence` tells the database who is gone."""

    def __init__(self) -> None:
        self._attached: dict[int, _Attached] = {}

    def cell_of(self, worker_id: int) -> int | None:
        """Return the cell in which this process knows the worker to be present."""
        attached = self._attached.get(worker_id)
        return attached.cell if attached else None

    def touch(self, worker_id: int, cell: int) -> None:
        """Note a sign of life of a worker who is, or is now, connected to this process."""
        attached = self._attached.setdefault(worker_id, _Attached(cell, 0.0))
        attached.cell, attached.seen = cell, time.monotonic()

    def seen(self, worker_id: int) -> None:
        """Note a sign of life; it means nothing of a worker who is present through another process."""
        if worker_id in self._attached:
            self._attached[worker_id].seen = time.monotonic()

    def note_attached(self, worker_id: int, cell: int) -> None:
        """Note that the database was told that the worker is present through this process, and asks."""
        self.touch(worker_id, cell)
        self._attached[worker_id].attached = time.monotonic()

    def attached_lately(self, worker_id: int) -> bool:
        """Tell whether the database need not be told again yet (a lapsed lease may have marked the worker away)."""
        attached = self._attached.get(worker_id)
        return attached is not None and time.monotonic() - attached.attached < TELL_AGAIN_SECONDS

    def enter(self, worker_id: int, cell: int) -> None:
        """Count a waiting call or a stream that begins."""
        self.touch(worker_id, cell)
        self._attached[worker_id].open_calls += 1

    def leave(self, worker_id: int) -> None:
        """Count off a call or stream that `enter` counted."""
        attached = self._attached.get(worker_id)
        if attached is not None:
            attached.open_calls = max(attached.open_calls - 1, 0)
            attached.seen = time.monotonic()

    def note_changed(self, worker_id: int) -> None:
        """Note that the database may know less than `note_attached` said: the worker's next look tells it again."""
        if worker_id in self._attached:
            self._attached[worker_id].attached = -math.inf

    def forget(self, worker_id: int) -> None:
        """Forget a worker, who is no longer present through this process; an open call or stream is still counted."""
        self.note_changed(worker_id)
        if worker_id in self._attached and not self._attached[worker_id].open_calls:
            del self._attached[worker_id]

    def hushed(self) -> list[tuple[int, int]]:
        """Return (cell, worker) of those who are known to ask, though no call or stream of theirs is open any more."""
        limit = time.monotonic() - HUSH_SECONDS
        return [
            (a.cell, w)
            for w, a in self._attached.items()
            if not a.open_calls and a.seen < limit and a.attached > -math.inf
        ]

    def silent(self) -> list[tuple[int, int]]:
        """Return (cell, worker) of those who showed no sign of life for the grace period."""
        limit = time.monotonic() - GRACE_SECONDS
        return [(a.cell, w) for w, a in self._attached.items() if not a.open_calls and a.seen < limit]
