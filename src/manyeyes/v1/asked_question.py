"""A question as customers ask it over /v1: ``{"kind": …, "words": …, …, "instructions": …}``."""

import msgspec

from manyeyes.actions.shared.asked_questions import NewQuestion
from manyeyes.tasks.questions import OwnOptions, TextOptions
from manyeyes.tasks.rules import IMAGE_TO_TEXT, ImageOptions
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused

LONGEST_INSTRUCTIONS = 10_000


class _Explained(msgspec.Struct, frozen=True):
    instructions: str = ""


def question_of(raw: msgspec.Raw) -> NewQuestion:
    """Return the question that a body asks. Raises `Refused` with what is wrong with it."""
    try:
        options, told = _options.decode(raw), _explained.decode(raw)
    except msgspec.DecodeError as error:
        raise _wrong(str(error)) from error
    if len(told.instructions) > LONGEST_INSTRUCTIONS:
        raise _wrong(f"instructions have at most {LONGEST_INSTRUCTIONS} characters")
    if isinstance(options, TextOptions):
        values = {name: getattr(options, name) for name in ImageOptions.__struct_fields__}
        kind, stored = IMAGE_TO_TEXT, msgspec.json.encode(ImageOptions(**values))
    else:
        kind, stored = str(options.__struct_config__.tag), msgspec.json.encode(options)
    return NewQuestion(
        question_id=0, account_id=0, kind=kind, options_json=stored.decode(), instructions=told.instructions
    )


def _wrong(detail: str) -> Refused:
    return Refused(Refusal(Reason.TASK_PROPERTIES, f"/question: {detail}", (MemberFault(detail, "/question"),)))


_options: msgspec.json.Decoder[TextOptions | OwnOptions] = msgspec.json.Decoder(TextOptions | OwnOptions)
_explained = msgspec.json.Decoder(_Explained)
