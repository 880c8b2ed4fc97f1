"""What is answered when no edge can: each contract in its own words, chosen by the path (docs/decisions/0039)."""

import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec

from manyeyes.anticaptcha.errors import WireError, wire_error
from manyeyes.console import routes as console
from manyeyes.mcp.doorway import error_body
from manyeyes.server.trouble import Trouble
from manyeyes.tupu.operations import VERSIONS, parts_of
from manyeyes.tupu.response_json import error_answer, fault_answer
from manyeyes.tupu.unsupported import family_of
from manyeyes.v1.problems import PROBLEM_MEDIA, problem
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.response_signing import ResponseSigner

RETRY_SECONDS = b"5"
Headers = list[tuple[bytes, bytes]]
_ASK_LATER = (2, "ERROR_NO_SLOT_AVAILABLE")  # the one code that clients take as "later" (docs/decisions/0005)


class TroubleAnswers:
    """Makes the answer for a path: Anti-Captcha's envelope, TUPU's signed one, /v1's refusal, or words for a page."""

    def __init__(self, signed: Callable[[str], bytes]) -> None:
        self._signed = signed

    def answer(self, path: str, trouble: Trouble) -> tuple[Headers, bytes]:
        """Return headers and body; ``path`` is "" when none was read."""
        media, body = self._said(path, trouble)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(body))]
        headers += [(b"x-content-type-options", b"nosniff"), (b"connection", b"close")]
        return headers + ([] if trouble.is_callers else [(b"retry-after", RETRY_SECONDS)]), body

    def reply(self, path: str, trouble: Trouble, request_id: bytes) -> bytes:
        """Return a whole HTTP reply, for what never became a request."""
        headers, body = self.answer(path, trouble)
        headers.append((b"x-request-id", request_id))
        status = HTTPStatus(trouble.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode(), *(b"%b: %b" % header for header in headers)]
        return b"\r\n".join([*lines, b"", body])

    def _said(self, path: str, trouble: Trouble) -> tuple[bytes, bytes]:
        parts = parts_of(path)
        first = parts[0] if parts else ""
        if first in VERSIONS:
            return b"application/json", self._signed(_tupus(parts, trouble))
        if first == "v1":
            told = problem(_word(trouble), trouble.status, trouble.sentence)
            return PROBLEM_MEDIA.encode(), msgspec.json.encode(told)
        if first == "mcp":
            return b"application/json", error_body(trouble.sentence)
        if first and first in (*console.OWN_PATHS, "pictures"):
            return b"text/plain; charset=utf-8", trouble.sentence.encode()
        return b"application/json", msgspec.json.encode(_anticaptchas(trouble))


def answers_of(signer: ResponseSigner) -> TroubleAnswers:
    """Return the answers that this installation's key signs."""
    return TroubleAnswers(signer.signed)


def _word(trouble: Trouble) -> str:
    if trouble.is_callers:
        return "unreadable"
    return "failed" if trouble is Trouble.BROKEN else "unavailable"


def _anticaptchas(trouble: Trouble) -> WireError:
    if trouble.is_callers:
        return wire_error(Refusal(Reason.UNREADABLE, trouble.sentence))
    return WireError(*_ASK_LATER, f"{trouble.sentence[0].upper()}{trouble.sentence[1:]}")


def _tupus(parts: list[str], trouble: Trouble) -> str:
    family = family_of(parts[1:])
    if trouble.is_callers:
        return error_answer(Refusal(Reason.UNREADABLE, trouble.sentence), family, time.time())
    return fault_answer(family, time.time())
