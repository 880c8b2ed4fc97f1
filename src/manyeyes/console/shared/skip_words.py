"""Why tasks are passed on, in words: on the worker's screen, and where skips are counted."""

from collections.abc import Mapping
from typing import Any

from babel.support import Translations

from manyeyes.console.shared.languages import mark
from manyeyes.roles.queue_paces import PersonPace
from manyeyes.tasks.rules import QueueTerms

SKIP_WORDS: Mapping[str, str] = {
    "skip.unreadable": mark("I cannot read it"),
    "skip.wrong_language": mark("I do not know this language"),
    "skip.upsetting": mark("It is upsetting"),
    "skip.widget_failed": mark("The widget does not work"),
    "skip.other": mark("Another reason"),
}


def drawn_pace(translations: Translations, queues: Mapping[int, QueueTerms], one: PersonPace) -> dict[str, Any]:
    """Return somebody's pace and skips in a queue as `shared/paces.html` draws them."""
    return {
        "queue_id": one.queue_id,
        "queue": queues[one.queue_id].name if one.queue_id in queues else one.queue_id,
        "median_ms": one.median_ms,
        "timed": one.timed,
        "skips": one.skips,
        "reasons": [(translations.ugettext(SKIP_WORDS[f"skip.{why}"]), n) for why, n in one.reasons.items()],
    }
