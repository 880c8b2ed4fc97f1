"""What a recognition call asks: its pictures and which of the app's recognitions look at them.

See docs/contracts/tupu.md#request.
"""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from manyeyes.apps.rules import IMAGE
from manyeyes.recognitions.rules import Recognition
from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.parameters import Parameters, Value, bad_parameter, readable
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import without_outer_blanks

MOST_PICTURES = 10  # docs/contracts/tupu.md#limits
LONGEST_NAME = 2_000  # of an address or a file
LONGEST_TAG = LONGEST_UID = 200


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One picture as it was sent: ``url`` to fetch, or ``data``, or why there is none (``fault``).

    ``name``: what the answer calls it. ``tag`` is None when the call sent no tags.
    """

    name: str
    url: str = ""
    data: bytes = b""
    fault: str = ""
    tag: str | None = None
    sequence_id: str = ""


class RecognitionRequest(msgspec.Struct, frozen=True):
    """What is the same in a re-send: everything but the time, the nonce and the way that it was written."""

    operation: str
    pictures: tuple[Sent, ...]
    tasks: tuple[str, ...]
    uid: str
    referer: str

    def digest(self) -> bytes:
        """Return SHA-256 of what is asked. Pictures enter it by their own SHA-256."""
        pictures = [msgspec.structs.replace(p, data=hashlib.sha256(p.data).digest()) for p in self.pictures]
        asked = msgspec.structs.replace(self, pictures=tuple(pictures))
        return hashlib.sha256(msgspec.msgpack.encode(asked)).digest()


def read_asked(parameters: Parameters, operation: str, pictures: Sequence[Sent]) -> RecognitionRequest:
    """Return the whole question around its pictures. Raises `Refused`.

    Who writes ``taskId``, as the statistics have it, means the same recognitions.
    """
    tags = parameters.texts("tag", LONGEST_TAG)
    sequences = parameters.texts("sequenceId", LONGEST_TAG)
    return RecognitionRequest(
        operation,
        tuple(
            msgspec.structs.replace(
                picture,
                tag=aligned(tags, place) if tags else None,
                sequence_id=aligned(sequences, place) if sequences else "",
            )
            for place, picture in enumerate(pictures)
        ),
        tuple(task_id for name in ("task", "taskId") for task_id in _ids(parameters, name)),
        parameters.text("uid", LONGEST_UID),
        _referer(parameters),
    )


def _ids(parameters: Parameters, name: str) -> list[str]:
    """Return the ids under a name; one of blanks alone is none."""
    found = map(without_outer_blanks, parameters.texts(name, LONGEST_TAG))
    return [each for each in found if each]


def aligned(texts: Sequence[str], place: int) -> str:
    """Return the text of the picture at a place; the last one fills the rest (docs/contracts/tupu.md#request)."""
    return texts[min(place, len(texts) - 1)]


def base_name(name: str) -> str:
    """Return a file's name without the path that some clients send along."""
    return re.split(r"[/\\]", name)[-1] or name


def is_upload(name: str, values: Sequence[Value]) -> bool:
    """Tell whether files came and not addresses. Raises `Refused` for both in one request.

    See docs/contracts/tupu.md#request.
    """
    kinds = {isinstance(value, str) for value in values}
    if len(kinds) > 1:
        raise bad_parameter(f"{name} holds files and addresses; one request carries the one or the other")
    return kinds == {False}


def check_app(call: SignedCall) -> None:
    """Raise `Refused` when the app is not one of pictures, or the body names another app than the path."""
    named = without_outer_blanks(call.parameters.text("secretId", 64))
    if named and named != call.app.secret_id:
        raise bad_parameter("secretId is not the one in the path")
    if call.app.medium != IMAGE:
        raise bad_parameter(f"the app is one of {call.app.medium}, and pictures alone are recognised here")


async def wanted(call: SignedCall, asked: RecognitionRequest) -> list[Recognition] | Refusal:
    """Return the open recognitions that are asked, or the refusal: 7, 13, 3, 19 (docs/decisions/0020)."""
    is_open = {found.task_id: found for found in await call.context.lookups.recognitions(call.app.secret_id)}
    is_open = {task_id: found for task_id, found in is_open.items() if not found.closed}
    unknown = [task_id for task_id in asked.tasks if task_id not in is_open]
    if unknown:
        return Refusal(Reason.UNKNOWN_RECOGNITION, repr(unknown[0][:40]))
    if not is_open:
        return Refusal(Reason.NO_RECOGNITION)
    if not asked.pictures:
        return Refusal(Reason.NO_PICTURE)
    if len(asked.pictures) > MOST_PICTURES:
        return Refusal(Reason.TOO_MANY_PICTURES, f"{len(asked.pictures)} came; at most {MOST_PICTURES} are taken")
    return [found for task_id, found in is_open.items() if not asked.tasks or task_id in asked.tasks]


def named(name: str) -> str:
    """Return a picture's name or address as it can be kept. Raises `Refused`."""
    return readable("image", name, LONGEST_NAME)


def _referer(parameters: Parameters) -> str:
    referer = parameters.text("referer", LONGEST_NAME)
    if not (referer.isascii() and referer.isprintable()):
        raise bad_parameter("referer holds characters that no header can carry")
    return referer
