"""The worker screen's sentences, each written once: the server renders with them and the page's script receives them.

A key is the sentence's place on the screen. A value is a message, or a pair (one, many) whose number is called `n`.
"""

from collections.abc import Mapping

from babel.support import Translations

from manyeyes.console.shared.languages import mark, mark_many
from manyeyes.console.shared.mark_words import MARK_WORDS
from manyeyes.console.shared.skip_words import SKIP_WORDS
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.numbers import plain_number
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldsOptions, NumberOptions, TextOptions
from manyeyes.tasks.rules import ImageOptions, Obstacle
from manyeyes.values.refusals import Refusal

ONE_OR_MANY = tuple[str, str]
Words = Mapping[str, str | list[str]]
WordedRule = tuple[str, Mapping[str, object]]  # the key of its sentence, and what is put into that

SHUT_OUT = mark(
    "The operator has ended your access, so nothing more can be sent. What you have earned stays yours. "
    "Ask the operator of this installation."
)
WORDS: Mapping[str, str | ONE_OR_MANY] = {
    "ask.text": mark("Type what you see"),
    "ask.digits": mark("Type the digits you see"),
    "ask.letters": mark("Type the letters you see"),
    "ask.math": mark("Work it out and type the result"),
    "ask.label": mark("Which label fits the picture?"),
    "ask.labels": mark("Which labels fit the picture? Choose all that do"),
    "ask.number": mark("Type the number you see"),
    "ask.fields": mark("Type what each field asks for"),
    "ask.field": mark("%(name)s · %(n)s of %(all)s"),
    "label.none": mark("None of them"),
    "ask.widget": mark("Solve the widget of %(site)s"),
    "rule.digits": mark("only digits"),
    "rule.no_digits": mark("no digits"),
    "rule.phrase": mark("at least two words"),
    "rule.case": mark("capital letters matter"),
    "rule.math": mark("needs arithmetic"),
    "rule.exactly": mark("length: %(n)s"),
    "rule.between": mark("length: %(least)s to %(most)s"),
    "rule.least": mark("length: at least %(n)s"),
    "rule.most": mark("length: at most %(n)s"),
    "rule.unit": mark("in %(unit)s"),
    "rule.whole": mark("a whole number"),
    "rule.decimals": mark("decimals: at most %(n)s"),
    "rule.within": mark("from %(least)s to %(most)s"),
    "rule.from": mark("at least %(value)s"),
    "rule.up_to": mark("at most %(value)s"),
    "rule.choices": mark("labels: at least %(n)s"),
    "hint.empty": mark("Type the answer, then press Enter"),
    "hint.ready": mark("Press Enter to send"),
    "hint.digits": mark("Only digits are wanted here"),
    "hint.no_digits": mark("No digits are wanted here"),
    "hint.control": mark("Control characters and signs that change the writing direction are not wanted"),
    "hint.unknown": mark("Characters that not everybody can see are not wanted: type it another way"),
    "hint.marks": mark("There are too many marks on one letter"),
    "hint.phrase": mark("At least two words are wanted: put a space between them"),
    "hint.short": mark_many("%(n)s more character is needed", "%(n)s more characters are needed"),
    "hint.long": mark_many("%(n)s character at most", "%(n)s characters at most"),
    "hint.number": mark("One number is wanted, without spaces or thousands separators: 1234.50"),
    "hint.digits_most": mark_many("%(n)s digit at most", "%(n)s digits at most"),
    "hint.whole": mark("A whole number is wanted here"),
    "hint.decimals": mark_many("%(n)s digit behind the point at most", "%(n)s digits behind the point at most"),
    "hint.at_least": mark("%(value)s or more is wanted here"),
    "hint.at_most": mark("%(value)s or less is wanted here"),
    "hint.sends": mark("Press Enter to send %(text)s"),
    "hint.choice": mark("Choose one of the labels"),
    "hint.choices": mark_many("Choose %(n)s more label", "Choose %(n)s more labels"),
    "hint.labels": mark("Press the numbers of all that fit, then Enter"),
    "hint.labels_find": mark("Type to find a label, Enter takes it; Enter in the empty box sends"),
    "hint.fields": mark("Something is missing in the fields"),
    "hint.next_field": mark("Press Enter for the next field"),
    "hint.optional": mark("May stay empty: press Enter for the next field"),
    "hint.label": mark("Press its number, or choose it"),
    "hint.label_find": mark("Type to find a label; Enter takes the marked one"),
    "hint.label_none": mark("No label is called so"),
    "hint.widget": mark("If it does not load, or names a wrong domain, skip it and say that the widget does not work"),
    "notice.sent": mark("Sent: %(text)s"),
    "notice.chosen": mark("Chosen: %(text)s"),
    "notice.skipped": mark("Skipped"),
    "notice.taken_back": mark("Taken back: nobody has seen it. Change it and send it again."),
    "notice.too_late": mark(
        "It is too late to take that back: its time is over, or you have gone on to another picture."
    ),
    "notice.queue_lost": mark("That cannot be taken back: its queue is not yours any more. What you sent stands."),
    "notice.kept_too_long": mark(
        "That cannot be taken back: you have had the picture for as long as anybody may. What you sent stands."
    ),
    "notice.unknown_question": mark("These instructions are gone: what they are about is not before you any more."),
    "notice.too_many_waits": mark("Too many windows of yours wait at once. Close the others; this one tries again."),
    "notice.foreign_origin": mark(
        "This page was not opened at its own address, so nothing is taken from it. Sign in at the operator's address."
    ),
    "notice.unreadable": mark("The server could not read what this page sent. Load the page again."),
    "notice.not_below_floor": mark("You get this queue already: there is nothing to practise for."),
    "notice.no_training": mark("There is nothing to practise with in this queue now."),
    "notice.tried_enough": mark(
        "You have practised as often as one can. The operator decides now whether you get this queue again."
    ),
    "notice.not_reviewer": mark("You are not a reviewer any more. Ask the operator of this installation."),
    "notice.skip_asks": mark("What you gave here would be lost. Choose why you skip, or press Esc to go on with it."),
    "notice.pass_asks": mark("What you typed would be lost. Press %(key)s once more to pass it on."),
    "notice.lease_lost": mark(
        "That picture is not yours any more: its time was over, or it was given back. Just go on with the next one."
    ),
    "notice.already_answered": mark("That picture was answered in another tab. Just go on with the next one."),
    "notice.already_passed_on": mark("That picture was skipped in another tab. Just go on with the next one."),
    "notice.came_back": mark("Time was up, and the picture has come to you again. What you had typed is still here."),
    "notice.task_over": mark(
        "That task is over: its time was up, or its owner took it back. Just go on with the next one."
    ),
    "notice.answer_unfit": mark(
        "That answer could not be taken, because it does not keep the rules shown here. Change it and send it again."
    ),
    "notice.not_online": mark(
        "You are on a break: it began in another tab, or the time of two pictures ran out without a key pressed here. "
        "Start again below."
    ),
    "notice.break_due": mark("You have worked for two hours. Rest at least five minutes, then start again below."),
    "notice.worker_disabled": SHUT_OUT,
    "notice.queues_lost": mark("You no longer get %(queues)s, because of the answers that were checked."),
    "notice.below_floor": mark("You have no queue left to work in, because of the answers that were checked."),
    "notice.practice_passed": mark("You passed: %(right)s of %(all)s were right. You get %(queue)s again."),
    "notice.practice_failed": mark("Practice not passed: %(right)s of %(all)s were right, and %(needed)s were needed."),
    "notice.practice_broken_off": mark(
        "Your practice was broken off, since it could decide nothing any more. It does not count as a try, "
        "and what was paid stays yours."
    ),
    "practice.mark": mark("Practice"),
    "practice.failed": mark("%(right)s of %(all)s were right, and %(needed)s were needed."),
    "practice.paid": mark("Practice · picture %(n)s of %(all)s · paid"),
    "practice.unpaid": mark("Practice · picture %(n)s of %(all)s · not paid"),
    "practice.tries": mark_many(
        "You have %(n)s try left, and may begin it at once.",
        "You have %(n)s tries left, and may begin the next at once.",
    ),
    "practice.tried_enough": mark(
        "You have practised as often as one can. The operator decides now whether you get this queue again."
    ),
    "practice.nothing": mark("There is nothing to practise with in this queue now."),
    "break.ready": mark("Ready when you are"),
    "break.how": mark(
        "Pictures come one after another. Type what is asked and press Enter; you can take a break at any time."
    ),
    "break.stopped": mark("No pictures for you now"),
    "break.why": mark("My accuracy says why, and what you can do about it."),
    "break.not_passed": mark("Not passed this time"),
    "break.not_decided": mark("The practice is over"),
    "notice.none_taken": mark("You take none of your queues now. Choose one under “My queues”."),
    "notice.queue_not_allowed": mark("You have no queue to work in yet. Ask the operator of this installation."),
    "link.ask": mark("Ask for a link"),
    "notice.unknown_token": mark("You are signed out. Ask the operator for a new sign-in link."),
    "notice.reconnecting": mark("Connection lost. Trying again; what you have typed is kept."),
    "notice.unsent": mark_many(
        "Connection lost: %(n)s answer waits here and is sent by itself as soon as there is one again.",
        "Connection lost: %(n)s answers wait here and are sent by themselves as soon as there is one again.",
    ),
    "notice.back": mark("Connected again"),
    "notice.waited_sent": mark("What waited here has been sent."),
    "notice.waited_too_long": mark(
        "What waited here came too late: its picture's time was over before there was a connection again. "
        "It was not taken and is not paid."
    ),
    "notice.picture_failed": mark("The picture could not be loaded. It is tried again by itself."),
    "waiting.unsent": mark_many("%(n)s answer waits to be sent", "%(n)s answers wait to be sent"),
    "waiting.again": mark(
        "The connection is lost and tried again by itself. What waits is kept in this browser: if this page is closed, "
        "open it again and it is sent."
    ),
    "picture.whole": mark("Whole"),
    "picture.width": mark("Width"),
    "picture.height": mark("Height"),
    "picture.real": mark("Real 1:1"),
    "picture.below": mark("More below"),
    "picture.beside": mark("More to the right"),
    "notice.token_sent": mark("Solved and sent"),
    "notice.site_withdrawn": mark(
        "The owner of that site has taken the permission back, so that answer was not taken. "
        "Just go on with the next one."
    ),
    "notice.widget_failed": mark("The widget could not be loaded. Skip it and say that the widget does not work."),
    "notice.widget_refused": mark(
        "The widget reports a fault: %(code)s. Mostly its owner has not allowed this address in the widget's settings: "
        "skip it and say that the widget does not work."
    ),
    "notice.widget_expired": mark("The widget's time ran out before the answer was taken. Solve it once more."),
    "notice.refused": mark("That was refused: %(reason)s"),
    **MARK_WORDS,
    **SKIP_WORDS,
    "time.left": mark("%(n)s seconds left"),
    "state.working": mark("Working"),
    "state.waiting": mark("Waiting"),
    "state.break": mark("On a break"),
    "state.reconnecting": mark("Reconnecting"),
    "title.new": mark("New picture"),
    "title.widget": mark("New task"),
    "title.work": mark("Work"),
}


