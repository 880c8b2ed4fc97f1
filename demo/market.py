"""The demo's market place: what sellers put up goes to a recogniser, and what it is unsure about to people."""

import threading
import time
from collections.abc import Callable

import requests
from cryptography.exceptions import InvalidSignature

from demo.household import Household, Sent
from demo.listings import LABELS
from demo.pictures import draw
from demo.signed import SignedClient

EVERY_SECONDS = 6.0
LOOK_EVERY_SECONDS = 1.0
MOST_ASKED = 4  # so that street signs are not crowded out of the queue
FAILED = "could not be recognised"


class Market(threading.Thread):
    """Sends one listing every few seconds until told to end. `known` is shared with the crowd, as the customer's is.

    A thread of its own: the first call waits for the recogniser to start.
    """

    def __init__(
        self,
        address: str,
        household: Household,
        known: dict[str, Sent],
        ended: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(name="market", daemon=True)
        self.household, self.known, self.ended, self.say = household, known, ended, say
        self.market = household.market
        self.client = SignedClient(address, self.market.secret_id, self.market.private_key)
        self.results_url = f"{address}/v1/recognitions/{self.market.task_id}/results"
        self.known.update({sent.digest: sent for sent in self.market.asked})
        self._next, self._told = 0.0, ""

    def run(self) -> None:
        """Take turns until told to end; what goes wrong is told once and tried again."""
        while not self.ended():
            try:
                self._turn()
            except (requests.RequestException, InvalidSignature) as error:
                if str(error) != self._told and not self.ended():
                    self.say(f"market place: {error!r}")
                self._told = str(error)
            time.sleep(LOOK_EVERY_SECONDS)

    def _turn(self) -> None:
        self._hear()
        if time.monotonic() >= self._next and len(self.market.asked) < MOST_ASKED:
            self._next = time.monotonic() + EVERY_SECONDS
            self._send()

    def _send(self) -> None:
        picture = draw("listing", self.market.next_number)
        self.market.next_number += 1
        sent = Sent("listing", picture.number, picture.digest, picture.text)
        self.known[picture.digest] = sent  # before it is sent: a quick worker may have it at once
        answer = self.client.recognise(_name(sent), picture.data)
        if answer["code"]:
            return self._say(sent, f"code {answer['code']}: {answer['message']}")
        (found,) = answer[self.market.task_id]["fileList"]
        label = LABELS.get(found["label"], FAILED)
        if found["review"]:
            self.market.asked.append(sent)
            return self._say(sent, f"{label}?  {found['rate']:.2f}, so people look at it")
        self._say(sent, f"{label}  {found['rate']:.2f}, certain  {_verdict(found['label'], sent)}")

    def _hear(self) -> None:
        """Ask what people said about the listings that they were shown."""
        if not self.market.asked:
            return
        key = {"Authorization": f"Bearer {self.household.client_key}"}
        reply = requests.get(self.results_url, params={"review": "true", "limit": "50"}, headers=key, timeout=30)
        if reply.status_code != 200:
            return
        states = {row["name"]: row for row in reply.json()["results"]}
        for sent in list(self.market.asked):
            row = states.get(_name(sent))
            if row and row["review_state"] != "open":
                self.market.asked.remove(sent)
                self.known.pop(sent.digest, None)
                self._tell(sent, row["verdict"])

    def _tell(self, sent: Sent, verdict: int | None) -> None:
        if verdict is None:
            return self._say(sent, "nobody looked at it in time")
        self._say(sent, f"a person says: {LABELS[verdict]}  {_verdict(verdict, sent)}")

    def _say(self, sent: Sent, text: str) -> None:
        self.say(f"{time.strftime('%H:%M:%S')}  listing  {_name(sent):14} {text}")


def _name(sent: Sent) -> str:
    return f"listing-{sent.number}.jpg"


def _verdict(label: int, sent: Sent) -> str:
    return "right" if str(label) == sent.text else f"wrong, it is {LABELS[int(sent.text)]}"
