"""/customer/jobs: the list of jobs, a job's page, and what its customer does with it."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.jobs import job_words
from manyeyes.console.customer.jobs.asked_question import options_in
from manyeyes.console.customer.jobs.draft_page import PATH, DraftPage, draw_draft
from manyeyes.console.customer.jobs.draft_terms import DEADLINE_FORM, budget_in, budget_text, deadline_in, name_in
from manyeyes.console.customer.jobs.example_pictures import picture_paths
from manyeyes.console.customer.jobs.preview import preview
from manyeyes.console.customer.jobs.question_form import Faults, form_of
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.rendering import render
from manyeyes.jobs.rules import UNCHANGED, JobChange, JobState, JobVerb
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.jobs import CustomerJobs, JobStanding
from manyeyes.roles.customer.results import has_parquet
from manyeyes.roles.customer.tasks import CustomerTask, tasks_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.seen.store import TaskFilter, TaskState
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal

PAGE_JOBS, FIRST_RESULTS = 25, 8
VERBS = {"start": JobVerb.START, "pause": JobVerb.PAUSE, "resume": JobVerb.START, "cancel": JobVerb.CANCEL}


class JobPages:
    """A customer's jobs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = CustomerJobs(context)

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/jobs?before=: a page of jobs, newest first."""
        before = whole_number(request.query_params.get("before", ""), 18)
        page = await self._jobs.page(place, after=before, limit=PAGE_JOBS)
        return render(
            request,
            "customer/jobs.html",
            person=place.name,
            jobs=[(each, _bar(each)) for each in page.jobs],
            states=_states(request),
            looks=job_words.LOOKS,
            older=f"{PATH}?before={page.after}" if page.after else "",
            is_first=before is None,
        )

    @for_customers
    async def show_one(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/jobs/{job_id}: a draft's form, or how far a job is; elsewhere than theirs the list."""
        found = await self._jobs.get(place, _number(request))
        if isinstance(found, Refusal):
            return RedirectResponse(PATH, status_code=303)
        if found.job.state is JobState.DRAFT:
            return await draw_draft(self._context, request, place, DraftPage(standing=found))
        return await self._draw(request, place, found)

    @for_customers
    async def ask_cancel(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/jobs/{job_id}/cancel: what a cancellation ends and gives back, before it is one."""
        found = await self._jobs.get(place, _number(request))
        if isinstance(found, Refusal) or found.job.is_over:
            return RedirectResponse(PATH if isinstance(found, Refusal) else _address(found), status_code=303)
        return render(request, "customer/job_cancel.html", person=place.name, each=found, job=found.job)

    @for_customers
    async def move(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/{job_id}/{start,pause,resume,cancel}: what is so already stays so."""
        verb = VERBS[request.url.path.rsplit("/", 1)[1]]
        return await self._change(request, place, msgspec.structs.replace(UNCHANGED, verb=verb))

    @for_customers
    async def change(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/{job_id}/change: fields `name`, `budget`, `deadline` (UTC); empty takes a bound away."""
        form, faults = await request.form(), Faults()
        wanted = JobChange(
            name=name_in(typed_in(form, "name"), faults),
            budget_micros=budget_in(text_of(form, "budget"), faults),
            deadline=deadline_in(text_of(form, "deadline"), faults),
        )
        if not faults:
            return await self._change(request, place, wanted)
        found = await self._jobs.get(place, _number(request))
        if isinstance(found, Refusal):
            return RedirectResponse(PATH, status_code=303)
        say = catalogue(look_of(request).language)
        wrong = " ".join(sentence for sentence, _ in job_words.complaints(faults, say))
        return await self._draw(request, place, found, wrong, status=422)

    async def _change(self, request: Request, place: AccountPlace, wanted: JobChange) -> Response:
        found = await self._jobs.get(place, _number(request))
        if isinstance(found, Refusal):
            return RedirectResponse(PATH, status_code=303)
        wanted = _what_changes(found, wanted)
        outcome = await self._jobs.change(place, found.job.job_id, wanted, actor=await actor_of(self._context, request))
        if not isinstance(outcome, Refusal):
            gone = found.job.state is JobState.DRAFT and wanted.verb is JobVerb.CANCEL
            return RedirectResponse(PATH if gone else _address(found), status_code=303)
        wrong = job_words.said_of(outcome, catalogue(look_of(request).language))
        if found.job.state is JobState.DRAFT:
            page = DraftPage(standing=found, refusal=outcome)
            return await draw_draft(self._context, request, place, page, status=422)
        return await self._draw(request, place, found, wrong, status=422)

    async def _draw(
        self, request: Request, place: AccountPlace, found: JobStanding, wrong: str = "", status: int = 200
    ) -> Response:
        job, say = found.job, catalogue(look_of(request).language)
        of = TaskFilter(job_id=job.job_id, state=TaskState.DONE)
        results = (await tasks_of(self._context, place, of, newest=False, limit=FIRST_RESULTS)).tasks
        form = form_of(found.question)
        picture, examples = _picture(self._context, results), await picture_paths(self._context, place, form)
        shown = preview(request, options_in(form)[0], form, found.queue, picture, examples)
        return render(
            request,
            "customer/job_page.html",
            status=status,
            person=place.name,
            each=found,
            job=job,
            bar=_bar(found),
            state=say.ugettext(job_words.STATES[job.state]),
            look=job_words.LOOKS[job.state],
            waits=say.ugettext(job_words.WAITS[job.waits_for]) if job.waits_for else "",
            wrong=wrong,
            budget=budget_text(job),
            deadline=f"{job.deadline:{DEADLINE_FORM}}" if job.deadline else "",
            results=[_result(self._context, task) for task in results],
            has_parquet=has_parquet(),
            preview=shown,
        )


def _what_changes(found: JobStanding, wanted: JobChange) -> JobChange:
    """Return the change without what is so already: an ended job's form sends its old bounds along with a new name."""
    same = {
        name: msgspec.UNSET
        for name in ("name", "budget_micros", "deadline")
        if getattr(wanted, name) == getattr(found.job, name)
    }
    at, old = wanted.deadline, found.job.deadline
    if at and old and f"{at:{DEADLINE_FORM}}" == f"{old:{DEADLINE_FORM}}":
        same["deadline"] = msgspec.UNSET
    return msgspec.structs.replace(wanted, **same)


def _bar(each: JobStanding) -> dict[str, Any]:
    """Return the parts of a progress bar as starts and widths in thousandths, and the share that has ended."""
    job = each.job
    counts = (("done", job.solved), ("failed", job.unsolvable + job.unanswered + job.failed), ("open", job.open))
    at, parts = 0.0, []
    for name, count in counts:
        width = count * 1000 / job.items if job.items else 0.0
        parts.append((name, round(at, 1), round(width, 1)))
        at += width
    return {"parts": parts, "share": job.ended / job.items if job.items else 0.0}


def _result(context: Context, shown: CustomerTask) -> dict[str, Any]:
    path = shown.picture.customers_path(context.pictures) if shown.picture else ""
    return {"task": shown.task, "picture": path, "text": shown.task.shown or shown.task.answer}


def _picture(context: Context, results: list[CustomerTask]) -> str:
    return next((each.picture.customers_path(context.pictures) for each in results if each.picture), "")


def _states(request: Request) -> dict[JobState, str]:
    say = catalogue(look_of(request).language)
    return {state: say.ugettext(message) for state, message in job_words.STATES.items()}


def _number(request: Request) -> int:
    return whole_number(request.path_params["job_id"], 18) or 0


def _address(found: JobStanding) -> str:
    return f"{PATH}/{found.job.job_id}"
