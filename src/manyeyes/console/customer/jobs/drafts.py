"""/customer/jobs/new and a draft's page: pictures, the question with a preview, the price, and the start.

One page and one form, which works without script: each of its buttons sends all of it, and the page comes back with
what was typed. A script does the same in the background (static/customer/job_draft.js) and puts the parts in place.
"""

from typing import Any

from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.console.customer.jobs import job_words
from manyeyes.console.customer.jobs.asked_question import question_in
from manyeyes.console.customer.jobs.draft_page import PATH, DraftPage, SentDraft, draw_draft
from manyeyes.console.customer.jobs.draft_terms import draft_in, read_terms
from manyeyes.console.customer.jobs.example_pictures import stored_pictures
from manyeyes.console.customer.jobs.plain_upload import sent_file
from manyeyes.console.customer.jobs.question_form import changed_by, read_form
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue
from manyeyes.job_files.items import UnreadableFile
from manyeyes.jobs.rules import JobState
from manyeyes.jobs.store import NewJob
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.items import CustomerItems
from manyeyes.roles.customer.jobs import CustomerJobs, JobStanding, OpenedDraft
from manyeyes.roles.customer.questions import GivenQuestion
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import ImageOptions
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal

LARGEST_FORM = 9_000_000  # bytes: ten examples' pictures, in base64 where they are not stored yet
MOST_FIELDS, MOST_FILES = 1_500, 20
START, KEEP, SAVE = "start", "keep", "save"


class DraftPages:
    """A customer's drafts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs, self._items = CustomerJobs(context), CustomerItems(context)

    @for_customers
    async def show_new(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/jobs/new: an empty form; nothing is made before something is sent."""
        return await draw_draft(self._context, request, place, DraftPage(standing=None))

    @for_customers
    async def send_new(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/new: the form's first deed, which opens the draft when it is one that saves."""
        return await self._send(request, place, None)

    @for_customers
    async def send(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/{job_id}: another deed; field `do` is a button of the form, `save`, `keep` or `start`."""
        found = await self._found(request, place)
        if isinstance(found, Refusal):
            return RedirectResponse(PATH, status_code=303)
        if found.job.state is not JobState.DRAFT:
            return RedirectResponse(f"{PATH}/{found.job.job_id}", status_code=303)
        return await self._send(request, place, found)

    @for_customers
    async def add_files(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/{job_id}/files, or of `new`: what a page's own form sends, streamed into the draft."""
        is_new = request.path_params.get("job_id") is None
        found = await self._opened(request, place) if is_new else await self._found(request, place)
        if isinstance(found, Refusal):
            return await draw_draft(self._context, request, place, DraftPage(standing=None, refusal=found), status=422)
        try:
            taken = await self._items.take(place, found.job.job_id, await sent_file(request))
        except ClientDisconnect:
            return PlainTextResponse("", status_code=400)  # nobody listens; what was saved stays
        except UnreadableFile as unreadable:
            taken = Refusal(Reason.BAD_ITEMS, unreadable.finding.detail)
        if not isinstance(taken, Refusal):
            return RedirectResponse(f"{PATH}/{found.job.job_id}#files", status_code=303)
        standing = await self._jobs.get(place, found.job.job_id)
        page = DraftPage(standing=None if isinstance(standing, Refusal) else standing, refusal=taken)
        return await draw_draft(self._context, request, place, page, status=422)

    @for_customers
    async def drop_file(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/jobs/{job_id}/drop: a file of the draft, field `key`, with its items."""
        found = await self._found(request, place)
        if isinstance(found, Refusal):
            return RedirectResponse(PATH, status_code=303)
        await self._items.drop(place, found.job.job_id, text_of(await request.form(), "key"))
        return RedirectResponse(f"{PATH}/{found.job.job_id}#files", status_code=303)

    async def _found(self, request: Request, place: AccountPlace) -> JobStanding | Refusal:
        return await self._jobs.get(place, whole_number(request.path_params["job_id"], 18) or 0)

    async def _opened(self, request: Request, place: AccountPlace) -> JobStanding | Refusal:
        """Return a fresh draft that asks for what is seen: pictures came before a question was put."""
        draft = NewJob(job_id=0, account_id=0, name="", queue_id=1, question_id=0, terms=await self._usual(1))
        opened = await self._jobs.open(place, draft, GivenQuestion(options=ImageOptions(case=False)))
        return opened.standing if isinstance(opened, OpenedDraft) else opened

    async def _usual(self, queue_id: int) -> PeopleTerms:
        """Return how many people a queue asks where nothing is said."""
        queue = (await self._context.lookups.queues()).get(queue_id)
        return (queue.default_terms if queue else None) or ONE_ANSWER

    async def _send(self, request: Request, place: AccountPlace, found: JobStanding | None) -> Response:
        size = whole_number(request.headers.get("content-length", ""), 18)
        if size is None or size > LARGEST_FORM:
            return PlainTextResponse(f"this form has at most {LARGEST_FORM} bytes", status_code=413)
        try:
            form = await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
        except MultiPartException as error:
            return PlainTextResponse(f"this form cannot be read: {error.message}", status_code=400)
        deed = text_of(form, "do") or SAVE
        question, focus = changed_by(await read_form(form), deed)
        sent = SentDraft(question=question, terms=read_terms(form), focus=focus)
        if deed not in (START, KEEP, SAVE):
            return await draw_draft(self._context, request, place, DraftPage(standing=found, sent=sent))
        return await self._save(request, place, found, sent, deed)

    async def _save(
        self, request: Request, place: AccountPlace, found: JobStanding | None, sent: SentDraft, deed: str
    ) -> Response:
        """Keep what was sent, and start the job where that is the deed; what is wrong stays on the page."""
        kept = await self._kept(request, place, found, sent)
        if not isinstance(kept, JobStanding):
            page = DraftPage(standing=found, sent=sent, **kept)
            return await draw_draft(self._context, request, place, page, status=422)
        address = f"{PATH}/{kept.job.job_id}"
        if deed == START:
            started = await self._jobs.start(place, kept.job.job_id, actor=await actor_of(self._context, request))
            if isinstance(started, Refusal):
                page = DraftPage(standing=kept, refusal=started)
                return await draw_draft(self._context, request, place, page, status=422)
        if deed == KEEP and found is not None:
            return await draw_draft(self._context, request, place, DraftPage(standing=kept, is_saved=True))
        return RedirectResponse(f"{address}?saved=yes" if deed == SAVE else address, status_code=303)

    async def _kept(
        self, request: Request, place: AccountPlace, found: JobStanding | None, sent: SentDraft
    ) -> JobStanding | dict[str, Any]:
        """Return the draft as it was sent, or what is wrong with that, as the page draws it."""
        base = self._context.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
        networks = self._context.settings.private_networks()
        usual = await self._usual(whole_number(sent.terms.queue, 9) or 0)
        draft = draft_in(sent.terms, base, networks, found.job if found else None, usual)
        stored = await stored_pictures(self._context, place, sent.question)
        question = question_in(sent.question, stored)
        faults = [*(draft if isinstance(draft, list) else []), *(question if isinstance(question, list) else [])]
        if isinstance(draft, list) or isinstance(question, list):
            say = catalogue(look_of(request).language)
            return {"complaints": job_words.complaints(faults, say)}
        if found is None:
            opened = await self._jobs.open(place, draft, question)
            return opened.standing if isinstance(opened, OpenedDraft) else {"refusal": opened}
        revised = await self._jobs.revise(place, found.job.job_id, draft, question)
        return {"refusal": revised} if isinstance(revised, Refusal) else revised
