"""What the forms of the pages send, and money back into micro-units."""

from starlette.datastructures import FormData

from manyeyes.console.shared.languages import MICROS


def text_of(form: FormData, name: str) -> str:
    """A field's text without the blanks around it; empty when it is not there."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def number_of(form: FormData, name: str) -> int:
    """A field's whole number; 0 when there is none that a task could have."""
    text = text_of(form, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0


def micros(dollars: float) -> int:
    """The micro-units of an amount as the JSON views carry it."""
    return round(dollars * MICROS)
