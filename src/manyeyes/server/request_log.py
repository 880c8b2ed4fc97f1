"""The line and the count of a request that was refused or failed; one that was served leaves neither."""

from collections.abc import Mapping
from typing import Any

import structlog
from prometheus_client import Counter
from starlette.requests import ClientDisconnect

from manyeyes.logs.line_pace import LinePace
from manyeyes.logs.request_note import RequestNote
from manyeyes.server.shown_path import shown, shown_path

REFUSED, FAILED = "request_refused", "request_failed"
ANSWERED_NOT = Counter("manyeyes_requests_refused", "Requests refused (or failed), by reason", ["reason"])
ANSWERED_NOT.labels("fault")  # from the start: Prometheus sees no increase in what begins with 1
_pace = LinePace()
log = structlog.get_logger()


def tell(note: RequestNote, scope: Mapping[str, Any], status: int, *, is_gone: bool) -> None:
    """Log a request whose reply is over, when it was refused or failed; ``status`` 0: none was sent.

    ``is_gone``: its client hung up before the end, and was refused nothing; only a fault is told.
    """
    note.is_told = True
    fault = None if isinstance(note.fault, ClientDisconnect) else note.fault
    note.fault = None  # it holds all that was at work
    if fault is None and (is_gone or (not note.reason and status < 400)):
        return
    client = scope.get("client")
    known = {"method": scope["method"], "path": shown_path(scope), "address": client[0] if client else ""}
    _write(note, known, status, fault)


def tell_unread(note: RequestNote, path: str, address: str, status: int) -> None:
    """Log a request that never became one."""
    note.is_told = True
    _write(note, {"path": shown(path), "address": address}, status, None)


def _write(note: RequestNote, known: dict[str, str], status: int, fault: BaseException | None) -> None:
    reason = "fault" if fault is not None else note.reason or f"http_{status}"
    event = FAILED if fault is not None or status >= 500 else REFUSED
    ANSWERED_NOT.labels(reason).inc()
    if not _pace.takes(event, reason):
        return
    line: dict[str, Any] = {"request_id": note.request_id, **known, "status": status, "reason": reason}
    line |= _caller(note.caller)
    if note.task_id is not None:
        line["task_id"] = note.task_id
    say = log.info if event == REFUSED else log.error
    try:
        say(event, **line, **({} if fault is None else {"exc_info": fault}))
    except Exception:  # such as no memory, or too deep a trace to be written
        say(event, **line)


def _caller(caller: object) -> dict[str, object]:
    """Return who called, as far as that is known: the role's number, and the cell of an account."""
    role = getattr(caller, "role", "")
    if role:  # a cookie's or a token's subject
        name = {"customer": "account_id", "worker": "worker_id", "operator": "staff_id"}.get(role, "subject_id")
        found = {name: getattr(caller, "subject_id", None), "cell": getattr(caller, "cell", None)}
        return found if role == "customer" else {name: found[name]}
    names = ("cell", "account_id", "worker_id")
    return {name: getattr(caller, name) for name in names if getattr(caller, name, None) is not None}
