"""The contract's other paths: what they are for is not offered, and they say so (code 15).

Every caller is told so, whatever their secretId and signature: the fault of such a client is the path, not the key.
"""

from collections.abc import Sequence

from manyeyes.tupu.response_json import Family
from manyeyes.values.refusals import Reason, Refusal

OFFERED = (
    "POST /v3/recognition/<secretId>, POST /v3/recognition/image/sync/base64/<secretId>, "
    "POST /v3/management/statistics/secret-task/<secretId> and GET /v3/public-key are"
)
_NOT_OFFERED = {
    "text": "texts are not recognised here",
    "speech": "speech is not recognised here",
    "video": "videos are not recognised here",
    "doc": "documents are not recognised here",
    "face": "faces are not compared here",
    "image": "pictures are recognised while the client waits, and not in another way",
    "feedback": "a wrong result is reported to this installation's own API",
}


def elsewhere(parts: Sequence[str]) -> Refusal:
    """Return the refusal for a path that is not offered, given in its parts after the version (code 15)."""
    kind = parts[1] if len(parts) > 1 and parts[0] == "recognition" else ""
    if family_of(parts) is Family.MANAGEMENT:
        why = "of the management calls there is statistics/secret-task alone"
    else:
        why = _NOT_OFFERED.get(kind, "this path is not known")
    return Refusal(Reason.UNKNOWN_METHOD, f"{why}; {OFFERED}")


def family_of(parts: Sequence[str]) -> Family:
    """Return which family an answer under a path belongs to: how it writes nonce and instant."""
    return Family.MANAGEMENT if parts and parts[0] == "management" else Family.RECOGNITION
