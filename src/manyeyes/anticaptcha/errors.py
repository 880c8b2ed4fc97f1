"""Which wire error a refusal is. Clients read number and code; the text is ours.

See docs/contracts/anticaptcha.md#errors.
"""

import msgspec

from manyeyes.values.refusals import Reason, Refusal

# One code for a task that is not there and for every refused report (docs/contracts/anticaptcha.md#reports).
_NO_SUCH_TASK = (
    16,
    "ERROR_NO_SUCH_CAPCHA_ID",
    "Task you are requesting does not exist in your current task list or has been expired.",
)
_ERRORS = {
    Reason.UNKNOWN_KEY: (1, "ERROR_KEY_DOES_NOT_EXIST", "Account authorization key not found in the system"),
    Reason.UNKNOWN_ACCOUNT: (1, "ERROR_KEY_DOES_NOT_EXIST", "Account authorization key not found in the system"),
    Reason.QUEUE_FULL: (2, "ERROR_NO_SLOT_AVAILABLE", "The queue is full; raise your bid or come back later"),
    Reason.NO_ROOM: (2, "ERROR_NO_SLOT_AVAILABLE", "There is no room for new tasks; come back later"),
    Reason.PICTURE_TOO_SMALL: (3, "ERROR_ZERO_CAPTCHA_FILESIZE", "The picture has less than 100 bytes"),
    Reason.PICTURE_TOO_BIG: (4, "ERROR_TOO_BIG_CAPTCHA_FILESIZE", "The picture is too big"),
    Reason.BALANCE_TOO_LOW: (10, "ERROR_ZERO_BALANCE", "The account's balance does not cover the task"),
    Reason.ADDRESS_NOT_ALLOWED: (11, "ERROR_IP_NOT_ALLOWED", "The key does not allow calls from this address"),
    Reason.UNSOLVABLE: (12, "ERROR_CAPTCHA_UNSOLVABLE", "The task could not be solved by 5 different workers"),
    Reason.UNANSWERED: (12, "ERROR_CAPTCHA_UNSOLVABLE", "The task's time ran out"),
    Reason.UNKNOWN_METHOD: (14, "ERROR_NO_SUCH_METHOD", "There is no such method"),
    Reason.PICTURE_NOT_SUPPORTED: (
        15,
        "ERROR_IMAGE_TYPE_NOT_SUPPORTED",
        "It is no JPEG, GIF or PNG that browsers show",
    ),
    Reason.UNKNOWN_TASK: _NO_SUCH_TASK,
    Reason.TASK_DROPPED: _NO_SUCH_TASK,
    Reason.TASK_UNFINISHED: _NO_SUCH_TASK,
    Reason.TASK_FAILED: _NO_SUCH_TASK,
    Reason.REPORT_LATE: _NO_SUCH_TASK,
    Reason.REPORT_REPEATED: _NO_SUCH_TASK,
    Reason.REPORT_WRONG_KIND: _NO_SUCH_TASK,
    Reason.REPORT_NOT_ACCEPTED: _NO_SUCH_TASK,
    Reason.ADDRESS_BLOCKED: (21, "ERROR_IP_BLOCKED", "Calls from this address are blocked"),
    Reason.TASK_ABSENT: (22, "ERROR_TASK_ABSENT", "The task property is empty or missing"),
    Reason.TASK_NOT_SUPPORTED: (23, "ERROR_TASK_NOT_SUPPORTED", "The task type is not supported"),
    Reason.SITE_NOT_PROVEN: (24, "ERROR_INCORRECT_SESSION_DATA", "Control over the site is not proven"),
    Reason.TASK_PROPERTIES: (24, "ERROR_INCORRECT_SESSION_DATA", "A property is missing or invalid"),
    Reason.UNREADABLE: (24, "ERROR_INCORRECT_SESSION_DATA", "The request body is no JSON object"),
    Reason.ACCESS_DENIED: (58, "ERROR_ACCESS_DENIED", "The application is not yours"),  # our number: none is published
    Reason.SCOPE_MISSING: (58, "ERROR_ACCESS_DENIED", "The key does not open this method; it has no scope"),
    Reason.TOKEN_EXPIRED: (34, "ERROR_TOKEN_EXPIRED", "The token is older than 120 seconds; its site would refuse it"),
    Reason.ALL_FILTERED: (
        54,
        "ERROR_ALL_WORKERS_FILTERED",
        "Your reports of incorrect answers have filtered every worker who is there",
    ),
    Reason.ACCOUNT_SUSPENDED: (55, "ERROR_ACCOUNT_SUSPENDED", "The account is suspended"),
    Reason.SITE_WITHDRAWN: (
        57,
        "ERROR_TASK_CANCELED",
        "The proof of control over the task's site has ended; the task is not charged",
    ),
}


class WireError(msgspec.Struct, frozen=True):
    """The error envelope: always all three, and nothing else (docs/contracts/anticaptcha.md#envelope)."""

    errorId: int
    errorCode: str
    errorDescription: str


def wire_error(refusal: Refusal) -> WireError:
    """Return the envelope of a refusal. Raises KeyError for a reason that this contract cannot meet."""
    number, code, text = _ERRORS[refusal.reason]
    if refusal.detail:
        text += f" {refusal.detail}" if text.endswith(".") else f": {refusal.detail}"
    return WireError(number, code, text)
