"""What of a job is typed beside its question: name, queue, budget, how long it lasts, where it is told."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from starlette.datastructures import FormData

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.console.customer.jobs.people_choice import PeopleForm, people_of, read_people
from manyeyes.console.customer.jobs.people_choice import terms_in as people_in
from manyeyes.console.customer.jobs.question_form import Faults
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.jobs.rules import Job, read_job_name
from manyeyes.jobs.store import NewJob
from manyeyes.outbound.given_address import read_callback_address
from manyeyes.outbound.networks import Network
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE
from manyeyes.values.integers import whole_number
from manyeyes.values.money import parse
from manyeyes.values.money import text as money

HOUR, DAY = 3_600, 86_400
LIVES = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)  # seconds that are offered
DEADLINE_FORM = "%Y-%m-%dT%H:%M"


class TermsForm(msgspec.Struct, frozen=True, kw_only=True):
    """A job's terms as they stand in the form; ``deadline`` is in UTC, ``life`` seconds, both empty for none."""

    name: str = ""
    queue: str = "1"
    budget: str = ""
    life: str = ""
    deadline: str = ""
    callback_url: str = ""
    people: PeopleForm = PeopleForm()


def read_terms(form: FormData) -> TermsForm:
    """Return what stands in a form that was sent."""
    return TermsForm(
        name=typed_in(form, "name"),
        queue=text_of(form, "queue") or "1",
        budget=text_of(form, "budget"),
        life=text_of(form, "life"),
        deadline=text_of(form, "deadline"),
        callback_url=text_of(form, "callback_url"),
        people=read_people(form),
    )


def terms_of(job: Job) -> TermsForm:
    """Return a job's terms as they stand in the form."""
    return TermsForm(
        name=job.name,
        queue=str(job.queue_id),
        budget=budget_text(job),
        life=str(job.life_seconds or ""),
        deadline=f"{job.deadline:{DEADLINE_FORM}}" if job.deadline else "",
        callback_url=job.callback_url,
        people=people_of(job.terms),
    )


def budget_text(job: Job) -> str:
    """Return a job's budget as it is typed; empty for none."""
    if job.budget_micros is None:
        return ""
    whole, _, part = money(job.budget_micros).partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def draft_in(
    terms: TermsForm, base_url: str, networks: Sequence[Network], kept: Job | None, usual: PeopleTerms
) -> NewJob | Faults:
    """Return the draft that the terms describe, or their faults.

    ``kept``: what it is now, where the form says less; ``usual``: how many people its queue asks.
    """
    faults: Faults = []
    name = name_in(terms.name, faults)
    life = whole_number(terms.life, 9) if terms.life else None
    if terms.life and not SHORTEST_LIFE <= (life or 0) <= LONGEST_LIFE:
        faults.append(("/life", "it is none of those that are offered"))
    try:
        address = read_callback_address(terms.callback_url, networks)
    except ValueError as error:
        address = ""
        faults.append(("/callback_url", str(error)))
    people = people_in(terms.people, kept.terms if kept else usual, faults)
    budget, deadline = budget_in(terms.budget, faults), deadline_in(terms.deadline, faults)
    if faults:
        return faults
    return NewJob(
        job_id=0,
        account_id=0,
        question_id=0,
        name=name,
        queue_id=whole_number(terms.queue, 9) or 0,
        terms=people,
        life_seconds=life,
        deadline=deadline,
        budget_micros=budget,
        price_at_most_micros=kept.price_at_most_micros if kept else None,
        callback_url=address,
        base_url=base_url if address else "",
    )


def name_in(typed: str, faults: Faults) -> str:
    """Return a job's name; one that is too long is a fault."""
    try:
        return read_job_name(typed)
    except ValueError as error:
        faults.append(("/name", str(error)))
        return ""


def budget_in(typed: str, faults: Faults) -> int | None:
    """Return a budget in micro-units, None for none; what is no amount is a fault."""
    try:
        return parse(typed.removeprefix("$")) if typed else None
    except ValueError as error:
        faults.append(("/budget", str(error)))
        return None


def deadline_in(typed: str, faults: Faults) -> datetime | None:
    """Return an instant that was typed in UTC, None for none; what is no time is a fault."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=UTC) if typed else None
    except ValueError:
        faults.append(("/deadline", "a date and a time"))
        return None
