"""The demo's customer: an ordinary program with a published client library that only had its host changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec
import requests
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
    disputed: bool = False  # a complaint about it was taken

    @property
    def right(self) -> bool:
        """Tell whether the answer is what stands on the picture."""
        return is_right(self.text, self.sent.text)


@dataclass(frozen=True)
class Verdict:
    """How reviewers decided a complaint; `refunded` in USD."""

    sent: Sent
    state: str
    refunded: float


class Customer:
    """Sends pictures, looks after them, and complains about wrong answers.

    `known` maps the SHA-256 of every file that is out or disputed to what stands on it.
    """

    def __init__(self, host_and_port: str, household: Household) -> None:
        self.household = household
        self.reports_url = f"http://{host_and_port}/v1/reports"
        self.disputed: dict[int, Sent] = {}  # by task id
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
        return [self._dealt_with(outcome) for outcome in outcomes]

    def verdicts(self) -> list[Verdict]:
        """Ask once for every complaint that is still with the reviewers, and return those that were decided."""
        decided = []
        for task_id, sent in list(self.disputed.items()):
            headers = {"Authorization": f"Bearer {self.household.client_key}"}
            reply = requests.get(f"{self.reports_url}/{task_id}", headers=headers, timeout=30)
            if reply.status_code == 200 and (report := reply.json())["state"] != "open":
                decided.append(Verdict(sent, report["state"], report["refunded"]))
                self.known.pop(self.disputed.pop(task_id).digest, None)
        return decided

    def _dealt_with(self, outcome: Outcome) -> Outcome:
        """Forget a picture that has come back; one with a wrong answer is remembered for its reviewers."""
        self.household.sent.remove(outcome.sent)
        if not outcome.error_code and not outcome.right and self._complain(outcome.sent):
            return replace(outcome, disputed=True)
        self.known.pop(outcome.sent.digest, None)
        return outcome

    def _complain(self, sent: Sent) -> bool:
        """Report a wrong answer; return whether reviewers look at it. A minute after the answer it is too late."""
        try:
            self.client.reportIncorrectImage(sent.task_id)
        except AnticaptchaException:
            return False
        self.disputed[sent.task_id] = sent
        return True

    def _ask(self, sent: Sent) -> Outcome | None:
        try:
            result = self.client.get_task_result(sent.task_id)
        except AnticaptchaException as error:
            return None if error.error_code == LATER else Outcome(sent, error_code=str(error.error_code))
        if result["status"] != "ready":
            return None
        seconds = result["endTime"] - result["createTime"]
        return Outcome(sent, result["solution"]["text"], result["cost"], seconds)


def is_right(given: str, wanted: str) -> bool:
    """Tell whether an answer is what a careful person types; no question of the demo asks for capitals."""
    return " ".join(given.split()).casefold() == wanted.casefold()
