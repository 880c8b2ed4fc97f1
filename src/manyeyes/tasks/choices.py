"""Answers that are chosen by name: one of the labels, or any of them. Pure."""

import msgspec

from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions
from manyeyes.tasks.rules import Obstacle
from manyeyes.values.text.rules import normalised

NOTHING_CHOSEN = "–"  # how an answer that chose none of the labels is shown


def choice_obstacle(options: ChoiceOptions, text: str) -> Obstacle | None:
    """Return why ``text`` is none of the labels; None when it is one."""
    return None if normalised(text) in options.labels else Obstacle("choice")


def canonical_choices(options: ChoicesOptions, text: str) -> str:
    """Return the labels that a JSON array names as compact JSON: in the question's order, each once.

    A text that is no such array, or names something else, stays `normalised`.
    """
    names = chosen(text)
    if names is None or not names <= set(options.labels):
        return normalised(text)
    return compact([label for label in options.labels if label in names])


def choices_obstacle(options: ChoicesOptions, text: str) -> Obstacle | None:
    """Return why ``text`` is no choice of the labels, or one of too few of them; None when it fits."""
    names = chosen(text)
    if names is None or not names <= set(options.labels):
        return Obstacle("choice")
    missing = options.at_least - len(names)
    return Obstacle("choices", missing) if missing > 0 else None


def chosen(text: str) -> set[str] | None:
    """Return the names in a JSON array of strings, each in its one form; None for any other text."""
    try:
        return {normalised(name) for name in _names.decode(text)}
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def compact(value: object) -> str:
    """Return a value as JSON without blanks; decimal numbers with the digits they have."""
    return _encoder.encode(value).decode()


_names = msgspec.json.Decoder(tuple[str, ...])
_encoder = msgspec.json.Encoder(decimal_format="number")
