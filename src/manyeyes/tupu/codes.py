"""Which code of the contract a refusal is (docs/contracts/tupu.md#codes). Programs read the code; the text is ours."""

from manyeyes.values.refusals import Reason, Refusal

SUCCESS = 0
SUCCESS_MESSAGE = "success"
FAULT = (100, "The service could not answer; try again in a few seconds")
CODES = {
    Reason.ADDRESS_BLOCKED: (1, "Authentication failed"),
    Reason.ADDRESS_NOT_ALLOWED: (1, "Authentication failed"),
    Reason.BAD_SIGNATURE: (1, "Authentication failed"),
    Reason.CALL_REPEATED: (1, "Authentication failed: this timestamp and nonce were used for another call"),
    Reason.UNKNOWN_KEY: (1, "Authentication failed: there is no such API key"),
    Reason.NO_PICTURE: (3, "There is no picture in the request"),
    Reason.UNKNOWN_APP: (6, "There is no app with this secretId"),
    Reason.UNKNOWN_RECOGNITION: (7, "The app has no such task"),
    Reason.APP_SUSPENDED: (8, "The app is suspended"),
    Reason.ACCOUNT_SUSPENDED: (8, "The app's account is suspended"),
    Reason.UNKNOWN_ACCOUNT: (8, "The app's account is gone"),
    Reason.BALANCE_TOO_LOW: (8, "The account's balance does not cover the call"),
    Reason.NO_PUBLIC_KEY: (9, "The app has no public key to check signatures with"),
    Reason.STALE_TIME: (12, "The timestamp cannot be read or is too far from now"),
    Reason.NO_RECOGNITION: (13, "The app has no task, or all are closed"),
    Reason.PICTURES_FAILED: (14, "No picture could be fetched"),
    Reason.PICTURE_TOO_BIG: (14, "The request is too big"),
    Reason.BAD_PARAMETER: (15, "Illegal parameter"),
    Reason.UNREADABLE: (15, "The request body cannot be read"),
    Reason.UNKNOWN_METHOD: (15, "There is no such call"),
    Reason.TOO_FAST: (17, "Too many calls in a second"),
    Reason.QUEUE_FULL: (17, "The queue of the people who review is full"),
    Reason.TOO_MANY_PICTURES: (19, "Too many pictures in one request"),
    Reason.NO_ROOM: (100, "There is no room for new calls; try again later"),
    Reason.RECOGNISER_AWAY: (101, "A recogniser cannot run"),
}


def code_and_message(refusal: Refusal) -> tuple[int, str]:
    """Return what stands in the answer. Raises KeyError for a reason that this contract cannot meet."""
    code, text = CODES[refusal.reason]
    return code, f"{text}: {refusal.detail}" if refusal.detail else text
