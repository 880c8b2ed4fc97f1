"""/worker: the screen as the server draws it, and forms that do without script what the script does at once."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared import languages, plain_forms, task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_of, text_of, typed_in
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.own_keys import ShownKeys
from manyeyes.console.shared.refusal_news import news, seen_until
from manyeyes.console.shared.rendering import POLICY, render
from manyeyes.console.shared.task_drawing import drawn_question
from manyeyes.console.worker.practice_words import outcome_words, resting, step_words
from manyeyes.roles.announcements import unread_announcements
from manyeyes.roles.instructions import parse_question
from manyeyes.roles.own_keys import keys_set_by
from manyeyes.roles.practising import PracticeDesk, PracticeOffer
from manyeyes.roles.presences import WorkerSession
from manyeyes.roles.wellbeing import unasked_queues
from manyeyes.roles.worker import LeasedTask, WorkerDesk, parse_lease
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import LONGEST_ANSWER
from manyeyes.tasks.tokens import TokenOptions
from manyeyes.v1.question_views import instructions_view
from manyeyes.v1.worker_views import LeaseView, lease_view
from manyeyes.values.marks import mark_names
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import ROOM
from manyeyes.workers.rules import OF_PICTURES, OF_WIDGETS, SkipReason, WorkerState
from manyeyes.workers.store import Worker

Act = Callable[[Worker, FormData], Awaitable[object]]  # a Refusal is shown; whatever else came of it the page shows


class WorkPages:
    """The worker's pages of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = WorkerDesk(context)
        self._practice = PracticeDesk(context)

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker: the worker's screen as their presence and their desk are now."""
        notice = request.query_params.get("notice", "")
        return await self._draw(request, worker, Refusal(Reason(notice)) if notice in set(Reason) else None)

    @for_workers
    async def online(self, request: Request, worker: Worker) -> Response:
        """POST /worker/online: begin a presence."""
        return await self._act(request, worker, lambda worker, form: self._desk.online(worker))

    @for_workers
    async def offline(self, request: Request, worker: Worker) -> Response:
        """POST /worker/offline: end the presence."""
        return await self._act(request, worker, lambda worker, form: self._desk.offline(worker))

    @for_workers
    async def answer(self, request: Request, worker: Worker) -> Response:
        """POST /worker/answer: answer a task; fields `lease`, and `text` or the parts of `plain_forms`."""
        form = await request.form()
        text = await self._answer_in(worker, form)

        async def give(worker: Worker, form: FormData) -> object:
            return await self._desk.answer(worker, parse_lease(text_of(form, "lease")), text)

        return await self._act(request, worker, give, text)

    @for_workers
    async def instructions(self, request: Request, worker: Worker) -> Response:
        """POST /worker/instructions: the worker has read what is said about a question; field `question`."""

        async def go_past(worker: Worker, form: FormData) -> object:
            return await self._desk.went_past(worker, parse_question(text_of(form, "question")))

        return await self._act(request, worker, go_past)

    @for_workers
    async def skip(self, request: Request, worker: Worker) -> Response:
        """POST /worker/skip: pass a task on; fields `lease`, `reason`."""

        async def pass_on(worker: Worker, form: FormData) -> object:
            return await self._desk.skip(worker, parse_lease(text_of(form, "lease")), _reason(form))

        return await self._act(request, worker, pass_on)

    async def _answer_in(self, worker: Worker, form: FormData) -> str:
        """Return the answer that a form holds; of one with parts, by the question of the task that lies before them."""
        if "text" in form:
            return typed_in(form, "text")
        found = await self._desk.next(worker, 0)
        is_theirs = isinstance(found, LeasedTask) and str(found.lease) == text_of(form, "lease")
        options = found.options if isinstance(found, LeasedTask) and is_theirs else None
        return "" if options is None or isinstance(options, TokenOptions) else plain_forms.answer_in(form, options)

    async def _act(self, request: Request, worker: Worker, act: Act, draft: str = "") -> Response:
        """Carry out the form and redirect to the page; an answer that did not fit stays on the page, to be changed."""
        form = await request.form()
        outcome = await act(worker, form)
        if not isinstance(outcome, Refusal):
            practised = number_of(form, "practice")  # what was sent was practice, and may have been the last of it
            return RedirectResponse(f"/worker?practised={practised}" if practised else "/worker", status_code=303)
        if outcome.reason is Reason.ANSWER_UNFIT:
            return await self._draw(request, worker, outcome, draft=draft, status=422)
        return RedirectResponse(f"/worker?notice={outcome.reason}", status_code=303)

    async def _draw(
        self, request: Request, worker: Worker, refusal: Refusal | None, draft: str | None = None, status: int = 200
    ) -> Response:
        found = await self._desk.next(worker, 0)
        leased = found if isinstance(found, LeasedTask) else None
        lease = lease_view(self._context, leased)
        session = await self._desk.session(worker)
        words = task_wording.words_for(languages.catalogue(look_of(request).language))
        said = (Reason.BELOW_FLOOR, Reason.NOT_ONLINE) if session.none_left else ()  # the line about queues says it
        told = await self._desk.instructions(worker, leased.question) if leased and leased.question else None
        offers = await self._offers(request, worker, leased, session)
        rest = resting(words, list(offers.values()), _practised(request), is_stopped=_is_stopped(session))
        outcome = () if rest.is_stopped else outcome_words(words, offers.get(_practised(request)))
        mode = "task" if lease else "break" if session.state is WorkerState.OFFLINE else "waiting"
        request.state.keys = shown = ShownKeys(await keys_set_by(self._context, worker))
        response = render(
            request,
            "worker/work.html",
            status=status,
            person=worker.name,
            is_reviewer=worker.reviewer,
            fresh_refusals=await news(self._context, request, worker),
            mode=mode,
            presence=words[f"state.{'working' if mode == 'task' else mode}"],
            notice=task_wording.explanation(words, refusal)
            if refusal and refusal.reason not in said
            else " ".join(outcome),
            is_good=not refusal and len(outcome) == 1,
            rest=rest,
            lost=_lost(words, session),
            tally=_tally(session),
            announcements=await unread_announcements(self._context, worker),
            unasked=await unasked_queues(self._context, worker),
            task=_task(words, leased, lease, draft) if leased and lease else None,
            step=step_words(words, offers.get(leased.queue.queue_id) if leased else None),
            told=None if told is None or isinstance(told, Refusal) else instructions_view(self._context, told),
            longest_typed=LONGEST_ANSWER * ROOM,
            words=words,
            skip_reasons={code: _kinds_of(code) for code in SkipReason},
            script_data=self._script_data(request, words, lease, shown),
        )
        response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src {self._frames()}"
        return response

    def _script_data(
        self, request: Request, words: dict[str, str | list[str]], lease: LeaseView | None, shown: ShownKeys
    ) -> dict[str, Any]:
        return {
            "contact": self._context.settings.contact,
            "words": words,
            "lease": msgspec.to_builtins(lease),
            "now": datetime.now(UTC).isoformat(),
            "seen": seen_until(request).isoformat(),
            "keys": shown.moved,
        }

    def _frames(self) -> str:
        """Return where widgets' pages are."""
        widgets = urlsplit(self._context.settings.widget_url)
        return f"{widgets.scheme}://{widgets.netloc}" if widgets.netloc else "'self'"

    async def _offers(
        self, request: Request, worker: Worker, leased: LeasedTask | None, session: WorkerSession
    ) -> dict[int, PracticeOffer]:
        """Return what they practise or practised, by queue, where the page says something of it."""
        if not (_is_stopped(session) or _practised(request) or (leased and leased.is_practice)):
            return {}
        return {each.queue.queue_id: each for each in await self._practice.offers(worker)}


