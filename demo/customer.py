"""The demo's customer: an ordinary program with a published client library that only had its host changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from python_anticaptcha import AnticaptchaClient, AnticaptchaException, ImageToTextTask

from demo.household import Household, Sent
from demo.pictures import draw

# Enough street signs that the person always has a next one; the crowd's pictures come as it answers them.
MOST_WAITING = {"sign": 6, "receipt": 2, "meter": 2}

LATER = "ERROR_NO_SLOT_AVAILABLE"  # the one code that means: try again in a while


@dataclass(frozen=True)
class Outcome:
    """How a picture came back: the answer, or the error code of the contract."""

    sent: Sent
    text: str = ""
    cost: str = "0.000000"  # USD, as the contract prints it
    seconds: int = 0
    error_code: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is what a careful person types; no question of the demo asks for capitals."""
        return " ".join(self.text.split()).casefold() == self.sent.text.casefold()


class Customer:
    """Sends pictures and looks after them. `known` maps the SHA-256 of every file that is out to what stands on it."""

    def __init__(self, host_and_port: str, household: Household) -> None:
        self.household = household
        self.client = AnticaptchaClient(household.client_key, host=host_and_port, use_ssl=False)
        self.known: dict[str, Sent] = {sent.digest: sent for sent in household.sent}

    def wanted(self, kinds: Iterable[str]) -> str | None:
        """Return which of `kinds` to send next, the scarcest first; None while enough of all of them wait."""
        waiting = Counter(sent.kind for sent in self.household.sent)
        kind = min(kinds, key=lambda kind: waiting[kind])
        return kind if waiting[kind] < MOST_WAITING[kind] else None

    def send(self, kind: str) -> None:
        """Draw the next picture of `kind` and send it. Raises AnticaptchaException with the contract's error."""
        picture = draw(kind, self.household.next_number)
        self.household.next_number += 1
        sent = Sent(kind, picture.number, picture.digest, picture.text)
        self.known[picture.digest] = sent  # before it is sent: a quick worker may have it at once
        job = self.client.create_task(ImageToTextTask(picture.data, **picture.options))
        self.household.sent.append(msgspec.structs.replace(sent, task_id=job.task_id))

    def collect(self) -> list[Outcome]:
        """Ask once for every picture that is still out, and return those that have come back."""
        outcomes = [outcome for sent in self.household.sent if (outcome := self._ask(sent))]
        for outcome in outcomes:
            self.household.sent.remove(outcome.sent)
            self.known.pop(outcome.sent.digest, None)
        return outcomes

    def _ask(self, sent: Sent) -> Outcome | None:
        try:
            result = self.client.get_task_result(sent.task_id)
        except AnticaptchaException as error:
            return None if error.error_code == LATER else Outcome(sent, error_code=str(error.error_code))
        if result["status"] != "ready":
            return None
        seconds = result["endTime"] - result["createTime"]
        return Outcome(sent, result["solution"]["text"], result["cost"], seconds)
