"""/reviewer: complaints to judge as the server draws them; forms do without script what the script does."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.reviewer import glyphs
from manyeyes.console.reviewer.desk_pages import DeskPages, words_of
from manyeyes.console.reviewer.review_wording import REVIEW_WORDS
from manyeyes.console.shared import task_wording
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.reports.rules import LONGEST_REASON, Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, ReviewerSession, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import PictureOptions, label_names
from manyeyes.tasks.questions import ChoiceOptions, NumberOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.v1.reviewer_views import SlotView, reviewer_view, slot_view
from manyeyes.values.marks import mark_names
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import kept_words
from manyeyes.workers.store import Worker

PATH = "/reviewer"
# The button that was pressed → the vote and what is noted when no reason was typed. Look-alikes count for the worker.
VERDICTS = {
    "confirm": (Vote.CONFIRM, "wrong"),
    "reject": (Vote.REJECT, "right"),
    "ambiguous": (Vote.REJECT, "ambiguous"),
    "several": (Vote.REJECT, "several"),
    "either": (Vote.REJECT, "ambiguous"),
    "unjudged": (Vote.REJECT, "unjudged"),  # what nobody can tell to be wrong stands (docs/decisions/0081)
}


class ReviewPages(DeskPages[LeasedSlot]):
    """The reviewer's pages of one process."""

    def __init__(self, context: Context) -> None:
        self._desk = ReviewDesk(context)
        super().__init__(context, self._desk, PATH)

    @for_workers
    async def vote(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/vote: `slot`, `verdict` (one of `VERDICTS`), `reason`."""
        form = await request.form()
        pressed = VERDICTS.get(text_of(form, "verdict"))
        if pressed is None:
            return self._back(None)
        vote, code = pressed
        reason = kept_words(typed_in(form, "reason"))
        return self._back(await self._desk.vote(worker, parse_slot(text_of(form, "slot")), vote, reason or code))

    @for_workers
    async def skip(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/skip: pass a complaint on; `slot`."""
        form = await request.form()
        return self._back(await self._desk.skip(worker, parse_slot(text_of(form, "slot"))))

    async def _parts(self, request: Request, worker: Worker, lying: LeasedSlot | None) -> dict[str, Any]:
        slot, session = slot_view(self._context, lying), await self._desk.session(worker)
        assert isinstance(session, ReviewerSession)  # it is refused only to those who are no reviewers
        words, told = words_of(request, REVIEW_WORDS), reviewer_view(session)
        return {
            "template": "reviewer/review.html",
            "words": words,
            "name": "slot",
            "view": slot,
            "task": _task(words, lying, slot) if lying and slot else None,
            "session": session,
            "tally": {"votes": told.votes, "earned": told.earned, "payable": told.payable},
            "longest_reason": LONGEST_REASON,
        }

    def _notice(self, request: Request, words: task_wording.Words, refusal: Refusal) -> str:
        """Return what the reviewer is told; of a vote, the reason alone can be unreadable: it was too long."""
        if refusal.reason is Reason.UNREADABLE:
            return task_wording.filled(words_of(request, task_wording.WORDS), "hint.long", {"n": LONGEST_REASON})
        return super()._notice(request, words, refusal)


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
        "marks": [words[f"mark.{name}"] for name in mark_names(leased.picture.marks)],
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
