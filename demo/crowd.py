"""A simulated crowd: workers who read numbers well, make mistakes now and then, and leave street names to the person.

They are ordinary workers of the product, over its JSON interface. They know the right answers from a table that the
demo fills while it sends; what they cannot read they skip, and skipped pictures go to whoever else is there.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

import requests

from demo.household import CrowdWorker, Sent

READS = ("receipt", "meter")
LABELLED = "listing"  # it is asked for a label, not for text
MISTAKES = 0.04  # share of answers with one wrong digit
WAIT_SECONDS = 2  # one long poll; also the longest time to notice the end
RETRY_SECONDS = 0.5
LOST_SECONDS = 10  # until somebody who has no queue left looks again

Known = Mapping[str, Sent]  # by SHA-256 of the file


class Person(threading.Thread):
    """Somebody simulated who takes turns over the JSON interface; `ended()` tells when to go home."""

    def __init__(
        self, address: str, who: CrowdWorker, known: Known, ended: Callable[[], bool], complain: Callable[[str], None]
    ) -> None:
        super().__init__(name=f"crowd-{who.name}", daemon=True)
        self.address, self.known, self.ended, self.complain = address, known, ended, complain
        self.rng = random.Random(who.name)
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {who.token}"

    def run(self) -> None:
        """Take turns until told to end; what goes wrong is told once and tried again."""
        told: set[str] = set()
        while not self.ended():
            try:
                self.one_turn()
            except requests.RequestException as error:
                if str(error) not in told and not self.ended():
                    self.complain(f"{self.name}: {error}")
                told.add(str(error))
                time.sleep(RETRY_SECONDS)
        with contextlib.suppress(requests.RequestException):  # the server may have gone first
            self.go_home()

    def one_turn(self) -> None:
        """Ask for one thing to do, waiting a little, and do it."""
        raise NotImplementedError

    def go_home(self) -> None:
        """Tell the server that they go; most need not."""

    def look_at(self, path: str) -> str:
        """Return the SHA-256 of the picture at `path`. Raises `requests.HTTPError` while it cannot be had (503).

        What was not seen must not be skipped: the picture would be tried by all, and nobody would get it any more.
        """
        reply = self.http.get(urljoin(self.address, path), timeout=30)
        reply.raise_for_status()
        return sha256(reply.content).hexdigest()

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the end."""
        until = time.monotonic() + seconds
        while not self.ended() and time.monotonic() < until:
            time.sleep(0.1)


class Worker(Person):
    """One simulated worker. `answered` collects the digests of their answers."""

    mistakes = MISTAKES

    def __init__(
        self, address: str, who: CrowdWorker, known: Known, ended: Callable[[], bool], complain: Callable[[str], None]
    ) -> None:
        super().__init__(address, who, known, ended, complain)
        self.answered: set[str] = set()

    def go_home(self) -> None:
        """Leave the match, so that nobody waits for an answer."""
        self._post("offline", {})

    def one_turn(self) -> None:
        """Ask for the next picture, waiting a little, and deal with it."""
        reply = self.http.get(f"{self.address}/v1/worker/next", params={"wait": WAIT_SECONDS}, timeout=30)
        if reply.status_code == 409:  # not online: the first time, or after a restart
            arrived = self._post("online", {})
            if arrived.status_code == 409:  # below the floor of all of their queues: they come back and see
                return self.pause(LOST_SECONDS)
            arrived.raise_for_status()
        elif reply.status_code == 200:
            self._look_at(reply.json())
        elif reply.status_code != 204:
            reply.raise_for_status()

    def _look_at(self, lease: dict[str, Any]) -> None:
        """Answer the picture of a lease after a person's time, or skip it after a glance."""
        digest = self.look_at(lease["task"]["image_url"])
        sent = self.known.get(digest)
        if sent is None or sent.kind not in (*READS, LABELLED):
            self.pause(self.rng.uniform(0.2, 0.5))
            # A sign is in a language that this worker does not read; such a skip says nothing against the picture.
            self._post("skips", {"lease": lease["lease"], "reason": "wrong_language"})
            return
        self.pause(reading_seconds(self.rng, sent.text))
        text = (
            chosen(self.rng, sent.text, lease) if sent.kind == LABELLED else typed(self.rng, sent.text, self.mistakes)
        )
        self.answered.add(digest)  # before it is sent: the customer may see the answer at once
        reply = self._post("answers", {"lease": lease["lease"], "answer": {"text": text}})
        if reply.status_code != 200:
            self.answered.discard(digest)
        if reply.status_code == 422:
            self._post("skips", {"lease": lease["lease"], "reason": "unreadable"})

    def _post(self, what: str, body: dict[str, Any]) -> requests.Response:
        return self.http.post(f"{self.address}/v1/worker/{what}", json=body, timeout=30)


def reading_seconds(rng: random.Random, text: str) -> float:
    """Return how long a practised person looks at a picture and types `text`: rarely under 1.5 s, seldom above 8."""
    return min(12.0, rng.lognormvariate(0.6, 0.45) + 0.18 * len(text))


def chosen(rng: random.Random, text: str, lease: dict[str, Any]) -> str:
    """Return the number of the label that the worker picks: the right one, now and then another."""
    offered = [str(label["number"]) for label in lease["task"]["options"]["labels"]]
    return rng.choice(offered) if rng.random() < MISTAKES else text


def typed(rng: random.Random, text: str, mistakes: float = MISTAKES) -> str:
    """Return what the worker types: `text`, or in so large a share of answers one with a digit wrong."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not digits or rng.random() >= mistakes:
        return text
    place = rng.choice(digits)
    wrong = str((int(text[place]) + rng.choice((1, 9))) % 10)
    return text[:place] + wrong + text[place + 1 :]
