"""The contract's letters, copied from its published description: key sets, error numbers and the documents' samples."""

import re
from typing import Any

ERROR_KEYS = {"errorId", "errorCode", "errorDescription"}
REPLY_KEYS = {
    "createTask": {"errorId", "taskId"},
    "getTaskResult, processing": {"errorId", "status"},
    "getTaskResult, ready": {
        *("errorId", "status", "solution", "cost", "ip", "createTime", "endTime", "solveCount"),
    },
    "getBalance": {"errorId", "balance"},
    "getQueueStats": {"errorId", "waiting", "load", "bid", "speed", "total"},
    "getSpendingStats": {"errorId", "data"},
    "reportIncorrectImageCaptcha": {"errorId", "status"},
    "reportCorrectRecaptcha": {"errorId", "status"},
    "reportIncorrectRecaptcha": {"errorId", "status"},
    "reportIncorrectHcaptcha": {"errorId", "status"},
    "getAppStats": {"errorId", "chartData", "fromDate", "toDate"},
}
WINDOW_KEYS = {"dateFrom", "dateTill", "volume", "money"}

# The error table, as far as these methods can meet it.
ERROR_CODES = {
    1: "ERROR_KEY_DOES_NOT_EXIST",
    2: "ERROR_NO_SLOT_AVAILABLE",
    3: "ERROR_ZERO_CAPTCHA_FILESIZE",
    4: "ERROR_TOO_BIG_CAPTCHA_FILESIZE",
    10: "ERROR_ZERO_BALANCE",
    11: "ERROR_IP_NOT_ALLOWED",
    12: "ERROR_CAPTCHA_UNSOLVABLE",
    14: "ERROR_NO_SUCH_METHOD",
    15: "ERROR_IMAGE_TYPE_NOT_SUPPORTED",
    16: "ERROR_NO_SUCH_CAPCHA_ID",
    21: "ERROR_IP_BLOCKED",
    22: "ERROR_TASK_ABSENT",
    23: "ERROR_TASK_NOT_SUPPORTED",
    24: "ERROR_INCORRECT_SESSION_DATA",
    34: "ERROR_TOKEN_EXPIRED",
    54: "ERROR_ALL_WORKERS_FILTERED",
    55: "ERROR_ACCOUNT_SUSPENDED",
    57: "ERROR_TASK_CANCELED",
    58: "ERROR_ACCESS_DENIED",
}

# The sample answer of getSpendingStats as its documentation prints it: the middle windows are left out there.
SPENDING_SAMPLE: list[dict[str, Any]] = [
    {"dateFrom": 1550533500, "dateTill": 1550537099, "volume": 1899, "money": 7.495948},
    {"dateFrom": 1550537100, "dateTill": 1550540699, "volume": 2217, "money": 7.861741},
    {"dateFrom": 1550612700, "dateTill": 1550616299, "volume": 2156, "money": 7.827058},
]
SPENDING_SAMPLE_REQUEST: dict[str, Any] = {
    "clientKey": "YOUR_API_KEY",
    "date": 1672185600,
    "queue": "Recaptcha Proxyless",
}
UNKNOWN_KEY_SAMPLE = {
    "errorId": 1,
    "errorCode": "ERROR_KEY_DOES_NOT_EXIST",
    "errorDescription": "Account authorization key not found in the system",
}

COST = re.compile(r"\d+\.\d{6}")


def assert_error(reply: dict[str, object], error_id: int) -> None:
    """Fail unless the reply has an error's three members and no other, with the right types and the exact code."""
    assert reply.get("errorId") == error_id, reply
    assert type(reply["errorId"]) is int
    assert set(reply) == ERROR_KEYS
    assert reply["errorCode"] == ERROR_CODES[error_id]
    assert isinstance(reply["errorDescription"], str)
    assert reply["errorDescription"]
