"""/operator/people/<queue>: how often people are right, who is stopped, who is alike."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_of, queue_of, text_of, typed_in
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.rendering import render
from manyeyes.reports.rules import LONGEST_REASON
from manyeyes.roles.accuracy import decide_bar, queue_people
from manyeyes.roles.acting import actor_of
from manyeyes.roles.alike_people import queue_alike
from manyeyes.roles.operator import open_appeals
from manyeyes.roles.practising import queue_training
from manyeyes.runtime.context import Context
from manyeyes.values.deeds import Deed
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal

NOTICES = {
    "lifted": (mark("They get this queue again when they next come."), ""),
    "left": (mark("They do not get this queue. They see your answer."), ""),
    "refused": (mark("That could not be done: they are not stopped, or there is no appeal to turn down."), "warn"),
}
ID_DIGITS = 10


class PeoplePages:
    """The operator's pages about the people of a queue."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/people and /operator/people/{queue_id}: the people of a queue; without one, the queues."""
        translate = catalogue(look_of(request).language).ugettext
        queues = await self._context.lookups.queues()
        wanted = whole_number(request.path_params.get("queue_id", ""), ID_DIGITS)
        queue = queues.get(wanted) if wanted else None
        return render(
            request,
            "operator/people.html",
            person="operator",
            open_appeals=len(await open_appeals(self._context)),
            notice=said_notice(request, NOTICES, translate),
            queues=list(queues.values()),
            queue=queue,
            people=await queue_people(self._context, queue.queue_id) if queue else [],
            training=await queue_training(self._context, queue.queue_id) if queue else [],
            alike=await queue_alike(self._context, queue.queue_id) if queue else [],
            longest_answer=LONGEST_REASON,
        )

    @for_deed(Deed.BAR_DECIDE)
    async def decide(self, request: Request) -> Response:
        """POST /operator/people/decide: `queue_id`, `worker_id`, `lifted` (yes or no), `answer`."""
        form = await request.form()
        queue_id, worker_id = queue_of(form), number_of(form, "worker_id")
        lifted = {"yes": True, "no": False}.get(text_of(form, "lifted"))
        notice = "refused"
        if lifted is not None:
            answer = typed_in(form, "answer")
            actor = await actor_of(self._context, request)
            outcome = await decide_bar(self._context, worker_id, queue_id, is_lifted=lifted, answer=answer, actor=actor)
            notice = "refused" if isinstance(outcome, Refusal) else "lifted" if lifted else "left"
        return RedirectResponse(f"/operator/people/{queue_id}?notice={notice}", status_code=303)
