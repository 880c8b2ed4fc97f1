"""/reviewer/results: results to decide as the server draws them; forms do without script what the script does."""

from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.reviewer import glyphs
from manyeyes.console.reviewer.desk_pages import DeskPages, words_of
from manyeyes.console.reviewer.judging_wording import JUDGING_WORDS
from manyeyes.console.shared import plain_forms, task_wording
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.task_drawing import drawn_question
from manyeyes.roles.judging import AGREEMENT_DAYS, JudgingDesk, JudgingSession, LeasedJudgement, parse_judgement
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import label_names
from manyeyes.tasks.rules import LONGEST_ANSWER
from manyeyes.v1.judging_views import GivenView, JudgementView, judgement_view, judging_view
from manyeyes.values.marks import mark_names
from manyeyes.workers.store import Worker

PATH = "/reviewer/results"
ROOM = 8  # a browser counts halves of characters, before they are composed: the server says what is too long
KEYS = 9  # the first so many answers have a number key each


class JudgingPages(DeskPages[LeasedJudgement]):
    """The pages of one process where reviewers decide results."""

    def __init__(self, context: Context) -> None:
        self._desk = JudgingDesk(context)
        super().__init__(context, self._desk, PATH)

    @for_workers
    async def decide(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/results/decide: `judgement`; `given`, `none`, or an own answer (`plain_forms`)."""
        form = await request.form()
        value = None if "none" in form else await self._value(worker, form)
        return self._back(await self._desk.decide(worker, parse_judgement(text_of(form, "judgement")), value))

    @for_workers
    async def skip(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/results/skip: pass a result on; `judgement`."""
        form = await request.form()
        return self._back(await self._desk.skip(worker, parse_judgement(text_of(form, "judgement"))))

    async def _value(self, worker: Worker, form: FormData) -> str:
        for name in ("given", "text"):
            if name in form:
                return typed_in(form, name)
        found = await self._desk.next(worker, 0)
        is_theirs = isinstance(found, LeasedJudgement) and str(found.judgement) == text_of(form, "judgement")
        return plain_forms.answer_in(form, found.options) if isinstance(found, LeasedJudgement) and is_theirs else ""

    async def _parts(self, request: Request, worker: Worker, lying: LeasedJudgement | None) -> dict[str, Any]:
        view, session = judgement_view(self._context, lying), await self._desk.session(worker)
        assert isinstance(session, JudgingSession)  # it is refused only to those who are no reviewers
        words, told = words_of(request, JUDGING_WORDS), judging_view(session)
        return {
            "template": "reviewer/judging.html",
            "words": words,
            "name": "judgement",
            "view": view,
            "task": _task(words, lying, view) if lying and view else None,
            "session": session,
            "tally": {"decisions": told.decisions, "earned": told.earned, "payable": told.payable},
            "days": AGREEMENT_DAYS,
            "longest_typed": LONGEST_ANSWER * ROOM,
        }


def _task(words: task_wording.Words, leased: LeasedJudgement, view: JudgementView) -> dict[str, Any]:
    """Return a result as the template draws it: picture, question, all answers, and nobody's name."""
    options = view.task.options
    return {
        **drawn_question(words, options),
        "judgement": view.judgement,
        "image_url": view.task.image_url,
        "marks": [words[f"mark.{name}"] for name in mark_names(leased.picture.marks)],
        "queue": view.task.queue.name,
        "pay_micros": leased.pay_micros,
        "given": [_given(each, n, bool(label_names(options))) for n, each in enumerate(view.given, 1)],
    }


def _given(given: GivenView, n: int, is_label: bool) -> dict[str, Any]:
    fields = [] if isinstance(given.fields, msgspec.UnsetType) else given.fields
    return {
        "value": given.value,
        "key": str(n) if n <= KEYS else "",
        "runs": [glyphs.Run(given.text, False)] if is_label else glyphs.runs(given.text),
        "fields": [{"name": field.name, "runs": glyphs.runs(field.text)} for field in fields],
        "is_label": is_label,
    }
