"""/reviewer/history: what a reviewer said, how far they agree with others, and a vote corrected while it can be."""

from datetime import UTC, datetime
from typing import Any

from babel.support import Translations
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from manyeyes.console.reviewer.desk_pages import words_of
from manyeyes.console.reviewer.review import VERDICTS, either_way
from manyeyes.console.reviewer.review_wording import REVIEW_WORDS
from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import said_marks
from manyeyes.console.shared.reader_zone import ReaderZone, keep_zone, zone_of
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import PAGE_HEADERS, render
from manyeyes.console.shared.report_wording import VOTE_REASONS, said
from manyeyes.reports.rules import LONGEST_REASON, ReportState, Vote
from manyeyes.roles.review_history import DAYS, NEWEST, SaidOnce, SaidPlace, agreement_of, history_csv, said_by
from manyeyes.roles.reviewer import ReviewDesk, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import kept_words
from manyeyes.workers.store import Worker

PATH = "/reviewer/history"
PAGE = 25
STATES = {
    ReportState.OPEN: mark("Not decided yet: you can still change it"),
    ReportState.CONFIRMED: mark("Decided: the answer was wrong"),
    ReportState.REJECTED: mark("Decided: the answer stands"),
}
VOTES = {Vote.CONFIRM: mark("You said: wrong"), Vote.REJECT: mark("You said: the answer stands")}
CORRECTED = mark("Changed. Your vote counts as it says now.")


class HistoryPages:
    """The pages of one process about what reviewers said."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = ReviewDesk(context)

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /reviewer/history?before=: a page of what the reviewer said, newest first, in the reader's zone."""
        if not worker.reviewer:
            return render(request, "reviewer/not_reviewer.html", status=403, person=worker.name)
        before = _place(request.query_params.get("before", ""))
        if before is None:
            return RedirectResponse(PATH, status_code=303)
        found = await said_by(self._context, worker, before, PAGE + 1)
        zone, translations = zone_of(request), catalogue(look_of(request).language)
        words = words_of(request, REVIEW_WORDS)
        response = render(
            request,
            "reviewer/history.html",
            person=worker.name,
            is_reviewer=True,
            fresh_refusals=await news(self._context, request, worker),
            notice=_notice(request, words, translations),
            agreement=await agreement_of(self._context, worker),
            days=DAYS,
            lines=[self._line(translations, words, each, zone) for each in found[:PAGE]],
            zone=zone,
            is_first=before == NEWEST,
            older=f"{PATH}?before={_text(found[PAGE - 1].place)}" if len(found) > PAGE else "",
            longest_reason=LONGEST_REASON,
        )
        keep_zone(request, response)
        return response

    @for_workers
    async def as_csv(self, request: Request, worker: Worker) -> Response:
        """GET /reviewer/history.csv: all of it, newest first; instants in UTC."""
        if not worker.reviewer:
            return render(request, "reviewer/not_reviewer.html", status=403, person=worker.name)
        named = {"Content-Disposition": f'attachment; filename="reviews-{worker.worker_id}.csv"'}
        lines = history_csv(self._context, worker)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=PAGE_HEADERS | named)

    @for_workers
    async def correct(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/correct: `slot`, `verdict` (one of `VERDICTS`), `reason`."""
        form = await request.form()
        pressed = VERDICTS.get(text_of(form, "verdict"))
        if pressed is None:
            return RedirectResponse(PATH, status_code=303)
        vote, code = pressed
        reason = kept_words(typed_in(form, "reason")) or code
        outcome = await self._desk.correct(worker, parse_slot(text_of(form, "slot")), vote, reason)
        notice = outcome.reason if isinstance(outcome, Refusal) else "corrected"
        return RedirectResponse(f"{PATH}?notice={notice}", status_code=303)

    def _line(
        self, translations: Translations, words: task_wording.Words, one: SaidOnce, zone: ReaderZone
    ) -> dict[str, Any]:
        """Return what was said once as the template draws it."""
        options = one.options
        either = either_way(options) if options else "alike"
        return {
            "at": one.at,
            "here": one.at.astimezone(zone.zone),
            "task_id": one.task_id,
            "queue": one.queue.name if one.queue else "",
            "image_url": one.picture.peoples_path(self._context.pictures) if one.picture else None,
            "marks": said_marks(translations, one.marks),
            "ask": words[task_wording.question(options)] if options else "",
            "is_vote": one.vote is not None,
            "answer": one.answer,
            "said": translations.ugettext(VOTES[one.vote]) if one.vote else "",
            "value": one.value,
            "reason": said(translations, VOTE_REASONS, one.reason),
            "state": translations.ugettext(STATES[one.state]) if one.state in STATES else "",
            "others": one.others,
            "alike": one.alike,
            "is_alike": one.is_alike,
            "pay_micros": one.pay_micros,
            "slot": str(one.slot) if one.slot else "",
            "either": words[f"verdict.{either}"],
            "either_value": "ambiguous" if either == "alike" else either,
        }


def _notice(request: Request, words: task_wording.Words, translations: Translations) -> dict[str, str] | None:
    named = request.query_params.get("notice", "")
    if named == "corrected":
        return {"words": translations.ugettext(CORRECTED), "tone": ""}
    if named == Reason.UNREADABLE:
        said = task_wording.words_for(translations)
        return {"words": task_wording.filled(said, "hint.long", {"n": LONGEST_REASON}), "tone": "warn"}
    refusal = Refusal(Reason(named)) if named in set(Reason) else None
    return {"words": task_wording.explanation(words, refusal), "tone": "warn"} if refusal else None


def _place(text: str) -> SaidPlace | None:
    """Return the place that an address names, from its beginning for an empty one; None for what is no place."""
    if not text:
        return NEWEST
    micros, _, serial = text.partition("-")
    if not (micros.isdecimal() and serial.isdecimal() and len(micros) < 18 and len(serial) < 18):
        return None
    return datetime.fromtimestamp(int(micros) / 1_000_000, UTC), int(serial)


def _text(place: SaidPlace) -> str:
    at, serial = place
    return f"{round(at.timestamp() * 1_000_000)}-{serial}"
