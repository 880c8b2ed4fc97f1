"""What becomes known of a request while it is answered: by whom, about which task, why it was refused or failed.

Whoever finds something out notes it; the server writes the one line when the reply is complete, and only for a request
that was refused or failed (`server/request_log.py`). Outside of a request, as in `manyeyes mcp`, notes go nowhere.
"""

from contextvars import ContextVar

import structlog

_CURRENT: ContextVar["RequestNote | None"] = ContextVar("request", default=None)
log = structlog.get_logger()


class RequestNote:
    """``caller``: whose key, token or cookie it is; it has `cell` and `account_id`, `worker_id`, or a role's number."""

    __slots__ = ("caller", "fault", "is_told", "reason", "request_id", "task_id")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.reason = ""
        self.fault: BaseException | None = None
        self.caller: object = None
        self.task_id: int | None = None
        self.is_told = False


def begin(note: RequestNote) -> None:
    """Let what runs from now on in this task, and in tasks that it begins, be about a request."""
    _CURRENT.set(note)


def current() -> RequestNote | None:
    """Return the note of the request that is being answered; None outside of one."""
    return _CURRENT.get()


def note_refusal(reason: str) -> None:
    """Note why the request is refused: a word out of few, never the caller's own."""
    note = _CURRENT.get()
    if note is not None:
        note.reason = reason


def note_fault(error: BaseException, event: str) -> None:
    """Note what broke; where no request is answered it is logged at once, as ``event``."""
    note = _CURRENT.get()
    if note is None:
        log.error(event, exc_info=error)
    else:
        note.fault = note.fault or error


def note_caller(caller: object) -> None:
    """Note who calls."""
    note = _CURRENT.get()
    if note is not None:
        note.caller = caller


def note_task(task_id: int) -> None:
    """Note which task the request is about, by the number that its caller knows."""
    note = _CURRENT.get()
    if note is not None:
        note.task_id = task_id
