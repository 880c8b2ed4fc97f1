"""What marks are called on pages: the warning before a picture, choices, folds."""

from collections.abc import Mapping

from babel.support import Translations

from manyeyes.console.shared.languages import mark
from manyeyes.values.marks import MARK_NAMES, mark_names

MARK_WORDS: Mapping[str, str] = {
    "mark.violence": mark("violence"),
    "mark.gore": mark("blood and injuries"),
    "mark.sexual": mark("nudity and sex"),
    "mark.self_harm": mark("self-harm and suicide"),
    "mark.hate": mark("hate"),
    "mark.child_safety": mark("harm to children"),
    "mark.distressing": mark("other distressing things"),
    "warning.marks": mark("This picture can show: %(marks)s."),
}


def said_marks(translations: Translations, marks: int) -> list[str]:
    """Return what marks are called, in the order of the list; none for no mark."""
    return [translations.ugettext(MARK_WORDS[f"mark.{name}"]) for name in mark_names(marks)]


def every_mark(translations: Translations) -> list[tuple[str, str]]:
    """Return each mark's name in forms, and what it is called."""
    return [(name, translations.ugettext(MARK_WORDS[f"mark.{name}"])) for name in MARK_NAMES]
