"""What the forms of the pages send."""

from starlette.datastructures import FormData


def text_of(form: FormData, name: str) -> str:
    """A field's text without the blanks around it; empty when it is not there."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def number_of(form: FormData, name: str) -> int:
    """A field's whole number; 0 when there is none that a task could have."""
    text = text_of(form, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0
