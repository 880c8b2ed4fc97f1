"""The fields of a recognition and its terms, how what stands in them is read, and how a recognition stands in them."""

from collections.abc import Mapping, Sequence

from manyeyes.console.operator.accounts import NAME, NO_MONEY, NO_NUMBER
from manyeyes.console.operator.queue_fields import ASKED, NO_SHARE, PEOPLE, asked_in
from manyeyes.console.operator.readers import amount, bounds_in, money_in, share, whole_in
from manyeyes.console.shared.forms import number_in
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import Field, Typed
from manyeyes.recognitions.rules import PEOPLE as NOBODY_FIRST
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.recognitions import MODEL_PRICE_MICROS, RecognitionTerms, review_seconds
from manyeyes.tasks.rules import QueueTerms

NO_BOUNDS = mark("Write two numbers from 0 to 2, such as 0.7 0.95, or nothing.")
NO_HOURS = mark("Write hours above 0, such as 24; at most 720.")
NOBODY = "0"
URL = Field(name="url", label=mark("Address that people's verdicts are sent to"), hint=mark("Empty: nowhere."))
BLANK = {
    **{"name": "", "recogniser": NOBODY_FIRST, "model": "", "labels": "", "threshold": "0.9", "queue": NOBODY},
    **{
        "sample": "",
        "price": amount(MODEL_PRICE_MICROS),
        "hours": "24",
        "url": "",
        "bounds": "",
        **dict.fromkeys(PEOPLE, ""),
    },
}

CERTAIN = (
    Field(
        name="threshold",
        label=mark("Certain from this rate on"),
        hint=mark("0 to 1; above 1 nothing is certain."),
        mode="decimal",
        reads=number_in,
        unfit=NO_SHARE,
        size=12,
    ),
    Field(
        name="bounds",
        label=mark("Lowest and highest rate that the customer may choose for that"),
        hint=mark("Such as 0.7 0.95. Empty: you alone choose."),
        reads=bounds_in,
        unfit=NO_BOUNDS,
        size=12,
    ),
)


def _seconds(text: str) -> int:
    found = review_seconds(number_in(text))
    if isinstance(found, FieldFault):
        raise ValueError(found.sentence)
    return found


def terms_of(queues: Mapping[int, QueueTerms]) -> tuple[Field, ...]:
    """Return the fields of a recognition's terms."""
    choices = [(NOBODY, "–"), *((str(queue.queue_id), queue.name) for queue in queues.values())]
    return (
        *CERTAIN,
        Field(
            name="queue",
            label=mark("Queue where people look at what is uncertain"),
            kind="choice",
            choices=choices,
            reads=whole_in,
            unfit=NO_NUMBER,
        ),
        Field(
            name="sample",
            label=mark("Share of the certain that people look at too"),
            mode="decimal",
            reads=lambda text: number_in(text) if text else None,
            unfit=NO_SHARE,
            size=12,
        ),
        Field(
            name="price",
            label=mark("Price of one picture recognised, in USD"),
            mode="decimal",
            reads=money_in,
            unfit=NO_MONEY,
            size=12,
        ),
        Field(
            name="hours",
            label=mark("Hours that a review may wait"),
            mode="decimal",
            reads=_seconds,
            unfit=NO_HOURS,
            size=12,
        ),
        URL,
        *ASKED,
    )


def adding(queues: Mapping[int, QueueTerms], installed: Sequence[str]) -> tuple[Field, ...]:
    """Return the fields of a new recognition; ``installed``: the recognisers that there are."""
    return (
        NAME,
        Field(
            name="recogniser",
            label=mark("Who looks first"),
            hint=mark("people: nobody does, people decide all."),
            kind="choice",
            choices=[(each, each) for each in sorted({NOBODY_FIRST, *installed})],
        ),
        Field(
            name="labels",
            label=mark("Labels"),
            hint=mark("Numbers and names, such as 0=normal,1=qr code; below -1: only people give them."),
        ),
        Field(
            name="model",
            label=mark("The recogniser's TOML file, on the server"),
            hint=mark("Where it wants one."),
        ),
        *terms_of(queues),
    )


def terms_in(typed: Typed) -> RecognitionTerms:
    """Return the terms that a form gives; how many people are asked must have been found to be fit."""
    given = typed.values
    people = asked_in(typed) if any(given.get(name) for name in PEOPLE) else None
    return RecognitionTerms(
        threshold=given.get("threshold"),
        queue_id=given.get("queue"),
        sample_share=given.get("sample"),
        price_micros=given.get("price"),
        review_seconds=given.get("hours"),
        review_url=given.get("url"),
        bounds=given.get("bounds"),
        terms=None if isinstance(people, FieldFault) else people,
    )


def now_of(found: Recognition) -> dict[str, str]:
    """Return a recognition's terms as they stand in the fields."""
    people = found.terms
    return {
        "threshold": share(found.threshold),
        "bounds": " ".join(map(share, found.bounds)),
        "queue": str(found.queue_id),
        "sample": share(found.sample_share),
        "price": amount(found.price_micros),
        "hours": share(found.review_seconds / 3600),
        "url": found.review_url,
        "answers": str(people.answers) if people else "",
        "answers_at_most": str(people.answers_at_most) if people else "",
        "wrong_at_most": share(people.wrong_at_most) if people else "",
        "uncertain": str(people.uncertain) if people else "",
    }
