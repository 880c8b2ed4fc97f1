"""The demo's customer: an ordinary program with a published client library that only had its host changed."""

from dataclasses import dataclass

from python_anticaptcha import AnticaptchaClient, AnticaptchaException, ImageToTextTask

from demo.household import Household, Sent
from demo.pictures import Picture, draw

# Enough street signs that the person always has a next one; the crowd's pictures come as it answers them.
MOST_WAITING = {"sign": 6, "receipt": 2, "meter": 2}

LATER = "ERROR_NO_SLOT_AVAILABLE"  # the one code that means: try again in a while


@dataclass(frozen=True)
class Outcome:
    """How a picture came back: the answer, or the error code of the contract."""

    picture: Picture
    text: str = ""
    cost: str = "0.000000"  # USD, as the contract prints it
    seconds: int = 0
    error_code: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is what a careful person types; capitals matter only where the question says so."""
        given, wanted = " ".join(self.text.split()), self.picture.text
        return given == wanted if self.picture.options.get("case", True) else given.casefold() == wanted.casefold()


class Customer:
    """Sends pictures and looks after them. `known` maps the SHA-256 of every sent file to its picture."""

    def __init__(self, host_and_port: str, household: Household) -> None:
        self.household = household
        self.client = AnticaptchaClient(household.client_key, host=host_and_port, use_ssl=False)
        self.known: dict[str, Picture] = {}
        self._waiting: dict[int, Picture] = {}
        for sent in household.sent:  # still out from the last start
            picture = draw(sent.kind, sent.number)
            self._waiting[sent.task_id] = self.known[picture.digest] = picture

    def wanted(self) -> str | None:
        """Return the kind of picture to send next, the scarcest first; None while enough of all kinds wait."""
        counts = dict.fromkeys(MOST_WAITING, 0)
        for picture in self._waiting.values():
            counts[picture.kind] += 1
        kind = min(counts, key=lambda kind: counts[kind] / MOST_WAITING[kind])
        return kind if counts[kind] < MOST_WAITING[kind] else None

    def send(self, kind: str) -> Picture:
        """Draw the next picture of `kind` and send it. Raises AnticaptchaException with the contract's error."""
        picture = draw(kind, self.household.next_number)
        self.household.next_number += 1
        self.known[picture.digest] = picture  # before it is sent: a quick worker may have it at once
        job = self.client.create_task(ImageToTextTask(picture.data, **picture.options))
        self._waiting[job.task_id] = picture
        self._note()
        return picture

    def collect(self) -> list[Outcome]:
        """Ask once for every picture that is still out, and return those that have come back."""
        outcomes = []
        for task_id, picture in list(self._waiting.items()):
            outcome = self._ask(task_id, picture)
            if outcome:
                del self._waiting[task_id]
                self.known.pop(picture.digest, None)
                outcomes.append(outcome)
        if outcomes:
            self._note()
        return outcomes

    def _ask(self, task_id: int, picture: Picture) -> Outcome | None:
        try:
            result = self.client.get_task_result(task_id)
        except AnticaptchaException as error:
            return None if error.error_code == LATER else Outcome(picture, error_code=str(error.error_code))
        if result["status"] != "ready":
            return None
        seconds = result["endTime"] - result["createTime"]
        return Outcome(picture, result["solution"]["text"], result["cost"], seconds)

    def _note(self) -> None:
        """Keep in the household what is out, so that the next start can go on with it."""
        self.household.sent = [Sent(task_id, p.kind, p.number) for task_id, p in self._waiting.items()]
