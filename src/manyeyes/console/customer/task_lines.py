"""A customer's task as the pages draw it: state, money, what may be done with it now."""

from datetime import UTC, datetime, tzinfo

import msgspec
from babel.support import Translations

from manyeyes.console.customer.task_answers import ShownAnswer, asked_words, shown_answer
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.report_wording import STATES as REPORT_STATES
from manyeyes.reports.rules import REPORT_SECONDS, ReportKind, ReportState
from manyeyes.roles.customer.tasks import CustomerTask
from manyeyes.tasks.rules import TOKEN_KINDS, Assurance, Ending, wire_id
from manyeyes.tasks.seen.store import SeenTask, TaskState
from manyeyes.values.signed_links import PictureLinks

STATES = {
    TaskState.DRAFT: mark("In a job that has not begun"),
    TaskState.WAITING: mark("Waiting"),
    TaskState.ANSWERING: mark("Being answered"),
    TaskState.PAUSED: mark("Its job is paused"),
    TaskState.DONE: mark("Answered"),
    TaskState.FAILED: mark("Without an answer"),
    TaskState.CANCELLED: mark("Cancelled"),
}
FAILURES = {
    Ending.UNSOLVABLE: mark("Nobody could answer it"),
    Ending.UNANSWERED: mark("Not answered in time"),
    Ending.BARRED: mark("Ended: site not proven"),
    Ending.NO_PICTURE: mark("Its picture could not be had"),
}
# The dots of reading_pages.css.
LOOKS = {
    TaskState.WAITING: "waiting",
    TaskState.ANSWERING: "answering",
    TaskState.DONE: "solved",
    TaskState.FAILED: "unsolvable",
}
MISSING = {
    "forgotten": mark("no longer kept"),
    "widget": mark("a widget, no picture"),
    "elsewhere": mark("not fetched yet"),
}


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """A task in the reader's language and time zone.

    ``missing``: why no picture is there, in words. ``answer``: None when there is none, or it is no longer kept.
    ``most_micros``: the most it may cost, None as soon as it ended. ``left``: whole seconds in which something can
    still be said of the answer, 0 for none. ``report``: what became of what was said, in words. ``answers``: how many
    people gave one; ``confidence`` None: one person's word is all.
    """

    number: int
    wire: int
    ask: str
    image_url: str
    missing: str
    state: str
    look: str
    why: str
    answer: ShownAnswer | None
    is_forgotten: bool
    charged_micros: int
    refunded_micros: int
    most_micros: int | None
    queue: str
    made_at: datetime
    external_id: str
    job: int
    line: int
    left: int
    may_praise: bool
    may_cancel: bool
    report: str
    report_look: str
    answers: int
    confidence: float | None
    is_uncertain: bool
    is_proven: bool
    is_reviewed: bool


def task_line(
    found: CustomerTask, translations: Translations, links: PictureLinks, zone: tzinfo, now: datetime | None = None
) -> TaskLine:
    """Return a task as the pages draw it."""
    task, translate = found.task, translations.ugettext
    is_solved = task.ending is Ending.SOLVED
    report = _report_state(task)
    return TaskLine(
        number=task.task_id,
        wire=wire_id(task.task_id),
        ask=asked_words(translations, found.options),
        image_url=found.picture.customers_path(links) if found.picture else "",
        missing="" if found.picture else translate(MISSING[_missing(task)]),
        state=translate(STATES[task.state]),
        look=LOOKS.get(task.state, ""),
        why=translate(FAILURES[task.ending]) if task.ending in FAILURES else "",
        answer=shown_answer(found.options, task.answer) if is_solved and task.is_kept else None,
        is_forgotten=is_solved and not task.is_kept,
        charged_micros=task.charged_micros,
        refunded_micros=task.refunded_micros,
        most_micros=found.most_micros if task.ended_at is None else None,
        queue=found.queue.name,
        made_at=task.created_at.astimezone(zone),
        external_id=task.external_id,
        job=task.job_id,
        line=task.line,
        left=seconds_left(found, now or datetime.now(UTC)),
        may_praise=task.kind in TOKEN_KINDS,
        may_cancel=task.work_state is not None and task.state in (TaskState.WAITING, TaskState.PAUSED),
        report=_report_words(translations, task, report),
        report_look=report,
        answers=task.answers,
        confidence=task.confidence,
        is_uncertain=task.assurance is Assurance.UNCERTAIN,
        is_proven=bool(task.is_proven),
        is_reviewed=task.assurance is Assurance.REVIEWED,
    )


def seconds_left(found: CustomerTask, now: datetime) -> int:
    """Return for how many seconds something can still be said of the answer; 0 when nothing can.

    docs/contracts/anticaptcha.md#reports. Whether it came in time the database's clock decides (reports/rules.py).
    """
    task = found.task
    may_be_said = task.kind in TOKEN_KINDS or found.queue.accepts_complaints
    if task.ended_at is None or task.ending is not Ending.SOLVED or task.report_state is not None or not may_be_said:
        return 0
    return max(0, REPORT_SECONDS - max(0, int((now - task.ended_at).total_seconds())))


def _report_state(task: SeenTask) -> str:
    return "" if task.report_state is None else ReportState(task.report_state).name.lower()


def _report_words(translations: Translations, task: SeenTask, state: str) -> str:
    if not state:
        return ""
    said = translations.ugettext(PRAISED if task.report_kind == ReportKind.TOKEN_CORRECT else COMPLAINED)
    return said % {"state": translations.ugettext(REPORT_STATES[state])}


def _missing(task: SeenTask) -> str:
    if task.is_kept is False:
        return "forgotten"
    return "widget" if task.kind in TOKEN_KINDS else "elsewhere"


COMPLAINED, PRAISED = mark("You said it is wrong: %(state)s"), mark("You said it is right: %(state)s")
