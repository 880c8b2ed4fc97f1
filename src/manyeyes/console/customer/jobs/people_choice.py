"""How many people a job's pictures take, as its form offers it: one, three, or until it is sure."""

import msgspec
from starlette.datastructures import FormData

from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms, TermsFault, Uncertain, people_terms
from manyeyes.console.customer.jobs.question_form import Faults
from manyeyes.console.shared.forms import text_of

ONE, THREE, SURE, KEPT = "one", "three", "sure", "kept"
WRONG = ("0.01", "0.02", "0.05", "0.1")  # shares of wrong results that are offered
USUAL_WRONG = "0.05"


class PeopleForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is chosen; ``wrong`` and ``is_reviewed`` count where it is until it is sure; ``choice`` may be empty."""

    choice: str = ""
    wrong: str = USUAL_WRONG
    is_reviewed: bool = False


def read_people(form: FormData) -> PeopleForm:
    """Return what stands in a form that was sent."""
    return PeopleForm(
        choice=text_of(form, "people"),
        wrong=text_of(form, "wrong") or USUAL_WRONG,
        is_reviewed=text_of(form, "reviewed") != "",
    )


def people_of(terms: PeopleTerms) -> PeopleForm:
    """Return terms as they stand in the form; those that it does not offer are kept as they are."""
    share = "" if terms.wrong_at_most is None else f"{terms.wrong_at_most:g}"
    found = PeopleForm(wrong=share or USUAL_WRONG, is_reviewed=terms.uncertain is Uncertain.REVIEW)
    for choice in (ONE, THREE, SURE):
        chosen = msgspec.structs.replace(found, choice=choice)
        if _asked(chosen) == terms:
            return chosen
    return msgspec.structs.replace(found, choice=KEPT)


def terms_in(form: PeopleForm, kept: PeopleTerms, faults: Faults) -> PeopleTerms:
    """Return the terms that are chosen; what the form does not offer is a fault. ``kept``: what they are now."""
    found = kept if form.choice in ("", KEPT) else _asked(form)
    if found is None:
        faults.append(("/terms/answers", "it is none of those that are offered"))
    return found or kept


def offers(form: PeopleForm, kept: PeopleTerms) -> dict[str, PeopleTerms]:
    """Return the terms of each choice, in their order; those that are kept only where they are none of the others."""
    sure = _asked(msgspec.structs.replace(form, choice=SURE)) or people_terms(wrong_at_most=float(USUAL_WRONG))
    found = {ONE: ONE_ANSWER, THREE: people_terms(answers=3), SURE: sure}
    terms = {choice: each for choice, each in found.items() if isinstance(each, PeopleTerms)}
    return terms | ({KEPT: kept} if form.choice == KEPT else {})


def _asked(form: PeopleForm) -> PeopleTerms | None:
    if form.choice == ONE:
        return ONE_ANSWER
    if form.choice == THREE:
        found = people_terms(answers=3)
    elif form.choice == SURE and form.wrong in WRONG:
        uncertain = Uncertain.REVIEW if form.is_reviewed else Uncertain.RETURN
        found = people_terms(wrong_at_most=float(form.wrong), uncertain=uncertain)
    else:
        return None
    return None if isinstance(found, TermsFault) else found
