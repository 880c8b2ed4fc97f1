"""The sentences of the screen where reviewers decide results; an own answer is asked as the worker's screen asks it."""

from collections.abc import Mapping

from manyeyes.console.reviewer.review_wording import REVIEW_WORDS
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.task_wording import ONE_OR_MANY, WORDS

JUDGING_WORDS: Mapping[str, str | ONE_OR_MANY] = {
    **WORDS,
    "state.working": mark("Deciding"),
    "notice.decided": mark("You decided: %(text)s"),
    "notice.unjudged": REVIEW_WORDS["notice.unjudged"],
    "notice.not_yet": REVIEW_WORDS["notice.not_yet"],
    "notice.too_late": REVIEW_WORDS["notice.too_late"],
    "notice.slot_lost": REVIEW_WORDS["notice.slot_lost"],
    "notice.already_answered": REVIEW_WORDS["notice.already_answered"],
    "notice.break_due": REVIEW_WORDS["notice.break_due"],
    "notice.not_reviewer": REVIEW_WORDS["notice.not_reviewer"],
    "notice.reconnecting": mark("Connection lost. Trying again; what you decided is sent as soon as it is back."),
}
