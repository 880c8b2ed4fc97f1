"""The names of what can be done that the audit trail keeps (docs/decisions/0076). A name never changes."""

from enum import StrEnum


class Deed(StrEnum):
    """One line each, by its subject; what it is about stands before the dot."""

    ACCOUNT_OPEN = "account.open"
    ACCOUNT_SET = "account.set"
    BALANCE_TOP_UP = "balance.top_up"
    QUEUE_ADD = "queue.add"
    QUEUE_SET = "queue.set"
    WORKER_DISABLE = "worker.disable"
    WORKER_ENABLE = "worker.enable"
