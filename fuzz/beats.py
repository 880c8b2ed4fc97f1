"""Somebody else's getBalance all the while: what one peer sends must not be felt by another."""

import threading
from types import TracebackType

from fuzz.answers import fault, send
from fuzz.inputs import request
from fuzz.installation import Installation

EVERY_SECONDS = 0.2
LONGEST_SECONDS = 5.0  # a stall; how long it usually takes is for bench/ to measure
_BALANCE = request("POST", "/getBalance", b'{"clientKey":"{{client_key}}"}')


class Beats:
    """Asks again and again from a thread of its own, for as long as the block lasts."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.count, self.slowest = 0, 0.0
        self.faults: list[str] = []

    def __enter__(self) -> "Beats":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._is_over.wait(EVERY_SECONDS):
            answered = send(self._installation.address, _BALANCE, self._installation.fixed)
            wrong = fault("anticaptcha", answered)
            self.count, self.slowest = self.count + 1, max(self.slowest, answered.seconds)
            if wrong or answered.seconds > LONGEST_SECONDS:
                self.faults.append(f"somebody else's getBalance: {wrong or 'stall'}, {answered.seconds:.1f} s")
