"""/worker/accuracy: how often a worker is right in each queue, with the pictures behind it; appeal and practice."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import queue_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import render
from manyeyes.reports.rules import LONGEST_APPEAL
from manyeyes.roles.accuracy import QueueAccuracy, WrongAnswer, appeal_bar, worker_accuracy
from manyeyes.roles.pictures import marks_now
from manyeyes.roles.practising import PracticeDesk, PracticeOffer, ShownPractice
from manyeyes.runtime.context import Context
from manyeyes.skills.counting import BELOW_FLOOR
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.marks import mark_names
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import PictureLinks
from manyeyes.values.text.rules import is_too_long
from manyeyes.workers.store import Worker

NOTICES = {
    "practise": (mark("That could not be begun: there is nothing for you to practise in this queue now."), "warn"),
    "sent": (mark("Your appeal was sent. The operator's answer will be shown here."), ""),
    "refused": (mark("That appeal could not be taken: there can be one each time, and it needs words."), "warn"),
}


class AccuracyPages:
    """A worker's page about how often they are right."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._practice = PracticeDesk(context)

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/accuracy: each queue in which answers of theirs were checked."""
        translations = catalogue(look_of(request).language)
        words = task_wording.words_for(translations)
        notices = NOTICES | {"long": (task_wording.filled(words, "hint.long", {"n": LONGEST_APPEAL}), "warn")}
        found = await worker_accuracy(self._context, worker)
        offers = {each.queue.queue_id: each for each in await self._practice.offers(worker)}
        return render(
            request,
            "worker/accuracy.html",
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=await news(self._context, request, worker),
            notice=said_notice(request, notices, translations.ugettext),
            queues=[_queue(words, one, offers.get(one.queue.queue_id), self._context.pictures) for one in found],
            longest_appeal=LONGEST_APPEAL,
        )

    @for_workers
    async def appeal(self, request: Request, worker: Worker) -> Response:
        """POST /worker/accuracy/appeal: ask the operator to look; fields `queue_id`, `words`."""
        form = await request.form()
        queue_id, words = queue_of(form), typed_in(form, "words")
        outcome = await appeal_bar(self._context, worker, queue_id, words)
        is_long = is_too_long(words, LONGEST_APPEAL)
        notice = "long" if is_long else "refused" if isinstance(outcome, Refusal) else "sent"
        return RedirectResponse(f"/worker/accuracy?notice={notice}#queue-{queue_id}", status_code=303)

    @for_workers
    async def practise(self, request: Request, worker: Worker) -> Response:
        """POST /worker/accuracy/practise: begin a queue's training set, or go on with it; field `queue_id`."""
        queue_id = queue_of(await request.form())
        if isinstance(await self._practice.begin(worker, queue_id), Refusal):
            return RedirectResponse(f"/worker/accuracy?notice=practise#queue-{queue_id}", status_code=303)
        return RedirectResponse("/worker", status_code=303)


def _queue(
    words: task_wording.Words, one: QueueAccuracy, offer: PracticeOffer | None, pictures: PictureLinks
) -> dict[str, Any]:
    """Return a queue as the template draws it."""
    practised = offer.shown if offer else []
    return {
        "queue_id": one.queue.queue_id,
        "name": one.queue.name,
        "floor": one.queue.floor,
        "standing": one.standing,
        "is_floor": one.standing.barred_why == BELOW_FLOOR,
        "label": one.standing.barred_why.partition(" ")[2],
        "wrong": [_wrong(words, each, one.queue, pictures) for each in one.wrong],
        "practice": offer,
        "practised": [{**_wrong(words, each, one.queue, pictures), "is_right": each.is_right} for each in practised],
    }


def _wrong(
    words: task_wording.Words, each: WrongAnswer | ShownPractice, queue: QueueTerms, pictures: PictureLinks
) -> dict[str, Any]:
    return {
        "image_url": each.picture.peoples_path(pictures) if each.picture else None,
        "marks": [words[f"mark.{name}"] for name in mark_names(marks_now(queue, each.picture))],
        "ask": words[task_wording.question(each.options)],
        "comment": each.options.comment,
        "truth": each.truth,
        "given": each.given,
        "at": each.at,
    }
