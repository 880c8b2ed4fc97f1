"""/worker/marks: what somebody says to marked pictures, and how much of them they were shown today."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import queue_of, text_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import every_mark, said_marks
from manyeyes.console.shared.own_keys import ShownKeys
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.own_keys import keys_set_by
from manyeyes.roles.wellbeing import QueueMarks, look_again, mark_choices, say_marks
from manyeyes.runtime.context import Context
from manyeyes.values.marks import MARK_NAMES, mark_names, marks_named
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker

NOTICES = {
    "kept": mark("Kept. It counts from the next picture on."),
    "unseen": mark("That picture is not shown: you did not say yes to it, or you have seen as many today as you may."),
    "refused": mark("That could not be kept: the queue is not yours any more."),
}


class MarkPages:
    """The page of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/marks: queues with their marks, what is never to come, and the day so far."""
        choices = await mark_choices(self._context, worker)
        translations = catalogue(look_of(request).language)
        notice = NOTICES.get(request.query_params.get("notice", ""), "")
        request.state.keys = ShownKeys(await keys_set_by(self._context, worker))
        return render(
            request,
            "worker/marks.html",
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=await news(self._context, request, worker),
            notice=translations.ugettext(notice) if notice else "",
            queues=[_queue(translations, each) for each in choices.queues],
            every_mark=every_mark(translations),
            avoided=mark_names(choices.avoided),
            days=[
                {"name": said_marks(translations, day.mark)[0], "day": day}
                for day in choices.days
                if day.spent.pictures or any(each.agreed & day.mark for each in choices.queues)
            ],
            zone=choices.zone,
            paused_until=choices.paused_until,
        )

    @for_workers
    async def agree(self, request: Request, worker: Worker) -> Response:
        """POST /worker/marks/agree: fields `queue_id`, `agreed` for each mark that was named; none takes the yes back.

        The form names what it was a yes to: a mark that the queue got since is not among it.
        """
        form = await request.form()
        agreed = marks_named(name for name in map(str, form.getlist("agreed")) if name in MARK_NAMES)
        actor = await actor_of(self._context, request)
        outcome = await say_marks(self._context, worker, actor, queue_id=queue_of(form), agreed=agreed)
        return _back(outcome, text_of(form, "back"))

    @for_workers
    async def look(self, request: Request, worker: Worker) -> Response:
        """POST /worker/look: field `picture`, the address of a marked one that a page of theirs folds away."""
        picture = text_of(await request.form(), "picture")
        is_shown = await look_again(self._context, worker, picture)
        return RedirectResponse(picture if is_shown else "/worker/marks?notice=unseen", status_code=303)

    @for_workers
    async def avoid(self, request: Request, worker: Worker) -> Response:
        """POST /worker/marks/avoid: fields `avoided`, what is never to come."""
        form = await request.form()
        avoided = marks_named(name for name in map(str, form.getlist("avoided")) if name in MARK_NAMES)
        return _back(
            await say_marks(self._context, worker, await actor_of(self._context, request), avoided=avoided), ""
        )


def _back(outcome: Refusal | None, anchor: str) -> Response:
    place = f"#{anchor}" if anchor.startswith("queue-") and anchor[6:].isdecimal() else ""
    return RedirectResponse(f"/worker/marks?notice={'refused' if outcome else 'kept'}{place}", status_code=303)


def _queue(translations: Any, each: QueueMarks) -> dict[str, Any]:
    """Return a queue as the template draws it; ``others``: marks that its single pictures may carry beside its own."""
    return {
        "queue_id": each.queue.queue_id,
        "name": each.queue.name,
        "marks": mark_names(each.queue.marks),
        "said": said_marks(translations, each.queue.marks),
        "agreed": mark_names(each.agreed),
        "is_asked": each.is_asked,
        "is_agreed": bool(each.agreed),
        "others": [(n, said) for n, said in every_mark(translations) if n not in mark_names(each.queue.marks)],
    }
