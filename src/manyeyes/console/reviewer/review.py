"""/reviewer: complaints to judge as the server draws them; forms do without script what the script does."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.reviewer import glyphs
from manyeyes.console.reviewer.review_wording import REVIEW_WORDS
from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.refusal_news import news, seen_until
from manyeyes.console.shared.rendering import render
from manyeyes.reports.rules import LONGEST_REASON, Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, ReviewerSession, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import PictureOptions, label_names
from manyeyes.tasks.questions import ChoiceOptions, NumberOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.v1.reviewer_views import SlotView, reviewer_view, slot_view
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import kept_words
from manyeyes.workers.store import Worker

AT_WORK = "/reviewer?at=work"
# The button that was pressed → the vote and what is noted when no reason was typed. Look-alikes count for the worker.
VERDICTS = {
    "confirm": (Vote.CONFIRM, "wrong"),
    "reject": (Vote.REJECT, "right"),
    "ambiguous": (Vote.REJECT, "ambiguous"),
    "several": (Vote.REJECT, "several"),
    "either": (Vote.REJECT, "ambiguous"),
}


class ReviewPages:
    """The reviewer's pages of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = ReviewDesk(context)

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /reviewer: a break; with `?at=work` the complaint that is to be judged now, or the wait for one."""
        if not worker.reviewer:
            return render(request, "reviewer/not_reviewer.html", status=403, person=worker.name)
        is_at_work = request.query_params.get("at") == "work"
        notice = request.query_params.get("notice", "")
        refusal = Refusal(Reason(notice)) if notice in set(Reason) else None
        return await self._draw(request, worker, is_at_work, refusal)

    @for_workers
    async def vote(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/vote: `slot`, `verdict` (one of `VERDICTS`), `reason`."""
        form = await request.form()
        pressed = VERDICTS.get(text_of(form, "verdict"))
        if pressed is None:
            return RedirectResponse(AT_WORK, status_code=303)
        vote, code = pressed
        reason = kept_words(typed_in(form, "reason"))
        outcome = await self._desk.vote(worker, parse_slot(text_of(form, "slot")), vote, reason or code)
        notice = f"&notice={outcome.reason}" if isinstance(outcome, Refusal) else ""
        return RedirectResponse(AT_WORK + notice, status_code=303)

    @for_workers
    async def leave(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/leave: a break; what lay before the reviewer goes to others at once."""
        await self._desk.leave(worker)
        return RedirectResponse("/reviewer", status_code=303)

    async def _draw(self, request: Request, worker: Worker, is_at_work: bool, refusal: Refusal | None) -> Response:
        found = await self._desk.next(worker, 0) if is_at_work else None
        leased = found if isinstance(found, LeasedSlot) else None
        slot = slot_view(self._context, leased)
        session = await self._desk.session(worker)
        assert isinstance(session, ReviewerSession)  # it is refused only to those who are no reviewers
        words = task_wording.words_for(catalogue(look_of(request).language), REVIEW_WORDS)
        mode = "task" if slot else "waiting" if is_at_work else "break"
        told = reviewer_view(session)
        tally = {"votes": told.votes, "earned": told.earned, "payable": told.payable}
        return render(
            request,
            "reviewer/review.html",
            person=worker.name,
            is_reviewer=True,
            fresh_refusals=await news(self._context, request, worker),
            mode=mode,
            presence=words[f"state.{'working' if mode == 'task' else mode}"],
            notice=_notice(look_of(request).language, words, refusal) if refusal else "",
            session={
                "votes": session.votes,
                "earned_micros": session.earned_micros,
                "payable_micros": session.payable_micros,
            },
            task=_task(words, leased, slot) if leased and slot else None,
            told=await self._told(worker, leased),
            longest_reason=LONGEST_REASON,
            script_data={
                "words": words,
                "slot": msgspec.to_builtins(slot),
                "session": tally,
                "now": datetime.now(UTC).isoformat(),
                "seen": seen_until(request).isoformat(),
            },
        )

    async def _told(self, worker: Worker, leased: LeasedSlot | None) -> QuestionView | None:
        """Return what is said about the question that lies before the reviewer; None where nothing is."""
        if leased is None or leased.question is None:
            return None
        found = await self._desk.instructions(worker, leased.question)
        return None if isinstance(found, Refusal) else instructions_view(self._context, found)


def _notice(language: str, words: task_wording.Words, refusal: Refusal) -> str:
    """Return what the reviewer is told; of a vote, the reason alone can be unreadable: it was too long."""
    if refusal.reason is Reason.UNREADABLE:
        return task_wording.filled(task_wording.words_for(catalogue(language)), "hint.long", {"n": LONGEST_REASON})
    return task_wording.explanation(words, refusal)


def either_way(options: PictureOptions) -> str:
    """Return which excuse an answer of this kind has: signs ``alike``, ``several`` labels, ``either`` reading."""
    if isinstance(options, (LabelOptions, ChoiceOptions)):
        return "several"
    return "alike" if isinstance(options, ImageOptions) else "either"


def _task(words: task_wording.Words, leased: LeasedSlot, slot: SlotView) -> dict[str, Any]:
    """Return a complaint as the template draws it: picture, question, answer, and nobody's name."""
    options, text = slot.task.options, slot.answer.text
    labels = label_names(options)
    either = either_way(options)
    fields = [] if isinstance(slot.answer.fields, msgspec.UnsetType) else slot.answer.fields
    chosen = [] if isinstance(slot.answer.chosen, msgspec.UnsetType) else slot.answer.chosen
    return {
        "slot": slot.slot,
        "image_url": slot.task.image_url,
        "sensitive": slot.task.queue.sensitive,
        "queue": slot.task.queue.name,
        "pay_micros": leased.pay_micros,
        "ask": words[task_wording.question(options)],
        "rules": [task_wording.filled(words, key, values) for key, values in task_wording.judged_by(options)],
        "comment": options.comment,
        "labels": labels,
        "either": words[f"verdict.{either}"],
        "either_value": "ambiguous" if either == "alike" else either,
        "fields": [{"name": field.name, "runs": glyphs.runs(field.text)} for field in fields],
        "chosen": chosen,
        "unit": options.unit if isinstance(options, NumberOptions) else "",
        "runs": [glyphs.Run(text, False)] if labels else glyphs.runs(text),
        "glyphs": [{"sign": sign, "name": words[key]} for sign, key in glyphs.alike(options, text)],
        "length": glyphs.length(text),
    }
