"""The reviewer screen's sentences; what it asks and how an answer must be is said as the worker's screen says it."""

from collections.abc import Mapping

from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.task_wording import ONE_OR_MANY, WORDS

SHARED = ("ask.", "rule.", "time.", "state.", "picture.", "mark.", "warning.", "link.")
_ALIKE = (
    *("worker_disabled", "not_reviewer", "unknown_token", "unknown_question", "too_many_waits", "foreign_origin"),
    *("unreadable", "skipped", "taken_back", "pass_asks", "answer_unfit", "break_due"),
)

REVIEW_WORDS: Mapping[str, str | ONE_OR_MANY] = {
    **{key: message for key, message in WORDS.items() if key.startswith(SHARED)},
    "rule.any_case": mark("capital or small letters: both count"),
    "glyph.zero": mark("the digit zero"),
    "glyph.capital_o": mark("capital letter o"),
    "glyph.one": mark("the digit one"),
    "glyph.small_l": mark("small letter L"),
    "glyph.capital_i": mark("capital letter i"),
    "glyph.bar": mark("a vertical bar"),
    "verdict.alike": mark("They look alike: 0/O, 1/l/I"),
    "verdict.either": mark("It can be read either way"),
    "verdict.several": mark("More than one label fits"),
    "state.working": mark("Reviewing"),
    "notice.voted_wrong": mark("You said: wrong"),
    "notice.voted_right": mark("You said: right"),
    "notice.voted_alike": mark("You said: they look alike"),
    "notice.voted_either": mark("You said: it can be read either way"),
    "notice.voted_several": mark("You said: more than one label fits"),
    "notice.slot_lost": mark(
        "That picture is not yours any more: its time was over, or it is decided. Just go on with the next one."
    ),
    "notice.already_answered": mark("You have judged that already, in another tab. Just go on with the next one."),
    "notice.already_decided": mark("That complaint is decided: what you said of it stays."),
    "notice.too_late": mark("It is too late to take that back: its time is over, or it is decided."),
    "notice.unjudged": mark("You said: it cannot be judged"),
    "notice.not_yet": mark("Not yet: look at the picture first, then press again. That press counted for nothing."),
    **{f"notice.{name}": WORDS[f"notice.{name}"] for name in _ALIKE},
    "notice.reconnecting": mark("Connection lost. Trying again; a vote that was given is sent as soon as it is back."),
    "notice.back": WORDS["notice.back"],
    "notice.picture_failed": WORDS["notice.picture_failed"],
    "notice.refused": WORDS["notice.refused"],
    "title.new": WORDS["title.new"],
}
