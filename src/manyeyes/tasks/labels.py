"""Tasks that ask a person which label a picture deserves: what is asked, and what fits.

See docs/contracts/tupu.md#labels.
"""

import msgspec

LABEL_PICTURE = "label_picture"


class Choice(msgspec.Struct, frozen=True):
    """``name`` stands on the button, ``number`` is the answer."""

    number: int
    name: str


class LabelOptions(msgspec.Struct, frozen=True):
    """What a worker may choose from. The recogniser's own label is not told: it would lead them."""

    labels: tuple[Choice, ...]
    comment: str = ""


def unfit_label(options: LabelOptions, text: str) -> str:
    """Return why ``text`` is no answer, as a sentence for the worker; empty when it is one of the labels' numbers."""
    if text in {str(choice.number) for choice in options.labels}:
        return ""
    return "one of the labels is wanted"


def name_of(options: LabelOptions, text: str) -> str:
    """Return the name of the label whose number ``text`` is; ``text`` itself when there is none."""
    return next((choice.name for choice in options.labels if str(choice.number) == text), text)
