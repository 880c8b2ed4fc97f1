"""A refusal is an expected "no". It carries no wire code: each contract maps the reason.

See docs/decisions/0027#refusals.
"""

import enum

import msgspec


class Reason(enum.StrEnum):
    """Every expected "no" that a rule or an action may give."""

    UNKNOWN_KEY = "unknown_key"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    ADDRESS_BLOCKED = "address_blocked"
    ACCOUNT_SUSPENDED = "account_suspended"
    TASK_ABSENT = "task_absent"
    TASK_NOT_SUPPORTED = "task_not_supported"
    TASK_PROPERTIES = "task_properties"
    PICTURE_TOO_SMALL = "picture_too_small"
    PICTURE_TOO_BIG = "picture_too_big"
    PICTURE_NOT_SUPPORTED = "picture_not_supported"
    BALANCE_TOO_LOW = "balance_too_low"
    QUEUE_FULL = "queue_full"
    NO_ROOM = "no_room"
    ALL_FILTERED = "all_filtered"
    UNKNOWN_TASK = "unknown_task"
    TASK_DROPPED = "task_dropped"
    UNSOLVABLE = "unsolvable"
    UNANSWERED = "unanswered"
    ACCESS_DENIED = "access_denied"
    SITE_NOT_PROVEN = "site_not_proven"
    SITE_WITHDRAWN = "site_withdrawn"
    TOKEN_EXPIRED = "token_expired"
    UNKNOWN_METHOD = "unknown_method"
    UNREADABLE = "unreadable"

    UNKNOWN_TOKEN = "unknown_token"
    WORKER_DISABLED = "worker_disabled"
    NOT_ONLINE = "not_online"
    BREAK_DUE = "break_due"
    BELOW_FLOOR = "below_floor"
    NOT_BELOW_FLOOR = "not_below_floor"
    NO_TRAINING = "no_training"
    QUEUE_NOT_ALLOWED = "queue_not_allowed"
    NONE_TAKEN = "none_taken"
    LEASE_LOST = "lease_lost"
    ALREADY_ANSWERED = "already_answered"
    ALREADY_PASSED_ON = "already_passed_on"
    TOO_LATE = "too_late"
    QUEUE_LOST = "queue_lost"
    KEPT_TOO_LONG = "kept_too_long"
    ANSWER_UNFIT = "answer_unfit"
    FOREIGN_ORIGIN = "foreign_origin"

    TASK_UNFINISHED = "task_unfinished"
    TASK_FAILED = "task_failed"
    REPORT_LATE = "report_late"
    REPORT_REPEATED = "report_repeated"
    REPORT_WRONG_KIND = "report_wrong_kind"
    REPORT_NOT_ACCEPTED = "report_not_accepted"
    UNKNOWN_REPORT = "unknown_report"
    NOT_REVIEWER = "not_reviewer"
    SLOT_LOST = "slot_lost"
    NOT_REFUSED = "not_refused"
    ALREADY_APPEALED = "already_appealed"
    ALREADY_DECIDED = "already_decided"
    UNKNOWN_PAYOUT = "unknown_payout"
    PAYOUT_TOO_SMALL = "payout_too_small"
    PAYOUT_TOO_LARGE = "payout_too_large"
    PAYOUT_CHANGED = "payout_changed"
    TRIED_ENOUGH = "tried_enough"
    TOO_MANY_WAITS = "too_many_waits"

    UNKNOWN_DELIVERY = "unknown_delivery"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_SITE = "unknown_site"

    UNKNOWN_APP = "unknown_app"
    APP_SUSPENDED = "app_suspended"
    NO_PUBLIC_KEY = "no_public_key"
    STALE_TIME = "stale_time"
    BAD_SIGNATURE = "bad_signature"
    CALL_REPEATED = "call_repeated"
    BAD_PARAMETER = "bad_parameter"
    UNKNOWN_RECOGNITION = "unknown_recognition"
    THRESHOLD_FIXED = "threshold_fixed"
    THRESHOLD_OUT_OF_BOUNDS = "threshold_out_of_bounds"
    NO_RECOGNITION = "no_recognition"
    NO_PICTURE = "no_picture"
    PICTURE_AWAY = "picture_away"
    PICTURES_FAILED = "pictures_failed"
    TOO_MANY_PICTURES = "too_many_pictures"
    TOO_FAST = "too_fast"
    RECOGNISER_AWAY = "recogniser_away"

    UNKNOWN_JOB = "unknown_job"
    UNKNOWN_QUESTION = "unknown_question"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_UPLOAD = "unknown_upload"
    UNKNOWN_BUCKET = "unknown_bucket"
    SCOPE_MISSING = "scope_missing"
    KEY_REUSED = "key_reused"
    PRICE_TOO_HIGH = "price_too_high"
    BUDGET_USED_UP = "budget_used_up"
    NOT_CANCELLABLE = "not_cancellable"
    JOB_NOT_DRAFT = "job_not_draft"
    JOB_NOT_STARTED = "job_not_started"
    JOB_ENDED = "job_ended"
    JOB_EMPTY = "job_empty"
    UPLOAD_OPEN = "upload_open"
    BAD_ITEMS = "bad_items"
    CURSOR_UNKNOWN = "cursor_unknown"

    ROLE_FORBIDS = "role_forbids"
    UNKNOWN_COLLEAGUE = "unknown_colleague"
    LAST_OWNER = "last_owner"
    UNKNOWN_CLIENT_KEY = "unknown_client_key"
    KEY_REPLACED = "key_replaced"
    ENOUGH_OF_THEM = "enough_of_them"
    UNKNOWN_ADDRESS = "unknown_address"
    ADDRESS_THERE = "address_there"
    NO_MAIL = "no_mail"
    UNKNOWN_TOP_UP = "unknown_top_up"


class MemberFault(msgspec.Struct, frozen=True):
    """What is wrong with one member: an English sentence, its JSON pointer (RFC 6901), and of a file the line from 1.

    An empty ``pointer`` is the whole body or line; ``line`` None: it is no file that was sent.
    """

    detail: str
    pointer: str = ""
    line: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """``reason`` is for programs, ``detail`` an English sentence for people (may be empty).

    ``findings``: which members are wrong, where an edge can tell.
    """

    reason: Reason
    detail: str = ""
    findings: tuple[MemberFault, ...] = ()


class Refused(Exception):
    """Ends a request at an edge, however deep its reading is; the edge that it came to answers with ``refusal``.

    Below the edges a refusal is returned, never raised.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal
