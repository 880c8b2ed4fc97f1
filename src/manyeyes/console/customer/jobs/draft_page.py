"""What a draft's page shows: the form, its preview, the files, and what it will cost."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse

from manyeyes.accounts.store import AccountPlace
from manyeyes.consensus.difficulty import is_guessed
from manyeyes.consensus.terms import ONE_ANSWER, within
from manyeyes.console.customer.jobs import job_words
from manyeyes.console.customer.jobs.asked_question import options_in
from manyeyes.console.customer.jobs.draft_terms import LIVES, TermsForm, terms_of
from manyeyes.console.customer.jobs.example_pictures import picture_paths
from manyeyes.console.customer.jobs.people_choice import WRONG, offers, people_of
from manyeyes.console.customer.jobs.preview import preview
from manyeyes.console.customer.jobs.question_form import QuestionForm, form_of
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.rendering import render
from manyeyes.jobs.upload_rules import DROPPING
from manyeyes.roles.customer.jobs import CustomerJobs, JobStanding
from manyeyes.roles.customer.rehearsing import expectation
from manyeyes.roles.customer.spending import Purse, purse_of
from manyeyes.roles.customer.tasks import tasks_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.question_rules import MOST_EXAMPLES, MOST_FIELDS
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.seen.store import TaskFilter
from manyeyes.tasks.shapes import shape_of
from manyeyes.values.integers import whole_number
from manyeyes.values.money import MICROS
from manyeyes.values.refusals import Reason, Refusal

PATH = "/customer/jobs"
FIRST_LOOKED_AT = 5  # items among which one with a picture is looked for


class SentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and comes back as it was typed; ``focus``: the id of the control that has the focus."""

    question: QuestionForm
    terms: TermsForm
    focus: str = ""


class DraftPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is about; ``standing`` None: no draft is made yet. ``complaints``: (sentence, control) each."""

    standing: JobStanding | None
    sent: SentDraft | None = None
    complaints: list[tuple[str, str]] = []
    refusal: Refusal | None = None
    is_saved: bool = False


async def draw_draft(
    context: Context, request: Request, place: AccountPlace, page: DraftPage, *, status: int = 200
) -> HTMLResponse:
    """Return the page of a draft, or of one that is not made yet."""
    standing, say = page.standing, catalogue(look_of(request).language)
    question = page.sent.question if page.sent else form_of(standing.question) if standing else QuestionForm()
    terms = page.sent.terms if page.sent else terms_of(standing.job) if standing else TermsForm()
    items = standing.job.items if standing else 0
    choices = await CustomerJobs(context).queue_choices(place.cell, items)
    chosen = next((each for each in choices if str(each.queue.queue_id) == terms.queue), choices[0])
    picture = await _first_picture(context, place, standing) if standing else ""
    purse = await purse_of(context, place)
    people = _people(terms, chosen.queue, standing)
    total = items * people["each_micros"]
    options, faults = options_in(question)
    expected = None
    if standing and items and not faults:
        expected = await expectation(context, place, chosen.queue, shape_of(options), people["asked"], standing.job)
    examples = await picture_paths(context, place, question)
    job_id = standing.job.job_id if standing else None
    return render(
        request,
        "customer/job_draft.html",
        status=status,
        person=place.name,
        job=standing.job if standing else None,
        action=f"{PATH}/{job_id or 'new'}",
        form=question,
        terms=terms,
        focus=page.sent.focus if page.sent else "",
        kinds={kind: tuple(map(say.ugettext, told)) for kind, told in job_words.KINDS.items()},
        lives=LIVES,
        choices=choices,
        chosen=chosen,
        uploads=[each for each in (standing.uploads if standing else []) if each.digest != DROPPING],
        **people,
        price={"items": items, "total": total, "available": purse.available_micros, "missing": _missing(purse, total)},
        expected=expected,
        difficulty_is_guessed=expected is not None and is_guessed(expected.difficulty, people["asked"].answers_at_most),
        has_budget_for=_affordable(terms.budget, people["each_micros"]),
        preview=preview(request, options, question, chosen.queue, picture, examples),
        is_sample=not picture,
        complaints=page.complaints,
        refusal=_said(page.refusal, say) if page.refusal else "",
        lines=[each for each in page.refusal.findings if each.line] if page.refusal else [],
        is_saved=page.is_saved or "saved" in request.query_params,
        most={"fields": MOST_FIELDS, "examples": MOST_EXAMPLES},
        script_data={"words": {key: say.ugettext(message) for key, message in WORDS.items()}, "job": job_id},
    )


async def _first_picture(context: Context, place: AccountPlace, standing: JobStanding) -> str:
    """Return the path of a picture of the draft's first items; empty while none is here."""
    if not standing.job.items:
        return ""
    of = TaskFilter(job_id=standing.job.job_id)
    page = await tasks_of(context, place, of, newest=False, limit=FIRST_LOOKED_AT)
    shown = (each.picture for each in page.tasks if each.picture)
    return next((picture.customers_path(context.pictures) for picture in shown), "")


def _people(terms: TermsForm, queue: QueueTerms, standing: JobStanding | None) -> dict[str, Any]:
    """Return what is offered of people, what is chosen, and the most that a picture may then cost.

    A draft that was made elsewhere may have a bound on that.
    """
    now = standing.job.terms if standing else queue.default_terms or ONE_ANSWER
    people = terms.people if terms.people.choice else people_of(now)
    offered = offers(people, now)
    asked = offered.get(people.choice, now)
    bound = (standing.job.price_at_most_micros if standing else None) or 0
    each = (within(asked, queue.price_micros, bound) or asked).most_micros(queue.price_micros)
    return {"people": people, "offered": offered, "asked": asked, "shares": WRONG, "each_micros": each}


def _missing(purse: Purse, total: int) -> int:
    return max(0, total - purse.available_micros)


def _affordable(budget: str, price: int) -> int | None:
    """Return how many pictures a typed budget is enough for; None for none."""
    whole, _, part = budget.partition(".")
    micros = (whole_number(whole, 9) or 0) * MICROS + (whole_number(part[:6].ljust(6, "0"), 6) or 0)
    return micros // price if budget else None


def _said(refusal: Refusal, say: Any) -> str:
    if refusal.reason is Reason.TASK_PROPERTIES and "right answers" in refusal.detail:
        return str(say.ugettext(job_words.TRUTHS))
    if refusal.findings and refusal.reason is Reason.TASK_PROPERTIES:
        found = job_words.complaints([(each.pointer, each.detail) for each in refusal.findings], say)
        return " ".join(sentence for sentence, _ in found)
    return job_words.said_of(refusal, say)


WORDS = job_words.UPLOAD_WORDS
