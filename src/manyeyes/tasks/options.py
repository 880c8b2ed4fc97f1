"""What a task asks for, read from its JSON by its kind."""

import msgspec

from manyeyes.tasks.labels import LABEL_PICTURE, LabelOptions, unfit_label
from manyeyes.tasks.questions import OWN_KINDS, OwnOptions
from manyeyes.tasks.rules import ImageOptions, unfit
from manyeyes.tasks.tokens import TokenOptions, unfit_token

PictureOptions = ImageOptions | LabelOptions | OwnOptions
AnyOptions = PictureOptions | TokenOptions


def options_of(kind: str, site: str, text: str) -> AnyOptions:
    """Return the options that ``text`` holds; what is for a ``site`` asks for a token."""
    return _tokens.decode(text) if site else picture_options(kind, text)


def picture_options(kind: str, text: str) -> PictureOptions:
    """Return the options of a task that shows a picture."""
    if kind in OWN_KINDS:
        return _own.decode(text)
    return _labels.decode(text) if kind == LABEL_PICTURE else _images.decode(text)


def unfit_answer(options: AnyOptions, text: str) -> str:
    """Return why ``text`` cannot be the answer, as a sentence for the worker; empty when it fits."""
    if isinstance(options, TokenOptions):
        return unfit_token(text)
    return unfit_label(options, text) if isinstance(options, LabelOptions) else unfit(options, text)


_images = msgspec.json.Decoder(ImageOptions)
_tokens = msgspec.json.Decoder(TokenOptions)
_labels = msgspec.json.Decoder(LabelOptions)
_own: msgspec.json.Decoder[OwnOptions] = msgspec.json.Decoder(OwnOptions)
