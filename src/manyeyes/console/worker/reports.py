"""/worker/reports: complaints about a worker's answers, what reviewers said, and their one appeal for each."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import YEAR_SECONDS, look_of
from manyeyes.console.shared.forms import number_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import said_marks
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.refusal_news import SEEN, seen_until
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.report_wording import VOTE_REASONS, said
from manyeyes.reports.rules import LONGEST_APPEAL
from manyeyes.roles.worker_reports import WorkerReport, appeal, worker_reports
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import PictureLinks
from manyeyes.values.text.rules import is_too_long
from manyeyes.workers.store import Worker

APPEALS = {
    None: mark("Your appeal is with the operator."),
    True: mark("Your appeal was accepted: you have been paid."),
    False: mark("Your appeal was not accepted."),
}
NOTICES = {
    "sent": (mark("Your appeal was sent. The operator's answer will be shown here."), ""),
    "refused": (
        mark("That appeal could not be taken: there can be one for each refused answer, and it needs words."),
        "warn",
    ),
}


class ComplaintPages:
    """A worker's page about complaints."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/reports: complaints about the worker's answers; what it shows counts as seen."""
        found = await worker_reports(self._context, worker)
        seen = seen_until(request)
        translations = catalogue(look_of(request).language)
        words = task_wording.words_for(translations)
        lines = [_line(translations, words, one, self._context.pictures, seen) for one in found]
        notices = NOTICES | {"long": (task_wording.filled(words, "hint.long", {"n": LONGEST_APPEAL}), "warn")}
        response = render(
            request,
            "worker/reports.html",
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=0,
            notice=said_notice(request, notices, translations.ugettext),
            open=[line for line in lines if line["decided_at"] is None],
            refused=[line for line in lines if line["decided_at"] is not None],
            longest_appeal=LONGEST_APPEAL,
        )
        latest = max((one.decided_at for one in found if one.decided_at), default=seen)
        response.set_cookie(SEEN, latest.isoformat(), max_age=YEAR_SECONDS, samesite="lax", httponly=True)
        return response

    @for_workers
    async def appeal(self, request: Request, worker: Worker) -> Response:
        """POST /worker/appeal: file an appeal; fields `task_id`, `words`."""
        form = await request.form()
        task_id = number_of(form, "task_id")
        words = typed_in(form, "words")
        outcome = await appeal(self._context, worker, task_id, words)
        is_long = is_too_long(words, LONGEST_APPEAL)
        notice = "long" if is_long else "refused" if isinstance(outcome, Refusal) else "sent"
        return RedirectResponse(f"/worker/reports?notice={notice}#complaint-{task_id}", status_code=303)


def _line(
    translations: Any, words: task_wording.Words, one: WorkerReport, pictures: PictureLinks, seen: datetime
) -> dict[str, Any]:
    """Return a complaint as the template draws it."""
    options = one.options
    return {
        "task_id": one.task_id,
        "image_url": one.picture.peoples_path(pictures) if one.picture else None,
        "marks": said_marks(translations, one.marks),
        "ask": words[task_wording.question(options)],
        "rules": [task_wording.filled(words, key, values) for key, values in task_wording.rules(options)],
        "comment": options.comment,
        "answer": one.answer,
        "reasons": [said(translations, VOTE_REASONS, reason) for reason in one.reasons],
        "cost_micros": one.cancelled_micros,
        "decided_at": one.decided_at,
        "is_fresh": one.decided_at is not None and one.decided_at > seen,
        "appeal": {
            "state": translations.ugettext(APPEALS[one.appeal.accepted]),
            "words": one.appeal.words,
            "answer": one.appeal.answer,
        }
        if one.appeal
        else None,
    }
