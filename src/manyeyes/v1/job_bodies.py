"""Jobs as customers ask for them over /v1: bodies, read into drafts and changes."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from manyeyes.consensus.terms import ONE_ANSWER
from manyeyes.jobs.rules import JobChange, JobVerb, read_job_name
from manyeyes.jobs.store import NewJob
from manyeyes.tasks.rules import QueueTerms
from manyeyes.v1.question_views import QuestionBody
from manyeyes.v1.terms import TermsBody, instant, micros, read_terms, wrong


class JobBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job to open; ``queue`` is a name or a number. ``start``: true is refused, as it has no items yet."""

    name: str
    question: QuestionBody
    queue: str | int = 1
    terms: TermsBody = TermsBody()
    budget: str | None = None
    callback_url: str = ""
    start: bool = False


class JobChangeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; null takes a bound away, what is left out stays."""

    name: str | UnsetType = UNSET
    state: Literal["running", "paused"] | UnsetType = UNSET
    budget: str | UnsetType | None = UNSET
    deadline: datetime | UnsetType | None = UNSET


_VERBS = {"running": JobVerb.START, "paused": JobVerb.PAUSE}


def draft_of(body: JobBody, queue: QueueTerms, callback_url: str, base_url: str) -> NewJob:
    """Return the draft that a body asks for. Raises `Refused` with the member that is wrong."""
    terms = read_terms(body.terms, queue)
    return NewJob(
        job_id=0,
        account_id=0,
        question_id=0,
        name=_name(body.name),
        queue_id=queue.queue_id,
        terms=terms.people or queue.default_terms or ONE_ANSWER,
        life_seconds=terms.life_seconds,
        deadline=terms.deadline,
        budget_micros=micros("/budget", body.budget),
        price_at_most_micros=terms.price_at_most_micros,
        callback_url=callback_url,
        base_url=base_url if callback_url else "",
    )


def change_of(body: JobChangeBody) -> JobChange:
    """Return the change that a body asks for. Raises `Refused` with the member that is wrong."""
    return JobChange(
        name=body.name if isinstance(body.name, UnsetType) else _name(body.name),
        budget_micros=body.budget if isinstance(body.budget, UnsetType) else micros("/budget", body.budget),
        deadline=body.deadline if isinstance(body.deadline, UnsetType) else instant("/deadline", body.deadline),
        verb=None if isinstance(body.state, UnsetType) else _VERBS[body.state],
    )


def _name(given: str) -> str:
    try:
        return read_job_name(given)
    except ValueError as error:
        raise wrong("/name", str(error)) from error