def words_for(translations: Translations, words: Mapping[str, str | ONE_OR_MANY] = WORDS) -> dict[str, str | list[str]]:
    """Return every sentence of a screen in one language; a pair becomes [one, many]."""
    return {key: _in_language(translations, message) for key, message in words.items()}


def _in_language(translations: Translations, message: str | ONE_OR_MANY) -> str | list[str]:
    if isinstance(message, str):
        return translations.ugettext(message)
    return [translations.ungettext(*message, 1), translations.ungettext(*message, 2)]


def filled(words: Words, key: str, values: Mapping[str, object]) -> str:
    """Return one sentence with its values put in; of a pair the form for `n`."""
    sentence = words[key]
    text = sentence if isinstance(sentence, str) else sentence[0 if values["n"] == 1 else 1]
    return text % values


def explanation(words: Words, refusal: Refusal) -> str:
    """Return what happened and what to do about it, for the worker who was refused."""
    key = f"notice.{refusal.reason}"
    return filled(words, key if key in words else "notice.refused", {"reason": refusal.detail or str(refusal.reason)})


def question(options: PictureOptions) -> str:
    """Return the key of the sentence that asks for the answer."""
    if isinstance(options, ImageOptions):
        return "ask.math" if options.math else {1: "ask.digits", 2: "ask.letters"}.get(options.numeric, "ask.text")
    return _ASKED[type(options)]


