"""What a command that ends before its answers are there says of the job that waits."""

from typing import Any

import msgspec
import pytest

from manyeyes.cli.asking.endings import goes_on_with
from manyeyes_client import Job

QUEUE = {"id": 1, "name": "English", "marks": []}
COUNTS = {"items": 9, "open": 0, "held_back": 9, "done": 0, "failed": 0, "cancelled": 0}


def waiting(waits_for: str, **terms: Any) -> Job:
    """Return a running job as /v1 tells it; an answer costs 0.0007 USD."""
    asked = {"answers": 1, "answers_at_most": 1, "wrong_at_most": None, "uncertain": "return"}
    bounds = {"price_at_most": "0.000699", "life": 600, "deadline": None}
    told = {
        **{"id": 7, "name": "", "state": "running", "waits_for": waits_for, "queue": QUEUE, "question": {}},
        **{"terms": {**asked, **bounds, **terms}, "budget": None, "callback_url": "", "counts": COUNTS, "uploads": []},
        **dict.fromkeys(("started_at", "ended_at", "deadline", "eta_seconds", "rehearsal")),
        **dict.fromkeys(("held", "charged", "refunded", "net"), "0.000000"),
        "created_at": "2027-01-30T12:00:00Z",
        "price": {"per_answer": "0.000700", "task": "0.004900", "total": "0.044100"},
    }
    return msgspec.convert(told, Job, strict=False)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (waiting("budget"), "the budget is used up: give more with --budget"),
        (waiting("balance"), "the balance is used up: top up"),
        (waiting("price"), "a picture costs 0.000700 USD now, and may cost 0.000699"),
        (waiting("price", answers=3, answers_at_most=4), "a picture costs 0.002100 USD now"),
        (waiting("price", answers=1, answers_at_most=7, wrong_at_most=0.05), "a picture costs 0.001400 USD now"),
    ],
)
def test_what_a_job_waits_for_and_what_helps_is_said(job: Job, words: str):
    assert words in goes_on_with(job)
