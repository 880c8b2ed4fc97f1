"""Apps, recognitions and calls, made in one line by the tests that record what was recognised."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from manyeyes.actions.import_results import ImportResults
from manyeyes.actions.record_recognitions import NewResult, RecordRecognition, record_recognitions
from manyeyes.apps.rules import App, zone
from manyeyes.recognitions.csv_import import COLUMNS, read_history
from manyeyes.recognitions.rules import Label, Recognition
from support import factories

LABELS = (Label(-2, "ask the boss"), Label(0, "normal"), Label(1, "qr code"), Label(2, "text"))
RATE_PRICE = 500  # micros for one picture recognised
PICTURE = factories.picture()


def app_of(account_id: int, *, secret_id: str = "5f0000000000000000000001", cell: int = 1, **given: Any) -> App:
    """Return an app of the account; ``given`` are terms other than the usual ones."""
    values: dict[str, Any] = {"name": "shop", "medium": "image", "time_zone": "Asia/Shanghai", "public_key": None}
    values |= {"calls_per_second": 50, "suspended": False}
    return App(**(values | given), secret_id=secret_id, cell=cell, account_id=account_id)


def recognition_of(app: App, number: int = 1, **given: Any) -> Recognition:
    """Return one whose uncertain results (below 0.9) are looked at in queue 1."""
    values: Mapping[str, Any] = {
        "task_id": f"6a{number:022x}",
        "recognition_id": number,
        "secret_id": app.secret_id,
        "name": "advertising",
        "recogniser": "people",
        "model": "",
        "labels": LABELS,
        "threshold": 0.9,
        "queue_id": 1,
        "sample_share": 0.02,
        "review_seconds": 3_600,
        "review_url": "",
        "price_micros": RATE_PRICE,
        "closed": False,
    }
    return Recognition(**{**values, **given})


class Calls:
    """Makes the calls of one app on a stage."""

    def __init__(self, stage: Any, app: App, *recognitions: Recognition) -> None:
        self.stage, self.app = stage, app
        self.recognitions = recognitions or (recognition_of(app),)

    def found(self, label: int = 1, rate: float = 0.95, *, ask: bool | None = None, **given: Any) -> NewResult:
        """Return a result of the app's first recognition; a person is asked when it is uncertain, or to ``ask``."""
        recognition = given.pop("recognition", self.recognitions[0])
        review = label >= 0 and rate < recognition.threshold
        is_asked = review if ask is None else ask
        values = {
            "result_id": self.stage.number(),
            "recognition": recognition,
            "name": "a.jpg",
            "label": label,
            "rate": rate,
            "review": review,
            "sampled": is_asked and not review,
            "task_id": self.stage.number() if is_asked else 0,
            "picture": PICTURE if is_asked else None,
        }
        return NewResult(**(values | given))

    def call(self, *results: NewResult, nonce: str = "", body: str = "", **given: Any) -> RecordRecognition:
        """Return a call; one with a ``nonce`` can be told from others, ``body`` stands for what it asks."""
        call_id = self.stage.number()
        values = {
            "cell": self.app.cell,
            "call_id": call_id,
            "app": self.app,
            "triple": hashlib.sha256(nonce.encode()).digest() if nonce else b"",
            "digest": hashlib.sha256(body.encode()).digest(),
            "answer": f'{{"code":0,"call":{call_id}}}',
            "results": results or (self.found(),),
            "queues": self.stage.queues,
        }
        return RecordRecognition(**(values | given))

    async def record(self, *results: NewResult, **given: Any) -> Any:
        """Record one call and return its outcome."""
        (outcome,) = await self.stage.act(record_recognitions, self.call(*results, **given))
        return outcome


def retried(command: RecordRecognition) -> RecordRecognition:
    """Return the same command, marked as retried."""
    return msgspec.structs.replace(command, retried=True)


def importing(stage: Any, recognition: Recognition, lines: list[str], **given: Any) -> ImportResults:
    """Return the command that imports these lines of a file; days are Shanghai's."""
    text = "\n".join([",".join(COLUMNS), *lines])
    values = {
        "cell": stage.cell,
        "call_id": stage.number(),
        "recognition": recognition,
        "digest": hashlib.sha256(text.encode()).digest(),
        "first_result_id": 10_000_000,
        "history": read_history(text, recognition, zone("Asia/Shanghai"), stage.now),
    }
    return ImportResults(**(values | given))
