"""The Tasks extension's view of a task of ours (io.modelcontextprotocol/tasks, revision 2026-07-28).

A handle is the task's number and a code over it by the client key: whoever has the key can make it again, so nothing
is kept, any process answers for it after any restart, and nobody guesses one (its "Security Considerations").
"""

import hashlib
import hmac
from typing import Any

from manyeyes.mcp.installation import ToldTask
from manyeyes.mcp.replies import reply_of, sentence_of

EXTENSION = "io.modelcontextprotocol/tasks"
POLL_MILLISECONDS = 3000  # people take ten seconds and more


def handle_of(task_id: int, secret: bytes) -> str:
    """Return the handle of a task for who calls with a client key."""
    return f"{task_id}-{hmac.digest(secret, b'mcp task %d' % task_id, hashlib.sha256).hex()[:32]}"


def read_handle(handle: str, secret: bytes) -> int | None:
    """Return the number of the task that a handle names; None for one that was not made with this client key."""
    number = handle.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 20):
        return None
    wanted = handle_of(int(number), secret)
    return int(number) if hmac.compare_digest(wanted.encode(), handle.encode()) else None


def state_of(task: ToldTask, handle: str) -> dict[str, Any]:
    """Return the extension's ``Task``. What people could not answer has completed: "failed" is for broken calls."""
    changed = task.ended_at or task.created_at
    status = {"done": "completed", "failed": "completed", "cancelled": "cancelled"}.get(task.state, "working")
    return {
        "taskId": handle,
        "status": status,
        "statusMessage": sentence_of(reply_of(task)),
        "createdAt": task.created_at.isoformat(),
        "lastUpdatedAt": changed.isoformat(),
        "ttlMs": None,
        "pollIntervalMs": POLL_MILLISECONDS,
    }
