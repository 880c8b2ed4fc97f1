"""Tells this process's feeder to look at once and not only when its second is over: a job changed, or money came back.

Answers do not ring: they are charged, so they free nothing but one of the hundreds of places that a job has.
"""

import asyncio


class JobBell:
    """`ring` after a commit that changed a job or may let its lines in; what is not heard costs a second."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever listens."""
        self._event.set()
        self._event = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """Return what the next ring sets; to be asked before one looks, so that none is missed meanwhile."""
        return self._event
