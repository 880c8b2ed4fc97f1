"""What is alike in the pages of both desks of reviewers: a break, the wait, what lies there, going."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Generic

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.console.shared.languages import catalogue
from manyeyes.console.shared.own_keys import ShownKeys
from manyeyes.console.shared.refusal_news import news, seen_until
from manyeyes.console.shared.rendering import render
from manyeyes.roles.announcements import unread_announcements
from manyeyes.roles.own_keys import keys_set_by
from manyeyes.roles.reviewer_desk import LyingT, ReviewerDesk
from manyeyes.runtime.context import Context
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Worker

WORK = "?at=work"


class DeskPages(ABC, Generic[LyingT]):
    """The pages of one process at one desk: ``path``."""

    def __init__(self, context: Context, reviewers: ReviewerDesk[LyingT], path: str) -> None:
        self._context, self._reviewers, self._path = context, reviewers, path

    @abstractmethod
    async def _parts(self, request: Request, worker: Worker, lying: LyingT | None) -> dict[str, Any]:
        """Return what is this desk's own: ``template``, ``words``, ``view`` of what lies there (None for nothing) under
        its ``name``, ``task`` as the template draws it, ``session`` and the ``tally`` of it for the script."""

    @for_workers
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET a desk's page: a break; with `?at=work` what is to be decided now, or the wait for it."""
        if not worker.reviewer:
            return render(request, "reviewer/not_reviewer.html", status=403, person=worker.name)
        notice = request.query_params.get("notice", "")
        refusal = Refusal(Reason(notice)) if notice in set(Reason) else None
        is_at_work = request.query_params.get("at") == "work"
        found = await self._reviewers.next(worker, 0) if is_at_work else None
        lying = None if isinstance(found, Refusal) else found
        refusal = refusal or (found if isinstance(found, Refusal) else None)
        own = await self._parts(request, worker, lying)
        words, view = own.pop("words"), own.pop("view")
        mode = "task" if view else "waiting" if is_at_work and not isinstance(found, Refusal) else "break"
        request.state.keys = shown = ShownKeys(await keys_set_by(self._context, worker))
        return render(
            request,
            own.pop("template"),
            person=worker.name,
            is_reviewer=True,
            fresh_refusals=await news(self._context, request, worker),
            mode=mode,
            presence=words[f"state.{'working' if mode == 'task' else mode}"],
            notice=self._notice(request, words, refusal) if refusal else "",
            told=await self._told(worker, lying),
            guide=lying.queue.guide if lying else "",
            announcements=await unread_announcements(self._context, worker),
            words=words,
            script_data={
                "contact": self._context.settings.contact,
                "words": words,
                own.pop("name"): msgspec.to_builtins(view),
                "session": own.pop("tally"),
                "now": datetime.now(UTC).isoformat(),
                "seen": seen_until(request).isoformat(),
                "keys": shown.moved,
                "skip_key": shown.label("skip"),
            },
            **own,
        )

    @for_workers
    async def leave(self, request: Request, worker: Worker) -> Response:
        """POST a desk's `leave`: a break; what lay before the reviewer goes to others at once."""
        await self._reviewers.leave(worker)
        return RedirectResponse(self._path, status_code=303)

    def _back(self, outcome: object) -> Response:
        """Return to work; a refusal is told there."""
        notice = f"&notice={outcome.reason}" if isinstance(outcome, Refusal) else ""
        return RedirectResponse(self._path + WORK + notice, status_code=303)

    def _notice(self, request: Request, words: task_wording.Words, refusal: Refusal) -> str:
        """Return what the reviewer is told."""
        return task_wording.explanation(words, refusal)

    async def _told(self, worker: Worker, lying: LyingT | None) -> QuestionView | None:
        """Return what is said about the question that lies before the reviewer; None where nothing is."""
        if lying is None or lying.question is None:
            return None
        found = await self._reviewers.instructions(worker, lying.question)
        return None if isinstance(found, Refusal) else instructions_view(self._context, found)


def words_of(request: Request, of: Mapping[str, str | task_wording.ONE_OR_MANY]) -> task_wording.Words:
    """Return a desk's sentences in the language of whoever looks."""
    return task_wording.words_for(catalogue(look_of(request).language), of)
