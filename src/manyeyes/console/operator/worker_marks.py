"""How much of each mark a worker is shown a day: the fields of the operator's form, and what stands beside them."""

from collections.abc import Mapping
from typing import Any

from babel.support import Translations

from manyeyes.apps.rules import zone as time_zone
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.mark_words import every_mark, said_marks
from manyeyes.console.shared.sheets import Field
from manyeyes.roles.wellbeing import MarkChoices
from manyeyes.values.marks import MARK_NAMES, marks_named
from manyeyes.wellbeing.rules import MOST_MINUTES, MOST_PICTURES, USUAL_CAP, Cap, read_cap

CAP = "cap."
NO_CAP = mark("Write pictures/minutes, like 50/30: at most 100000 pictures and 1440 minutes. Empty: as usual.")
NO_ZONE = mark("Write a time zone like Asia/Ho_Chi_Minh or UTC.")
USUAL = f"{USUAL_CAP.pictures}/{USUAL_CAP.minutes}"
assert (MOST_PICTURES, MOST_MINUTES, USUAL) == (100_000, 1_440, "100/60")  # said in the messages


def cap_fields(translations: Translations) -> tuple[Field, ...]:
    """Return a field for each mark, named in the reader's language, and one for where their days begin."""
    hint = mark("Pictures/minutes a day. Empty: the usual 100/60.")
    caps = [
        Field(name=CAP + name, label=said, hint=hint, reads=_cap, unfit=NO_CAP, size=12)
        for name, said in every_mark(translations)
    ]
    zone = Field(
        name="zone",
        label=mark("Time zone in which their days begin"),
        hint=mark("Such as Asia/Ho_Chi_Minh."),
        reads=_zone,
        unfit=NO_ZONE,
    )
    return (*caps, zone)


def caps_now(choices: MarkChoices) -> dict[str, str]:
    """Return somebody's caps as they stand in the fields."""
    caps = {CAP + name: _text(choices.caps.get(marks_named([name]))) for name in MARK_NAMES}
    return caps | {"zone": choices.zone}


def caps_in(values: Mapping[str, Any]) -> tuple[dict[int, Cap | None], str | None]:
    """Return what a form changes: caps by mark, None as usual, and the time zone, None where it stays."""
    caps = {marks_named([name.removeprefix(CAP)]): cap for name, cap in values.items() if name.startswith(CAP)}
    return caps, values.get("zone")


def drawn_choices(translations: Translations, choices: MarkChoices) -> dict[str, Any]:
    """Return what somebody said of marks, and their day, as the template draws it."""
    return {
        "agreed": [(each.queue, said_marks(translations, each.agreed)) for each in choices.queues if each.agreed],
        "unasked": choices.unasked,
        "avoided": said_marks(translations, choices.avoided),
        "days": [(said_marks(translations, day.mark)[0], day) for day in choices.days if day.spent.pictures],
        "zone": choices.zone,
    }


def _cap(text: str) -> Cap | None:
    return read_cap(text) if text else None


def _zone(text: str) -> str:
    time_zone(text)
    return text


def _text(cap: Cap | None) -> str:
    return f"{cap.pictures}/{cap.minutes}" if cap else ""
