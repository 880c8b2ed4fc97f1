"""What a call may raise: one class for each kind, all of them `ManyeyesError`."""

from collections.abc import Sequence

import msgspec


class ManyeyesError(Exception):
    """Anything that this package raises by intent."""


class WrongSettings(ManyeyesError, ValueError):
    """The address, the key or a term cannot be used."""


class WrongSource(ManyeyesError, ValueError):
    """A folder or file that is to be uploaded cannot be; the text names the file, and the line where it has lines."""


class NotReached(ManyeyesError):
    """The server did not answer, or was unavailable for longer than the client is patient."""


class NotYet(ManyeyesError, TimeoutError):
    """What was waited for has not ended in the time that was given; it goes on, and may be waited for again."""


class NotAnswered(ManyeyesError):
    """The task ended without an answer; ``reason`` is the server's word for why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail or reason)
        self.reason, self.detail = reason, detail


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one member (``pointer``, RFC 6901) of one line (from 1; None: no line) of what was sent."""

    detail: str = ""
    pointer: str = ""
    line: int | None = None


class ProblemError(ManyeyesError):
    """The server said no (RFC 9457).

    ``status`` is HTTP's; ``reason`` the server's name for it, such as ``key_reused``; ``type`` an address that explains
    it; ``detail`` a sentence; ``errors`` what is wrong with which member of which line.
    """

    def __init__(self, status: int, reason: str, detail: str, type: str = "", errors: Sequence[Fault] = ()) -> None:
        super().__init__(detail or reason or f"the server answered {status}")
        self.status, self.reason, self.detail, self.type, self.errors = status, reason, detail, type, tuple(errors)


class Unreadable(ProblemError):
    """400: the call was not understood."""


class UnknownKey(ProblemError):
    """401: no client key, or one that is not known here."""


class NotAllowed(ProblemError):
    """403: the key may not do this, or not from this address."""


class BalanceTooLow(ProblemError):
    """402, or another status for the same reason: the money is not there."""


class NotFound(ProblemError):
    """404: there is no such task, job or upload of this account."""


class Conflict(ProblemError):
    """409: it is not in a state in which that can be done."""


class KeyReused(Conflict):
    """409: the same idempotency key was sent before with something else."""


class Unfit(ProblemError):
    """422 or 413: understood, but not taken; ``errors`` says what and why."""


class BadItems(Unfit):
    """422: lines of an upload are not taken; ``errors`` has their numbers, and nothing of it was kept."""


class TooMany(ProblemError):
    """429: too many calls at once, for longer than the client is patient."""


class ServerFailed(ProblemError):
    """500 and above: a fault of the server's."""


BY_STATUS: dict[int, type[ProblemError]] = {
    400: Unreadable,
    401: UnknownKey,
    402: BalanceTooLow,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: Unfit,
    422: Unfit,
    429: TooMany,
}
BY_REASON: dict[str, type[ProblemError]] = {
    "bad_items": BadItems,
    "key_reused": KeyReused,
}


class _Problem(msgspec.Struct, frozen=True):
    type: str = ""
    detail: str = ""
    refusal: str = ""
    reason: str = ""
    errors: tuple[Fault, ...] = ()


def problem(status: int, body: bytes) -> ProblemError:
    """Return the exception for a reply that is no success, whoever wrote it: a proxy's page is no problem+json."""
    try:
        told = msgspec.json.decode(body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = _Problem(detail=f"the server answered {status} without a reason")
    reason = told.refusal or told.type.rpartition("#")[2]
    kind = BY_REASON.get(reason) or BY_STATUS.get(status) or (ServerFailed if status >= 500 else ProblemError)
    return kind(status, reason, told.detail or told.reason, told.type, told.errors)
