"""POST /v3/recognition/<secretId>: recognise pictures, sent as files or as addresses.

See docs/contracts/tupu.md#recognition.
"""

from collections.abc import Sequence

from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.parameters import Parameters, Upload, Value
from manyeyes.tupu.recognition_pipeline import answer
from manyeyes.tupu.request import RecognitionRequest, Sent, base_name, check_app, is_upload, named, read_asked
from manyeyes.values.refusals import Refusal, Refused
from manyeyes.values.text.rules import without_outer_blanks


async def recognition(call: SignedCall) -> str | Refusal:
    """Return the answer. Checks in order: parameters 15 · tasks 7, 13 · pictures 3, 19 · rate 17 · re-send 1 ·
    fetching 14 · recognisers 101 · account 8 · queue 17."""
    try:
        check_app(call)
        asked = _read(call.parameters)
    except Refused as refused:
        return refused.refusal
    return await answer(call, asked)


def _read(parameters: Parameters) -> RecognitionRequest:
    values = [value for value in parameters.values("image") if isinstance(value, Upload) or without_outer_blanks(value)]
    pictures = _uploaded(values) if is_upload("image", values) else [_address(str(value)) for value in values]
    return read_asked(parameters, "recognition", pictures)


def _uploaded(values: Sequence[Value]) -> list[Sent]:
    files = [value for value in values if isinstance(value, Upload)]
    return [Sent(name=named(base_name(file.name)) or str(place), data=file.data) for place, file in enumerate(files)]


def _address(url: str) -> Sent:
    """Return the picture of an address: called as it came, fetched without blanks at its ends."""
    return Sent(name=named(url), url=without_outer_blanks(url))