def _practised(request: Request) -> int:
    """Return the queue whose practice was just answered by a form; 0: none."""
    named = request.query_params.get("practised", "")
    return int(named) if named.isdecimal() and len(named) < 10 else 0


def _is_stopped(session: WorkerSession) -> bool:
    """Tell whether nothing can be begun: they no longer get any of their queues, and do not practise."""
    return session.none_left and not session.practising


def _lost(words: task_wording.Words, session: WorkerSession) -> str:
    """Return what is said of queues that the worker no longer gets; empty when there is none."""
    if _is_stopped(session):
        return str(words["notice.below_floor"])
    names = ", ".join(queue.name for queue in session.lost)
    return task_wording.filled(words, "notice.queues_lost", {"queues": names}) if names else ""


def _tally(session: WorkerSession) -> dict[str, Any]:
    return {
        "answered": session.answered,
        "earned_micros": session.earned_micros,
        "pending_micros": session.pending_micros,
        "payable_micros": session.payable_micros,
        "slip": session.slip,
    }


def _task(words: task_wording.Words, leased: LeasedTask, lease: LeaseView, refused: str | None) -> dict[str, Any]:
    """Return a task as the template draws it; ``refused``: the answer that was sent by the form and did not fit."""
    task = lease.task
    if task.widget_url:
        return _widget(words, leased, lease)
    drawn = drawn_question(words, task.options, refused)
    return {
        **drawn,
        "lease": lease.lease,
        "image_url": task.image_url,
        "marks": [words[f"mark.{name}"] for name in mark_names(leased.picture.marks if leased.picture else 0)],
        "queue": task.queue.name,
        "queue_id": task.queue.id,
        "pay_micros": leased.pay_micros,
        "unread": leased.is_unread,
        "practice": leased.is_practice,
    }


def _widget(words: task_wording.Words, leased: LeasedTask, lease: LeaseView) -> dict[str, Any]:
    task = lease.task
    return {
        "kind": "widget",
        "lease": lease.lease,
        "image_url": "",
        "widget_url": task.widget_url,
        "marks": [],
        "queue": task.queue.name,
        "pay_micros": leased.pay_micros,
        "ask": task_wording.filled(words, "ask.widget", {"site": task.options.site}),
        "rules": [],
        "digits": "",
        "unit": "",
        "labels": (),
        "form": (),
        "topic": "",
        "comment": "",
        "unread": False,
        "draft": "",
        "hint": "",
    }


def _kinds_of(reason: SkipReason) -> str:
    """Return which tasks the reason is offered for, as the page's script and style name them."""
    fitting = (("picture", OF_PICTURES), ("label", OF_PICTURES), ("widget", OF_WIDGETS))
    return " ".join(kind for kind, reasons in fitting if reason in reasons)


def _reason(form: FormData) -> SkipReason:
    reason = text_of(form, "reason")
    return SkipReason(reason) if reason in set(SkipReason) else SkipReason.OTHER
