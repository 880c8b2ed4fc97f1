"""Logs: one JSON line per event on stderr (readable text on a terminal), whoever writes it.

What libraries log, Python's warnings and what nobody caught become lines of the same form: a traceback is one member
of one line, and never lines of its own (docs/decisions/0093).
"""

import asyncio
import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from manyeyes.logs.request_note import current
from manyeyes.logs.unsaid import without_secrets

EventDict = structlog.typing.EventDict
log = structlog.get_logger()


def set_up_logs(level: int = logging.INFO) -> None:
    """Configure structlog for this process, and have it write what comes in by Python's own logging."""
    shape: list[structlog.typing.Processor] = [
        _of_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shape, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    heard = logging.StreamHandler(sys.stderr)
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    heard.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[drop, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(allow=()), *shape],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [heard]
    root.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook = _tell_uncaught
    threading.excepthook = _tell_thread
    sys.unraisablehook = _tell_unraisable


def tell_unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waited for, such as a task that failed: an event loop's exception handler.

    The loop's own writes the task out, and with it what its exception says.
    """
    log.error("fault_unheard", said=context["message"], exc_info=context.get("exception"))


def _of_request(_: object, __: str, event: EventDict) -> EventDict:
    """Add which request an event belongs to, while it is answered."""
    note = current()
    if note is not None and not note.is_told:
        event.setdefault("request_id", note.request_id)
    return event


def _tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("process_failed", exc_info=(kind, error, trace))


def _tell_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None:
        log.error("thread_failed", exc_info=given.exc_value)


def _tell_unraisable(given: Any) -> None:
    log.error("fault_unraisable", said=given.err_msg or "", exc_info=given.exc_value)
