"""/worker/queues: which of their queues and languages somebody takes now, and what waits where for what pay."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import said_marks
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import render
from manyeyes.roles.own_choice import decline, own_work
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason
from manyeyes.workers.store import Worker

KEPT = "kept"
NOTICES = {
    KEPT: mark("Kept. If you are at work it counts from now on."),
    Reason.NONE_TAKEN: mark("Nothing was changed: that would leave you no queue. Keep one, and its language."),
    Reason.BELOW_FLOOR: mark(
        "Nothing was changed: of the queues that you kept none comes to you, because of the answers that were checked."
    ),
    Reason.QUEUE_NOT_ALLOWED: mark("You have no queue to work in yet. Ask the operator of this installation."),
}


class OwnQueuePages:
    """The page of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/queues: their queues with what waits there, and their languages."""
        own = await own_work(self._context, worker)
        translations = catalogue(look_of(request).language)
        said = request.query_params.get("notice", "")
        notice = NOTICES.get(said, "")
        return render(
            request,
            "worker/queues.html",
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=await news(self._context, request, worker),
            notice=translations.ugettext(notice) if notice else "",
            is_refused=said != KEPT,
            queues=[(each, said_marks(translations, each.queue.marks)) for each in own.queues],
            spoken=own.languages,
        )

    @for_workers
    async def choose(self, request: Request, worker: Worker) -> Response:
        """POST /worker/queues/choose: fields `queue` and `language` for each that is taken, `shown_…` for each that
        could be; what was given to them since the page was drawn stays taken.
        """
        form = await request.form()
        shown, taken = (
            {whole_number(str(value), 9) for value in form.getlist(name)} - {None} for name in ("shown_queue", "queue")
        )
        codes, spoken = (set(map(str, form.getlist(name))) for name in ("shown_language", "language"))
        refusal = await decline(self._context, worker, {q for q in shown - taken if q is not None}, codes - spoken)
        return RedirectResponse(f"/worker/queues?notice={refusal.reason if refusal else KEPT}", status_code=303)
