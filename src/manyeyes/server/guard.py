"""The outermost guard: whatever breaks inside, and whenever a call is cut off, the caller hears their contract's words.

Also what no edge should have to look at: a query or a cookie of thousands of pairs (docs/decisions/0039).
"""

import asyncio
from typing import Any

from manyeyes.db.pool import is_lost
from manyeyes.logs.request_note import note_fault, note_refusal
from manyeyes.runtime.batching import Unavailable
from manyeyes.server.trouble import Trouble
from manyeyes.server.trouble_answers import TroubleAnswers

MOST_PAIRS = 200  # of a query, of all cookies: browsers keep fewer for a host, and reading one takes a microsecond


class Guard:
    """Wraps the application; a reply that has begun is cut off, every other one is answered here."""

    def __init__(self, application: Any, answers: TroubleAnswers) -> None:
        self._application, self._answers = application, answers

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        has_begun = is_over = False

        def noting(message: dict[str, Any]) -> Any:
            nonlocal has_begun, is_over
            has_begun, is_over = True, message["type"] == "http.response.body" and not message.get("more_body")
            return send(message)

        trouble = _excess(scope)
        if trouble is None:
            try:
                await self._application(scope, receive, noting)
            except asyncio.CancelledError:  # the process is ending, and waits no longer for what this call waits for
                if has_begun:
                    raise
                trouble = Trouble.AWAY
            except Exception as error:
                if has_begun and not is_over:
                    raise
                trouble = _trouble_of(error)
            trouble = None if is_over else trouble or (None if has_begun else Trouble.BROKEN)
        if trouble is not None:
            note_refusal(trouble.name.lower())
            headers, body = self._answers.answer(_path_of(scope), trouble)
            await send({"type": "http.response.start", "status": trouble.status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _path_of(scope: dict[str, Any]) -> str:
    """Return the path; of the bare address the start page is a browser's, and everything else a customer's client's."""
    path: str = scope["path"]
    return "/login" if path == "/" and scope["method"] in ("GET", "HEAD") else path


def _excess(scope: dict[str, Any]) -> Trouble | None:
    """Return why a head is not looked at: it takes long to read, and nobody needs that much."""
    if scope["query_string"].count(b"&") >= MOST_PAIRS:
        return Trouble.LARGE_HEAD
    cookies = 0
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies += value.count(b";") + 1
    return Trouble.LARGE_HEAD if cookies > MOST_PAIRS else None


def _trouble_of(error: Exception) -> Trouble:
    if isinstance(error, Unavailable) or is_lost(error):
        return Trouble.AWAY
    note_fault(error, "call_failed")
    return Trouble.BROKEN
