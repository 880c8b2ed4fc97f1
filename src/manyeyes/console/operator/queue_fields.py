"""The fields of a queue's terms, how what stands in them is read, and how a queue stands in them."""

from typing import Any

import msgspec
from babel.support import Translations

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.console.operator.accounts import NO_MONEY, NO_NAME, NO_NUMBER
from manyeyes.console.operator.readers import (
    amount,
    life,
    money_in,
    or_none,
    people_in,
    share,
    whole_in,
    yes,
    yes_in,
)
from manyeyes.console.shared.forms import number_in
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.mark_words import every_mark
from manyeyes.console.shared.sheets import Field, Typed
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.queues import USUAL_LIFE, QueueChange, read_guide, read_life
from manyeyes.roles.house.workers import LONGEST_LANGUAGE
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.marks import MARK_NAMES, mark_names, marks_said
from manyeyes.values.text.rules import read_name

NO_SHARE = mark("Write a share like 0.05.")
NO_LIFE = mark("Write a time like 90s, 10m, 24h or 30d, from 60s to 30d.")
PEOPLE = ("answers", "answers_at_most", "wrong_at_most", "uncertain")
UNCERTAIN = (("", "–"), ("return", "return"), ("review", "review"))


def _life(text: str) -> int:
    found = read_life(text or USUAL_LIFE)
    if isinstance(found, FieldFault):
        raise ValueError(found.sentence)
    return found


def _language(text: str) -> str:
    return read_name(text, "language", LONGEST_LANGUAGE)


def _money(name: str, label: str, hint: str = "") -> Field:
    return Field(name=name, label=label, hint=hint, mode="decimal", reads=money_in, unfit=NO_MONEY, size=12)


def _whole(name: str, label: str, hint: str = "") -> Field:
    return Field(name=name, label=label, hint=hint, mode="numeric", reads=whole_in, unfit=NO_NUMBER, size=12)


def _share(name: str, label: str, hint: str = "") -> Field:
    return Field(name=name, label=label, hint=hint, mode="decimal", reads=or_none(number_in), unfit=NO_SHARE, size=12)


MONEY = (
    _money("price", mark("What a customer pays for a task, in USD")),
    _money("pay", mark("What a worker gets for it, in USD"), mark("Not more than the price.")),
    _money("vote_pay", mark("What a reviewer gets for a vote, in USD"), mark("Not more than the price.")),
)
LIMITS = (
    _whole("capacity", mark("Waiting tasks above which only a high bid enters")),
    _whole("lease_seconds", mark("Seconds that a worker may take")),
    Field(
        name="life",
        label=mark("How long a task lives that nobody finishes"),
        hint=mark("Such as 10m or 30d. Empty: the installation's time."),
        reads=_life,
        unfit=NO_LIFE,
        size=12,
    ),
    Field(name="complaints", label=mark("Customers may complain about answers"), kind="check", reads=yes_in),
)
MARKS = Field(
    name="marks",
    label=mark("What its pictures may show"),
    hint=mark("They are blurred until the worker chooses to look, and only those who agreed get them."),
    kind="many",
    choices=tuple((name, name) for name in MARK_NAMES),
    reads=marks_said,
)
ASKED = (
    Field(
        name="answers",
        label=mark("People who answer a task at once"),
        hint=mark("Of a task that does not say; empty with the next three: one person."),
        mode="numeric",
        size=12,
    ),
    Field(name="answers_at_most", label=mark("People in all, one more at a time"), mode="numeric", size=12),
    Field(
        name="wrong_at_most",
        label=mark("Share of accepted results that may be wrong"),
        hint=mark("Like 0.05: people are asked until it is that sure. Empty: the majority is enough."),
        mode="decimal",
        size=12,
    ),
    Field(
        name="uncertain",
        label=mark("What is never sure"),
        hint=mark("return: given back as uncertain; review: a reviewer decides."),
        kind="choice",
        choices=UNCERTAIN,
    ),
)
PROOF = (
    _share(
        "floor",
        mark("Floor: the share of answers that people must be right in"),
        mark("Like 0.7; who is below does not get this queue. 0: none."),
    ),
    _share(
        "gold_share",
        mark("Share of gold among newcomers' tasks"),
        mark("At most 0.5; it falls with what is known of them. 0: no gold. Empty: the usual share."),
    ),
    _share(
        "audit_share",
        mark("Share of sure results that reviewers look at by lot"),
        mark("Only audits prove anything about results."),
    ),
)
GUIDE = Field(
    name="guide",
    label=mark("Guide for reviewers"),
    hint=mark("What counts as right and as wrong here. They read it beside each complaint and result, on a key."),
    kind="area",
    reads=read_guide,
    unfit=mark("At most 4000 characters."),
)
NEW = (
    _whole("queue_id", mark("Number"), mark("Yours begin where the usual ones end, such as 100.")),
    Field(name="name", label=mark("Name"), reads=read_name, unfit=NO_NAME),
    Field(name="language", label=mark("Language that its workers read"), reads=_language, unfit=NO_NAME, size=12),
)
OPENING = (*NEW, *MONEY, *LIMITS, MARKS, *ASKED, GUIDE)
TERMS = (*MONEY, *LIMITS, MARKS, *ASKED, *PROOF, GUIDE)
USUAL = {
    **{"queue_id": "", "name": "", "language": "en", "price": "0.0007", "pay": "0.0005", "vote_pay": "0.0001"},
    **{"capacity": "100000", "lease_seconds": "60", "life": "", "complaints": "yes", "marks": "", "guide": ""},
    **dict.fromkeys(PEOPLE, ""),
}
COLUMNS = {
    **{"price": "price_micros", "pay": "pay_micros", "vote_pay": "vote_micros", "capacity": "capacity"},
    **{"lease_seconds": "lease_seconds", "life": "life_seconds", "complaints": "accepts_complaints"},
    **{"marks": "marks", "floor": "floor", "gold_share": "gold_share", "audit_share": "audit_share"},
    "guide": "guide",
}


