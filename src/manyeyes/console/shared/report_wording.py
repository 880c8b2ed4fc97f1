"""What pages say about complaints: states, kinds, and the reasons of reviewers and rules, in the reader's words."""

from collections.abc import Mapping

from babel.support import Translations

from manyeyes.console.shared.languages import mark
from manyeyes.reports.rules import WHYS, ReportKind
from manyeyes.roles.customer.reports import CustomerReport, ReportStatus

STATES: Mapping[str, str] = {
    ReportStatus.OPEN: mark("With the reviewers"),
    ReportStatus.CONFIRMED: mark("Confirmed"),
    ReportStatus.REJECTED: mark("Not confirmed"),
    ReportStatus.IGNORED: mark("Ignored"),
    ReportStatus.REFUSED: mark("Refused"),
    ReportStatus.COUNTED: mark("Counted"),
}
KINDS: Mapping[ReportKind, str] = {
    ReportKind.IMAGE_INCORRECT: mark("Wrong answer to a picture"),
    ReportKind.TOKEN_INCORRECT: mark("Token did not work"),
    ReportKind.TOKEN_CORRECT: mark("Token worked"),
}
# A vote's reason is one of these words or the reviewer's own sentence.
VOTE_REASONS: Mapping[str, str] = {
    "wrong": mark("The answer is wrong"),
    "right": mark("The answer is right"),
    "several": mark("More than one label fits the picture: the answer stands"),
    "unjudged": mark("Nobody can tell from the picture: the answer stands"),
    "ambiguous": mark("0 and O, or 1, l and I, look alike in the picture: the answer stands"),
}
WHY: Mapping[str, str] = {
    "unknown_task": mark("This account has no such task"),
    "task_unfinished": mark("The task was not finished"),
    "task_failed": mark("The task ended without an answer"),
    "report_late": mark("It came 60 seconds or more after the task was finished"),
    "report_repeated": mark("The task had been reported before"),
    "report_wrong_kind": mark("This method is not for this kind of task"),
    "report_not_accepted": mark("The task's queue accepts no complaints"),
    "confirmed_too_seldom": mark("Fewer than half of this account's judged complaints were confirmed"),
    "incorrect_too_often": mark(
        "This account calls far more tokens wrong than others do, so for three days "
        "its word on wrong ones does not count"
    ),
    "undecided": mark("The reviewers did not decide in time, so it was confirmed in your favour"),
}


def said(translations: Translations, known: Mapping[str, str], code: str) -> str:
    """Return the sentence for a code; what is no code is somebody's own words and stays as it is."""
    return translations.ugettext(known[code]) if code in known else code


def why_of(translations: Translations, report: CustomerReport) -> str:
    """Return why a report was refused, ignored, or decided without votes; empty when votes decided it."""
    return translations.ugettext(WHY[report.why]) if report.why in WHY else WHYS.get(report.why, "")


def all_said(translations: Translations, known: Mapping[str, str]) -> dict[str, str]:
    """Return every sentence in one language, by its code."""
    return {code: translations.ugettext(message) for code, message in known.items()}
