"""What a worker may do, and how long a presence lasts without a sign of life."""

import enum
from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.values.refusals import Reason, Refusal

GRACE_SECONDS = 30.0  # without an open stream or a call a present worker counts as away
NODE_SILENT_SECONDS = 10.0  # a node that has not beaten for so long is dead
LAPSES_BEFORE_BREAK = 2  # leases in a row that run out: the worker has gone, and customers must not wait for them
LINK_SECONDS = 3_600.0  # docs/decisions/0027#operator: a link is valid for an hour
SESSION_SECONDS = 30 * 86_400.0
EVERY_PERSON = -2  # in the place of one of an account's people: all of them
SKIPS_KEPT_DAYS = 400  # a year, and what one looks back on it (docs/decisions/0089)
NOTED_SECONDS = 3_600.0  # a session's last use is written once in so long, not with every request


class SkipReason(enum.StrEnum):
    """Why a worker passes a task on, in the order in which the screen offers it."""

    UNREADABLE = "unreadable"
    WRONG_LANGUAGE = "wrong_language"
    UPSETTING = "upsetting"
    WIDGET_FAILED = "widget_failed"
    OTHER = "other"


class WorkerState(enum.StrEnum):
    """What a worker does: with or without a task in hand, away without a sign of life, or not online at all."""

    IDLE = "idle"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


OF_PICTURES = (SkipReason.UNREADABLE, SkipReason.WRONG_LANGUAGE, SkipReason.UPSETTING, SkipReason.OTHER)
OF_WIDGETS = (SkipReason.WIDGET_FAILED, SkipReason.OTHER)


def counts_as_failure(reason: SkipReason) -> bool:
    """Tell whether a skip says something about the task, and not only about the worker who skipped it."""
    return reason in (SkipReason.UNREADABLE, SkipReason.WIDGET_FAILED, SkipReason.OTHER)


def queues_for(
    wanted_queues: Sequence[int] | None,
    wanted_languages: Sequence[str] | None,
    worker_queues: Sequence[int],
    worker_languages: Sequence[str],
    queue_languages: Mapping[int, str],
) -> tuple[list[int], list[str]] | Refusal:
    """Return the queues and languages of a presence, or why it cannot begin.

    None asks for all that the worker may do. A queue is open to a worker who was given it and knows its language; one
    without a language is open to all who were given it.
    """
    languages = list(worker_languages if wanted_languages is None else wanted_languages)
    foreign = sorted(set(languages) - set(worker_languages))
    if foreign:
        return Refusal(Reason.QUEUE_NOT_ALLOWED, f"you were not given the language {', '.join(foreign)}")
    queues = list(worker_queues if wanted_queues is None else wanted_queues)
    unknown = sorted(q for q in queues if q not in queue_languages or q not in worker_queues)
    if unknown and wanted_queues is not None:
        return Refusal(Reason.QUEUE_NOT_ALLOWED, f"you were not given the queue {', '.join(map(str, unknown))}")
    fitting = [q for q in queues if q not in unknown and queue_languages[q] in ("", *languages)]
    if not fitting:
        return Refusal(Reason.QUEUE_NOT_ALLOWED, "none of these queues is in a language of yours")
    return fitting, languages


class WorkChoice(msgspec.Struct, frozen=True):
    """What a worker does not take now of what they were given; what they are given later they take."""

    declined_queues: tuple[int, ...] = ()
    declined_languages: tuple[str, ...] = ()


def taken_of(
    choice: WorkChoice,
    wanted_languages: Sequence[str] | None,
    worker_queues: Sequence[int],
    worker_languages: Sequence[str],
    queue_languages: Mapping[int, str],
) -> tuple[list[int], list[str]] | Refusal:
    """Return the queues and languages that a worker takes now (docs/decisions/0085), or why there are none.

    ``wanted_languages``: asked for this time, whatever languages were chosen.
    """
    allowed = queues_for(None, wanted_languages, worker_queues, worker_languages, queue_languages)
    if isinstance(allowed, Refusal):
        return allowed
    queues, languages = allowed
    if wanted_languages is None:
        languages = [each for each in languages if each not in choice.declined_languages]
    spoken = ("", *languages)
    queues = [q for q in queues if q not in choice.declined_queues and queue_languages[q] in spoken]
    return (queues, languages) if queues else NONE_TAKEN


NONE_TAKEN = Refusal(
    Reason.NONE_TAKEN, "that leaves you no queue to work in; choose one, and its language, at /worker/queues"
)


def may_judge(languages: Sequence[str], queue_languages: Mapping[int, str]) -> list[int]:
    """Return the queues whose complaints a reviewer may judge: they must know the queue's language.

    What of them is marked comes only before those who agreed to it, as it does with workers (wellbeing/rules.py).
    """
    return [queue_id for queue_id, language in queue_languages.items() if language in languages]