def terms_in(translations: Translations) -> tuple[Field, ...]:
    """Return the fields of a queue's terms, its marks in the reader's language."""
    return _said(TERMS, translations)


def opening_in(translations: Translations) -> tuple[Field, ...]:
    """Return the fields of a queue that is opened, its marks in the reader's language."""
    return _said(OPENING, translations)


def _said(fields: tuple[Field, ...], translations: Translations) -> tuple[Field, ...]:
    marks = msgspec.structs.replace(MARKS, choices=every_mark(translations))
    return tuple(marks if field is MARKS else field for field in fields)


def now_of(queue: QueueTerms) -> dict[str, str]:
    """Return a queue's terms as they stand in the fields."""
    people = queue.default_terms
    return {
        "price": amount(queue.price_micros),
        "pay": amount(queue.pay_micros),
        "vote_pay": amount(queue.vote_micros),
        "capacity": str(queue.capacity),
        "lease_seconds": str(queue.lease_seconds),
        "life": life(queue.life_seconds),
        "complaints": yes(queue.accepts_complaints),
        "marks": ",".join(mark_names(queue.marks)),
        "answers": str(people.answers) if people else "",
        "answers_at_most": str(people.answers_at_most) if people else "",
        "wrong_at_most": share(people.wrong_at_most) if people else "",
        "uncertain": str(people.uncertain) if people else "",
        "floor": share(queue.floor),
        "gold_share": share(queue.gold_share),
        "audit_share": share(queue.audit_share),
        "guide": queue.guide,
    }


def change_in(typed: Typed) -> QueueChange | FieldFault:
    """Return what a form changes; how many people are asked is said whole where any part of it is."""
    terms: dict[str, Any] = {COLUMNS[name]: value for name, value in typed.values.items() if name in COLUMNS}
    if terms.get("floor", 0) is None:
        terms["floor"] = 0.0
    if any(name in typed.values for name in PEOPLE):
        people = asked_in(typed)
        if isinstance(people, FieldFault):
            return people
        terms["default_terms"] = people
    return QueueChange(**terms)


def asked_in(typed: Typed) -> PeopleTerms | FieldFault:
    """Return how many people a task takes, as the four fields say it."""
    for name, reads in (("answers", whole_in), ("answers_at_most", whole_in), ("wrong_at_most", number_in)):
        try:
            reads(typed.texts[name] or "1")
        except ValueError:
            return FieldFault(name, NO_SHARE if name == "wrong_at_most" else NO_NUMBER)
    if typed.texts["uncertain"] not in dict(UNCERTAIN):
        return FieldFault("uncertain", mark("This could not be read."))
    return people_in(*(typed.texts[name] for name in PEOPLE))
