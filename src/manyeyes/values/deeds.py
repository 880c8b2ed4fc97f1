"""The names of what can be done that the audit trail keeps (docs/decisions/0076). A name never changes."""

from enum import StrEnum


class Deed(StrEnum):
    """One line each, by its subject; what it is about stands before the dot."""

    ACCOUNT_OPEN = "account.open"
    ACCOUNT_SET = "account.set"
    BALANCE_TOP_UP = "balance.top_up"
    BALANCE_NOTICE = "balance.notice"
    COLLEAGUE_INVITE = "colleague.invite"
    COLLEAGUE_REMOVE = "colleague.remove"
    COLLEAGUE_SET = "colleague.set"
    KEY_REPLACE = "key.replace"
    KEY_SET = "key.set"
    QUEUE_ADD = "queue.add"
    QUEUE_SET = "queue.set"
    TOP_UP_APPROVE = "top_up.approve"
    TOP_UP_ASK = "top_up.ask"
    TOP_UP_DECLINE = "top_up.decline"
    WORKER_DISABLE = "worker.disable"
    WORKER_ENABLE = "worker.enable"
