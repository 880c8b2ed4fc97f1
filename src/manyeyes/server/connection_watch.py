"""Time, for all connections of a process together: who takes too long is found, and who hears nothing is spoken to.

A timer of its own for each of 10,000 connections costs more than all else that a house at rest does
(docs/decisions/0073).
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Protocol

import structlog

from manyeyes.server.connection_limits import ConnectionLimits

LOOKS = 8  # within the shortest time that a connection may take over something
LONGEST_LOOK_SECONDS = 2.5
LISTEN_SECONDS = 1.0  # a word into a silence comes so much too late at most
AT_ONCE = 200  # in one turn of the event loop: whoever else has something to do is not held up
log = structlog.get_logger()


class TimedConnection(Protocol):
    """What the watch needs of a connection."""

    def look(self, now: float) -> bool:
        """End the connection when it takes too long over something; tell whether to look again soon."""

    def abort(self) -> None:
        """End the connection at once."""


class SilentReply(Protocol):
    """What the watch needs of a reply that may be silent for long."""

    def speak(self) -> None:
        """Send what is to be said into a silence, unless the client has not read what it was sent before."""


class ConnectionWatch:
    """One per process. A connection that waits for us, and owes us nothing, is not watched: it costs nothing."""

    def __init__(self, limits: ConnectionLimits) -> None:
        shortest = min(limits.head_seconds, limits.stall_seconds, limits.keep_alive_seconds)
        self._look_seconds = min(shortest / LOOKS, LONGEST_LOOK_SECONDS)
        self._watched: set[TimedConnection] = set()
        self._looks = _Round(self._look_seconds, self._begin_look, self._look)
        self._due: list[TimedConnection] = []
        # By length of silence: when each spoke, the longest ago first.
        self._spoken: defaultdict[float, OrderedDict[SilentReply, float]] = defaultdict(OrderedDict)
        self._listens = _Round(LISTEN_SECONDS, self._is_anybody_silent, self._listen)

    def add(self, connection: TimedConnection) -> None:
        """Look at a connection until its own look says that there is no need."""
        self._watched.add(connection)
        self._looks.begin()

    def drop(self, connection: TimedConnection) -> None:
        """Look at a connection no longer: it is gone."""
        self._watched.discard(connection)

    def note_spoken(self, reply: SilentReply, seconds: float) -> None:
        """Note that a reply says something now: it is asked to speak after so many seconds without another note."""
        spoken = self._spoken[seconds]
        spoken[reply] = asyncio.get_running_loop().time()
        spoken.move_to_end(reply)
        self._listens.begin()

    def note_ended(self, reply: SilentReply, seconds: float) -> None:
        """Note that a reply says nothing any more."""
        self._spoken[seconds].pop(reply, None)

    def _begin_look(self) -> bool:
        self._due = list(self._watched)
        return bool(self._due)

    def _look(self) -> bool:
        """Look at some of those who were watched when the round began; tell whether there are more."""
        now = asyncio.get_running_loop().time()
        part, self._due = self._due[-AT_ONCE:], self._due[:-AT_ONCE]
        for connection in part:
            if connection not in self._watched:
                continue
            try:
                if not connection.look(now):
                    self._watched.discard(connection)
            except Exception as error:  # the others are looked at
                log.error("look_failed", exc_info=error)
                self._watched.discard(connection)
                connection.abort()
        return bool(self._due)

    def _is_anybody_silent(self) -> bool:
        return any(self._spoken.values())

    def _listen(self) -> bool:
        """Let some of those speak who were silent for long; tell whether there are more."""
        now = asyncio.get_running_loop().time()
        left = AT_ONCE
        for seconds, spoken in self._spoken.items():
            while spoken and left:
                reply, at = next(iter(spoken.items()))
                if now - at < seconds:
                    break
                spoken[reply] = now  # whether they can speak or not
                spoken.move_to_end(reply)
                left -= 1
                try:
                    reply.speak()
                except Exception as error:  # the others are heard
                    log.error("silence_failed", exc_info=error)
                    spoken.pop(reply, None)
        return not left


class _Round:
    """Does something again and again for as long as there is somebody to do it for, a part in each turn of the loop.

    ``begin_round`` tells whether there is anybody; ``do_part`` does a part, and tells whether another one is due.
    """

    def __init__(self, seconds: float, begin_round: Callable[[], bool], do_part: Callable[[], bool]) -> None:
        self._seconds, self._begin_round, self._do_part = seconds, begin_round, do_part
        self._is_going = False

    def begin(self) -> None:
        """Go round from now on."""
        if not self._is_going:
            self._is_going = True
            asyncio.get_running_loop().call_later(self._seconds, self._turn)

    def _turn(self) -> None:
        self._is_going = self._begin_round()
        if self._is_going:
            self._part()

    def _part(self) -> None:
        loop = asyncio.get_running_loop()
        if self._do_part():
            loop.call_soon(self._part)
        else:
            loop.call_later(self._seconds, self._turn)
