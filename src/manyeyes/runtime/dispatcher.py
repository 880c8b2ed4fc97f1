"""Runs `hand_out` when something changed: a task waits or a worker is idle. One run at a time per cell and queue."""

import asyncio
from collections.abc import Iterable
from contextvars import Context

import structlog

from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.allow_list.rules import FILTER_TERMS, FilterTerms
from manyeyes.dispatch.rules import SHOWING_SECONDS
from manyeyes.runtime.batching import Batcher
from manyeyes.runtime.notifier import Notifier

log = structlog.get_logger()


class Dispatcher:
    """`wake` never waits: what is changed while a run is on is seen by the run after it."""

    def __init__(self, batcher: Batcher, notifier: Notifier, terms: FilterTerms = FILTER_TERMS) -> None:
        self._batcher = batcher
        self._terms = terms
        self._notifier = notifier
        self._wanted: dict[tuple[int, int], bool] = {}
        self._running: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._later: dict[tuple[int, int], asyncio.TimerHandle] = {}

    def wake(self, cell: int, queue_ids: Iterable[int], *, became_idle: bool = True) -> None:
        """Match these queues soon; called after the commit that changed them.

        ``became_idle`` False: only tasks came (see `HandOut`).
        """
        for queue_id in queue_ids:
            key = (cell, queue_id)
            self._wanted[key] = self._wanted.get(key, False) or became_idle
            if key not in self._running:
                self._running[key] = asyncio.create_task(self._run(key), context=Context())

    async def stop(self) -> None:
        """End what runs; its transaction is rolled back, and the next server's periodic job matches anew."""
        for timer in self._later.values():
            timer.cancel()
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, key: tuple[int, int]) -> None:
        try:
            while key in self._wanted:
                command = HandOut(*key, became_idle=self._wanted.pop(key), terms=self._terms)
                handed = await self._batcher.ask(hand_out, command)
                self._notifier.notify(handed.worker_ids)
                if handed.again:
                    self._wanted[key] = True
                if handed.worker_ids:
                    self._look_again(key)
        except Exception as error:  # `periodic.hand_out_all` tries again
            log.warning("hand_out_failed", cell=key[0], queue_id=key[1], error=repr(error))
        finally:
            del self._running[key]

    def _look_again(self, key: tuple[int, int]) -> None:
        """Match once more when what was just laid on desks has had its time to be shown: others may ask for it."""
        if key not in self._later:
            self._later[key] = asyncio.get_running_loop().call_later(SHOWING_SECONDS, self._look_now, key)

    def _look_now(self, key: tuple[int, int]) -> None:
        del self._later[key]
        self.wake(key[0], [key[1]])