def rules(options: PictureOptions | TextOptions) -> list[WordedRule]:
    """Return (key, values) of every rule that the answer has to keep, in the order in which they are shown."""
    if isinstance(options, NumberOptions):
        return _number_rules(options)
    if isinstance(options, ChoicesOptions):
        return [("rule.choices", {"n": options.at_least})] if options.at_least else []
    if not isinstance(options, (ImageOptions, TextOptions)):
        return []
    wanted = [
        ("rule.digits", options.numeric == 1),
        ("rule.no_digits", options.numeric == 2),
        ("rule.phrase", options.phrase),
        ("rule.case", options.case and options.numeric != 1),
        ("rule.math", options.math),
    ]
    found: list[WordedRule] = [(key, {}) for key, holds in wanted if holds]
    return found + _length_rule(options.min_length, options.max_length)


def judged_by(options: PictureOptions | TextOptions) -> list[WordedRule]:
    """Return the same rules for whoever judges an answer: they are also told where capital letters do not count."""
    if not isinstance(options, (ImageOptions, TextOptions)):
        return rules(options)
    is_free = not options.case and not options.math and options.numeric != 1
    return rules(options) + ([("rule.any_case", {})] if is_free else [])


def hint(words: Words, found: Obstacle) -> str:
    """Return what still keeps a text from being the answer."""
    return filled(words, f"hint.{found.key}", {"n": found.n, "value": found.value})


def _number_rules(options: NumberOptions) -> list[WordedRule]:
    found: list[WordedRule] = [("rule.unit", {"unit": options.unit})] if options.unit else []
    if options.decimals is not None:
        found.append(("rule.decimals", {"n": options.decimals}) if options.decimals else ("rule.whole", {}))
    least, most = (plain_number(bound) if bound is not None else "" for bound in (options.min, options.max))
    if least and most:
        return [*found, ("rule.within", {"least": least, "most": most})]
    if least:
        return [*found, ("rule.from", {"value": least})]
    return [*found, ("rule.up_to", {"value": most})] if most else found


def _length_rule(least: int, most: int) -> list[WordedRule]:
    if least and least == most:
        return [("rule.exactly", {"n": least})]
    if least and most:
        return [("rule.between", {"least": least, "most": most})]
    one_sided = ("rule.least", {"n": least}) if least else ("rule.most", {"n": most})
    return [one_sided] if least or most else []


_ASKED: Mapping[type[PictureOptions], str] = {
    LabelOptions: "ask.label",
    NumberOptions: "ask.number",
    ChoiceOptions: "ask.label",
    ChoicesOptions: "ask.labels",
    FieldsOptions: "ask.fields",
}
