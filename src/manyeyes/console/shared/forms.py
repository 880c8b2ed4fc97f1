"""What the forms of the pages send."""

from starlette.datastructures import FormData

from manyeyes.roles.house.queues import LARGEST_QUEUE_ID
from manyeyes.values.decimals import decimal_number
from manyeyes.values.integers import whole_number


def text_of(form: FormData, name: str) -> str:
    """Return a field's text without the blanks around it; empty when it is not there.

    Nothing is called by a text with a NUL, which no database keeps: that is as if it were not there.
    """
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) and "\0" not in value else ""


def typed_in(form: FormData, name: str) -> str:
    """Return what somebody typed into a field, as it came: whoever keeps it gives it its one form (decision 0037)."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def choice_of(form: FormData, name: str) -> int:
    """Return a field's whole number where 0 means something; -1 for what is none."""
    number = whole_number(text_of(form, name), 10)
    return -1 if number is None else number


def number_of(form: FormData, name: str) -> int:
    """Return a field's whole number; 0 when there is none that a task could have."""
    return whole_number(text_of(form, name), 10) or 0


def queue_of(form: FormData) -> int:
    """Return the queue that the field `queue_id` names; 0 when there is none that could be one."""
    queue_id = number_of(form, "queue_id")
    return queue_id if queue_id <= LARGEST_QUEUE_ID else 0


def number_in(text: str) -> float:
    """Return a number with a point or a comma. Raises ValueError."""
    number = decimal_number(text.replace(",", ".", 1))
    if number is None:
        raise ValueError(f"{text!r} is no number")
    return number
