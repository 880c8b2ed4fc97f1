"""POST /v3/recognition/image/sync/base64/<secretId>: recognise pictures that came in base64.

See docs/contracts/tupu.md#paths.
"""

from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.parameters import Parameters, bad_parameter
from manyeyes.tupu.recognition_pipeline import answer
from manyeyes.tupu.request import RecognitionRequest, Sent, check_app, read_asked
from manyeyes.values.base64_text import base64_bytes
from manyeyes.values.refusals import Refusal, Refused


async def image_sync_base64(call: SignedCall) -> str | Refusal:
    """Return the answer; its checks are those of recognition.py. A picture's name is its place, from "0"."""
    try:
        check_app(call)
        asked = _read(call.parameters)
    except Refused as refused:
        return refused.refusal
    return await answer(call, asked)


def _read(parameters: Parameters) -> RecognitionRequest:
    values = [value for value in parameters.values("image") if value != ""]
    if not all(isinstance(value, str) for value in values):
        raise bad_parameter("images must be texts in base64, and a file came")
    pictures = [_picture(str(place), str(value)) for place, value in enumerate(values)]
    return read_asked(parameters, "image_sync_base64", pictures)


def _picture(name: str, text: str) -> Sent:
    """Return what the base64 holds, without a ``data:`` prefix; what is none is a label -1."""
    prefix, _, behind = text.partition(",") if text[:5].lower() == "data:" else ("", "", text)
    if prefix and not prefix.lower().endswith(";base64"):
        return Sent(name=name, fault="its data: prefix does not end in ;base64")
    try:
        return Sent(name=name, data=base64_bytes(behind))
    except ValueError as error:
        return Sent(name=name, fault=f"it is no base64: {error}")
