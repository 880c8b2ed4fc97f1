"""/reviewer/results: results to decide as the server draws them; forms do without script what the script does."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.reviewer import glyphs
from manyeyes.console.reviewer.judging_wording import JUDGING_WORDS
from manyeyes.console.shared import plain_forms, task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.refusal_news import news, seen_until
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.task_drawing import drawn_question
from manyeyes.roles.judging import AGREEMENT_DAYS, JudgingDesk, JudgingSession, LeasedJudgement, parse_judgement
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import label_names
from manyeyes.tasks.rules import LONGEST_ANSWER
from manyeyes.v1.judging_views import GivenView, JudgementView, judgement_view, judging_view
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Worker

PATH = "/reviewer/results"
AT_WORK = f"{PATH}?at=work"
ROOM = 8  # a browser counts halves of characters, before they are composed: the server says what is too long
KEYS = 9  # the first so many answers have a number key each


class JudgingPages:
    """The pages of one process where reviewers decide results."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = JudgingDesk(context)

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /reviewer/results: a break; with `?at=work` the result that is to be decided now, or the wait for one."""
        if not worker.reviewer:
            return render(request, "reviewer/not_reviewer.html", status=403, person=worker.name)
        notice = request.query_params.get("notice", "")
        refusal = Refusal(Reason(notice)) if notice in set(Reason) else None
        return await self._draw(request, worker, refusal)

    @for_workers
    async def decide(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/results/decide: `judgement`; `given`, `none`, or an own answer (`plain_forms`)."""
        form = await request.form()
        value = None if "none" in form else await self._value(worker, form)
        outcome = await self._desk.decide(worker, parse_judgement(text_of(form, "judgement")), value)
        return _back(outcome)

    @for_workers
    async def skip(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/results/skip: pass a result on; `judgement`."""
        form = await request.form()
        return _back(await self._desk.skip(worker, parse_judgement(text_of(form, "judgement"))))

    @for_workers
    async def leave(self, request: Request, worker: Worker) -> Response:
        """POST /reviewer/results/leave: a break; what lay before the reviewer goes to others at once."""
        await self._desk.leave(worker)
        return RedirectResponse(PATH, status_code=303)

    async def _value(self, worker: Worker, form: FormData) -> str:
        for name in ("given", "text"):
            if name in form:
                return typed_in(form, name)
        found = await self._desk.next(worker, 0)
        is_theirs = isinstance(found, LeasedJudgement) and str(found.judgement) == text_of(form, "judgement")
        return plain_forms.answer_in(form, found.options) if isinstance(found, LeasedJudgement) and is_theirs else ""

    async def _draw(self, request: Request, worker: Worker, refusal: Refusal | None) -> Response:
        is_at_work = request.query_params.get("at") == "work"
        found = await self._desk.next(worker, 0) if is_at_work else None
        leased = found if isinstance(found, LeasedJudgement) else None
        view = judgement_view(self._context, leased)
        session = await self._desk.session(worker)
        assert isinstance(session, JudgingSession)  # it is refused only to those who are no reviewers
        words = task_wording.words_for(catalogue(look_of(request).language), JUDGING_WORDS)
        mode = "task" if view else "waiting" if is_at_work else "break"
        told = judging_view(session)
        return render(
            request,
            "reviewer/judging.html",
            person=worker.name,
            is_reviewer=True,
            fresh_refusals=await news(self._context, request, worker),
            mode=mode,
            presence=words[f"state.{'working' if mode == 'task' else mode}"],
            notice=task_wording.explanation(words, refusal) if refusal else "",
            session=session,
            days=AGREEMENT_DAYS,
            task=_task(words, leased, view) if leased and view else None,
            told=await self._told(worker, leased),
            words=words,
            longest_typed=LONGEST_ANSWER * ROOM,
            script_data={
                "words": words,
                "judgement": msgspec.to_builtins(view),
                "session": {"decisions": told.decisions, "earned": told.earned, "payable": told.payable},
                "now": datetime.now(UTC).isoformat(),
                "seen": seen_until(request).isoformat(),
            },
        )

    async def _told(self, worker: Worker, leased: LeasedJudgement | None) -> QuestionView | None:
        """Return what is said about the question that lies before the reviewer; None where nothing is."""
        if leased is None or leased.question is None:
            return None
        found = await self._desk.instructions(worker, leased.question)
        return None if isinstance(found, Refusal) else instructions_view(self._context, found)


def _back(outcome: object) -> Response:
    notice = f"&notice={outcome.reason}" if isinstance(outcome, Refusal) else ""
    return RedirectResponse(AT_WORK + notice, status_code=303)


def _task(words: task_wording.Words, leased: LeasedJudgement, view: JudgementView) -> dict[str, Any]:
    """Return a result as the template draws it: picture, question, all answers, and nobody's name."""
    options = view.task.options
    return {
        **drawn_question(words, options),
        "judgement": view.judgement,
        "image_url": view.task.image_url,
        "sensitive": view.task.queue.sensitive,
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
