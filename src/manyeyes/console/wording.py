"""The worker screen's sentences, each written once: the server renders with them and the page's script receives them.

A key is the sentence's place on the screen. A value is a message, or a pair (one, many) whose number is called `n`.
"""

from collections.abc import Mapping
from typing import Any

from babel.support import Translations

from manyeyes.console.languages import mark

ONE_OR_MANY = tuple[str, str]

WORDS: Mapping[str, str | ONE_OR_MANY] = {
    "ask.text": mark("Type what you see"),
    "ask.digits": mark("Type the digits you see"),
    "ask.letters": mark("Type the letters you see"),
    "ask.math": mark("Work it out and type the result"),
    "rule.digits": mark("only digits"),
    "rule.no_digits": mark("no digits"),
    "rule.phrase": mark("at least two words"),
    "rule.case": mark("capital letters matter"),
    "rule.math": mark("needs arithmetic"),
    "rule.exactly": mark("length: %(n)s"),
    "rule.between": mark("length: %(least)s to %(most)s"),
    "rule.least": mark("length: at least %(n)s"),
    "rule.most": mark("length: at most %(n)s"),
    "hint.empty": mark("Type the answer, then press Enter"),
    "hint.ready": mark("Press Enter to send"),
    "hint.digits": mark("Only digits are wanted here"),
    "hint.no_digits": mark("No digits are wanted here"),
    "hint.phrase": mark("At least two words are wanted: put a space between them"),
    "hint.short": (mark("%(n)s more character is needed"), mark("%(n)s more characters are needed")),
    "hint.long": (mark("One character at most"), mark("%(n)s characters at most")),
    "notice.sent": mark("Sent: %(text)s"),
    "notice.earned": mark("+%(money)s"),
    "notice.skipped": mark("Skipped"),
    "notice.lease_lost": mark(
        "Your time for that picture was over and it went to somebody else, so that answer was not taken. "
        "Nothing to do: go on with the next one."
    ),
    "notice.time_up": mark("Time was up and the picture went to somebody else. Nothing to do: go on with the next one."),
    "notice.answer_unfit": mark("That answer could not be taken: %(reason)s. Change it and send it again."),
    "notice.not_online": mark("You were signed out of work because nothing was heard from this page. Start again below."),
    "notice.queue_not_allowed": mark("You have no queue to work in yet. Ask the operator of this installation."),
    "notice.unknown_token": mark("You are signed out. Ask the operator for a new sign-in link."),
    "notice.reconnecting": mark("Connection lost. Trying again; what you have typed is kept."),
    "notice.back": mark("Connected again"),
    "notice.picture_failed": mark("The picture could not be loaded."),
    "notice.refused": mark("That was refused: %(reason)s"),
    "time.left": mark("%(n)s seconds left"),
    "state.working": mark("Working"),
    "state.waiting": mark("Waiting"),
    "state.break": mark("On a break"),
    "state.reconnecting": mark("Reconnecting"),
    "title.new": mark("New picture"),
    "title.work": mark("Work"),
}


def words_for(translations: Translations) -> dict[str, str | list[str]]:
    """Every sentence of the worker screen in one language; a pair becomes [one, many]."""
    return {key: _in_language(translations, message) for key, message in WORDS.items()}


def _in_language(translations: Translations, message: str | ONE_OR_MANY) -> str | list[str]:
    if isinstance(message, str):
        return translations.ugettext(message)
    return [translations.ungettext(*message, 1), translations.ungettext(*message, 2)]


def question(options: Mapping[str, Any]) -> str:
    """The key of the sentence that asks for the answer.

    The options are those of the lease: `numeric` 1 only digits, 2 no digits; `math` needs arithmetic.
    """
    if options.get("math"):
        return "ask.math"
    return {1: "ask.digits", 2: "ask.letters"}.get(options.get("numeric", 0), "ask.text")


def rules(options: Mapping[str, Any]) -> list[tuple[str, dict[str, int]]]:
    """(key, values) of every rule that the answer has to keep, in the order in which they are shown."""
    wanted: list[tuple[str, dict[str, int]]] = []
    numeric = options.get("numeric", 0)
    if numeric in (1, 2):
        wanted.append(("rule.digits" if numeric == 1 else "rule.no_digits", {}))
    wanted += [(f"rule.{name}", {}) for name in ("phrase", "case", "math") if options.get(name)]
    return wanted + _length_rule(options.get("min_length", 0), options.get("max_length", 0))


def _length_rule(least: int, most: int) -> list[tuple[str, dict[str, int]]]:
    if least and least == most:
        return [("rule.exactly", {"n": least})]
    if least and most:
        return [("rule.between", {"least": least, "most": most})]
    if least:
        return [("rule.least", {"n": least})]
    return [("rule.most", {"n": most})] if most else []
