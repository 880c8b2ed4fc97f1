"""What a task asks for, read from its JSON by its kind; whether an answer fits, its one form, value and looks."""

from decimal import Decimal

import msgspec

from manyeyes.tasks.choices import NOTHING_CHOSEN, chosen
from manyeyes.tasks.fields import (
    canonical_field,
    canonical_fields,
    field_obstacle,
    field_value,
    fields_obstacle,
    fields_value,
    text_of_value,
)
from manyeyes.tasks.labels import LABEL_PICTURE, LabelOptions, name_of, unfit_label
from manyeyes.tasks.questions import FIELDS, LABELS, OWN_KINDS, ChoiceOptions, ChoicesOptions, FieldsOptions, OwnOptions
from manyeyes.tasks.rules import IMAGE_TO_TEXT, ImageOptions, Obstacle, obstacle, sentence
from manyeyes.tasks.tokens import TokenOptions, unfit_token
from manyeyes.values.text.rules import normalised

PictureOptions = ImageOptions | LabelOptions | OwnOptions
AnyOptions = PictureOptions | TokenOptions
NAMED_KINDS = frozenset({LABEL_PICTURE, LABELS, FIELDS})  # whose answers are kept otherwise than people read them


def options_of(kind: str, site: str, text: str) -> AnyOptions:
    """Return the options that ``text`` holds; what is for a ``site`` asks for a token."""
    return _tokens.decode(text) if site else picture_options(kind, text)


def picture_options(kind: str, text: str) -> PictureOptions:
    """Return the options of a task that shows a picture."""
    if kind in OWN_KINDS:
        return _own.decode(text)
    return _labels.decode(text) if kind == LABEL_PICTURE else _images.decode(text)


def kind_of(options: PictureOptions) -> str:
    """Return the kind under which a task with these options is stored; a text is the compatible contracts' kind."""
    if isinstance(options, ImageOptions):
        return IMAGE_TO_TEXT
    return LABEL_PICTURE if isinstance(options, LabelOptions) else str(options.__struct_config__.tag)


def unfit_answer(options: AnyOptions, text: str) -> str:
    """Return why ``text`` cannot be the answer, as a sentence for the worker; empty when it fits."""
    if isinstance(options, TokenOptions):
        return unfit_token(text)
    if isinstance(options, LabelOptions):
        return unfit_label(options, text)
    found = answer_obstacle(options, text)
    return sentence(found) if found else ""


def answer_obstacle(options: ImageOptions | OwnOptions, text: str) -> Obstacle | None:
    """Return the first rule that keeps ``text`` from being the answer; None when it fits."""
    if isinstance(options, ImageOptions):
        return obstacle(options, text)
    return fields_obstacle(options, text) if isinstance(options, FieldsOptions) else field_obstacle(options, text)


def canonical(options: AnyOptions, text: str) -> str:
    """Return an answer in the one form in which it is judged, compared and kept (docs/decisions/0047).

    Text as `normalised`; a number as `canonical_number`; a label's name; labels and fields as compact JSON. Done twice
    it is as done once.
    """
    if isinstance(options, (ImageOptions, LabelOptions, TokenOptions)):
        return normalised(text)
    return canonical_fields(options, text) if isinstance(options, FieldsOptions) else canonical_field(options, text)


def value_of(options: AnyOptions, text: str) -> object:
    """Return a fitting answer as its JSON value.

    A str; a Decimal with the digits that were typed (encode it with ``decimal_format="number"``); for labels a list in
    the question's order; for fields a dict by name, None where one was left empty. A review's label is its name.
    """
    if isinstance(options, LabelOptions):
        return name_of(options, text)
    if isinstance(options, (ImageOptions, TokenOptions)):
        return text
    return fields_value(options, text) if isinstance(options, FieldsOptions) else field_value(options, text)


def shown_text(options: AnyOptions, text: str) -> str:
    """Return a fitting answer on one line as people read it: labels by their names, fields as ``name: answer``."""
    value = value_of(options, text)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {shown_value(each)}" for name, each in value.items())
    return shown_value(value)


def shown_value(value: object) -> str:
    """Return one field's value as people read it; a dash where nothing was given or chosen."""
    if isinstance(value, list):
        return ", ".join(value) or NOTHING_CHOSEN
    if value is None:
        return NOTHING_CHOSEN
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def shown_parts(options: AnyOptions, text: str) -> list[tuple[str, str]]:
    """Return (name, what people read) of each field of a fitting answer; nothing of other kinds."""
    value = value_of(options, text) if isinstance(options, FieldsOptions) else {}
    return [(name, shown_value(each)) for name, each in value.items()] if isinstance(value, dict) else []


def chosen_names(options: AnyOptions, text: str) -> list[str]:
    """Return the names of the labels that a fitting answer chose; nothing of other kinds."""
    if isinstance(options, ChoicesOptions):
        names = chosen(text) or set()
        return [label for label in options.labels if label in names]
    return [shown_text(options, text)] if isinstance(options, (LabelOptions, ChoiceOptions)) else []


def answer_name(options: AnyOptions, text: str) -> str:
    """Return what stands beside the stored text of an answer whose text is not how people read it; else empty."""
    shown = shown_text(options, text)
    return shown if shown != text else ""


def label_names(options: AnyOptions) -> list[str]:
    """Return the names of the labels that may be chosen; nothing where an answer is typed."""
    if isinstance(options, LabelOptions):
        return [choice.name for choice in options.labels]
    return list(options.labels) if isinstance(options, (ChoiceOptions, ChoicesOptions)) else []


def answer_text(value: object) -> str:
    """Return the text that a JSON value (numbers with a point as Decimal) is as an answer; `canonical` is next."""
    return text_of_value(value)


_images = msgspec.json.Decoder(ImageOptions)
_tokens = msgspec.json.Decoder(TokenOptions)
_labels = msgspec.json.Decoder(LabelOptions)
_own: msgspec.json.Decoder[OwnOptions] = msgspec.json.Decoder(OwnOptions)
