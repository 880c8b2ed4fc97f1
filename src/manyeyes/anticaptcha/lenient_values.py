"""Reads what clients really send: numbers as text, switches as 0 and 1, unset as null, "" or false.

Which client sends what: docs/contracts/anticaptcha.md#what-clients-send.
"""

from collections.abc import Mapping

from manyeyes.logs.request_note import note_task
from manyeyes.values.refusals import Reason, Refusal, Refused
from manyeyes.values.text.rules import ROOM, kept_words

LARGEST_INT32 = 2_147_483_647
LONGEST_QUEUE_NAME = 200
_WORDS = {"true": True, "1": True, "false": False, "0": False}


def bad_property(name: str, wanted: str, value: object) -> Refused:
    """Return what to raise for a property that cannot be read; the sentence says what is ``wanted`` and what came."""
    return Refused(Refusal(Reason.TASK_PROPERTIES, f"{name} must be {wanted}, received {_kind(value)}"))


def switch(source: Mapping[str, object], name: str, default: bool = False) -> bool:
    """Return a Boolean that may come as true, false, 0, 1, "0", "1" or null."""
    value = source.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise bad_property(name, "a Boolean", value)


def is_unset(source: Mapping[str, object], name: str) -> bool:
    """Tell whether a number or a text was not said: it is absent, null, "" or false."""
    value = source.get(name)
    return value is None or value is False or value == ""


def whole(
    source: Mapping[str, object], name: str, default: int = 0, largest: int = LARGEST_INT32, *, takes_true: bool = False
) -> int:
    """Return a whole number from 0 that may come as a number or a digit string; unset as null, "" or false.

    ``takes_true``: true is 1, for the one option that was a Boolean once; elsewhere it is no number.
    """
    value = source.get(name)
    if is_unset(source, name):
        return default
    number = _integer(int(value) if takes_true and isinstance(value, bool) else value)
    if number is None or not 0 <= number <= largest:
        raise bad_property(name, f"a whole number from 0 to {largest}", value)
    return number


def text(source: Mapping[str, object], name: str, longest: int) -> str:
    """Return a string; null and false mean unset, i.e. empty."""
    return address(source, name, longest).replace("\x00", "")


def address(source: Mapping[str, object], name: str, longest: int) -> str:
    """Return a string as `text` does, with the NULs in it: who reads addresses refuses them."""
    value = source.get(name)
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        raise bad_property(name, "a string", value)
    if len(value) > longest:
        raise bad_property(name, f"at most {longest} characters", value)
    if any(0xD800 <= ord(c) < 0xE000 for c in value):
        raise bad_property(name, "text without lone surrogates", "")
    return value


def words(source: Mapping[str, object], name: str, longest: int) -> str:
    """Return what a customer says to people, of several lines perhaps, as it is kept (docs/decisions/0037)."""
    found = kept_words(text(source, name, longest * ROOM))
    if len(found) > longest:
        raise bad_property(name, f"at most {longest} characters", found)
    return found


def queue_said(source: Mapping[str, object], name: str) -> str:
    """Return what was said of a queue, its name or the digits of its number; empty for null, "", false, 0."""
    value = source.get(name)
    if value is None or value is False or isinstance(value, str):
        said = text(source, name, LONGEST_QUEUE_NAME).strip()
        return "" if said == "0" else said
    number = _integer(value)
    if number is None:
        raise bad_property(name, "a number or a name", value)
    return str(number or "")


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    return None


def task_number(value: object) -> int | Refusal:
    """Return a task's wire id, a number or digits in text, or the refusal that names what came.

    See docs/contracts/anticaptcha.md#taskid.
    """
    number = _integer(value)
    if number is None:
        return Refusal(Reason.UNKNOWN_TASK, f"taskId must be an integer, received {_kind(value)}")
    if not 1 <= number <= LARGEST_INT32:
        return Refusal(Reason.UNKNOWN_TASK)
    note_task(number)
    return number


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    if isinstance(value, str):
        return f'the string "{value[:40]}"'
    return "an array" if isinstance(value, list) else "an object"
