"""Simulated reviewers: they judge the demo customer's complaints, and leave them a moment to vote themselves.

They are ordinary reviewers of the product, over its JSON interface. They know from the same table as the crowd what
stands on the picture, and err now and then.
"""

from typing import Any

from demo.crowd import RETRY_SECONDS, WAIT_SECONDS, Person
from demo.customer import is_right

MISTAKES = 0.03  # share of votes that are wrong
THINKING_SECONDS = (15.0, 25.0)  # longer than it takes: you may be quicker on /reviewer


class Reviewer(Person):
    """One simulated reviewer."""

    def one_turn(self) -> None:
        """Ask for the next complaint, waiting a little, and vote on it."""
        reply = self.http.get(f"{self.address}/v1/reviewer/next", params={"wait": WAIT_SECONDS}, timeout=30)
        if reply.status_code == 200:
            self._judge(reply.json())
        elif reply.status_code != 204:
            self.pause(RETRY_SECONDS)
            reply.raise_for_status()

    def _judge(self, slot: dict[str, Any]) -> None:
        """Vote as the picture says; what it is not known for, a picture of an earlier run, stays with the worker."""
        self.pause(self.rng.uniform(*THINKING_SECONDS))
        if self.ended():
            return
        sent = self.known.get(self.look_at(slot["task"]["image_url"]))
        answer_is_right = sent is None or is_right(slot["answer"]["text"], sent.text)
        if self.rng.random() < MISTAKES:
            answer_is_right = not answer_is_right
        vote = (
            {"verdict": "reject", "reason": "right"} if answer_is_right else {"verdict": "confirm", "reason": "wrong"}
        )
        self.http.post(f"{self.address}/v1/reviewer/votes", json={"slot": slot["slot"], **vote}, timeout=30)
