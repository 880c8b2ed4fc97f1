"""What a job is, what it may cost, and what becomes of it (docs/decisions/0046)."""

import enum


class JobState(enum.IntEnum):
    """draft → running ⇄ paused → finished | cancelled; a draft may be cancelled as well."""

    DRAFT = 0  # its items may be uploaded; nothing costs anything
    RUNNING = 1
    PAUSED = 2  # its customer wants it so; what lies on desks is finished
    FINISHED = 3
    CANCELLED = 4  # what waited was given back; what was answered stays
