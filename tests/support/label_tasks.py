"""Label tasks on a served site, and what a person does with them at the screen."""

from typing import Any

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.runtime.context import Context
from manyeyes.tasks.labels import LABEL_PICTURE, Choice, LabelOptions
from support import factories
from support.factories import Customer

FEW = ("normal", "QR or bar code", "text")
MANY = (
    *("aeroplane", "bakery", "beach", "bicycle", "bridge", "café", "castle", "cat", "church", "dog", "forest"),
    *("harbour", "kitchen", "library", "market", "mountain", "museum", "river", "school", "stadium", "street"),
)


def options(names: tuple[str, ...] = FEW, comment: str = "advertising") -> LabelOptions:
    """Return labels numbered from 0 on."""
    return LabelOptions(tuple(Choice(number, name) for number, name in enumerate(names)), comment)


async def send_labels(context: Context, customer: Customer, names: tuple[str, ...] = FEW, **given: Any) -> int:
    """Submit a picture that wants a label; return the task's serial."""
    values: dict[str, Any] = {"picture": factories.picture("SALE 50%"), "comment": "advertising"} | given
    submitted = await factories.submit(
        context, customer, picture=values["picture"], options=options(names, values["comment"]), kind=LABEL_PICTURE
    )
    assert isinstance(submitted, Submitted), submitted
    return submitted.task_id
