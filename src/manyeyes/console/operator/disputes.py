"""/operator/recourse: open complaints, appeals to decide, reviewers who disagree, accounts that are not listened to."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.operator.health import Check, complaints_check
from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import choice_of, number_of, text_of, typed_in
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import said_marks
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.report_wording import VOTE_REASONS, said
from manyeyes.reports.rules import FEWEST_VOTES, LONGEST_REASON, Vote
from manyeyes.roles import operator as oversight
from manyeyes.roles.acting import actor_of
from manyeyes.roles.operator import OpenAppeal
from manyeyes.runtime.context import Context
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import PictureLinks
from manyeyes.values.text.rules import is_too_long

NOTICES = {
    "accepted": (mark("Accepted: the worker has been paid."), ""),
    "left": (mark("The verdict stands. The worker sees your answer."), ""),
    "refused": (
        mark("That could not be done: the appeal is not there, or it is decided already, the other way."),
        "warn",
    ),
}


class RecoursePages:
    """The operator's page about complaints."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/recourse: open complaints, appeals, reviewers' records and ignored accounts."""
        language = look_of(request).language
        translate = catalogue(language).ugettext
        words = task_wording.words_for(catalogue(language))
        notices = NOTICES | {"long": (task_wording.filled(words, "hint.long", {"n": LONGEST_REASON}), "warn")}
        waiting = await oversight.open_appeals(self._context)
        return render(
            request,
            "operator/disputes.html",
            person="operator",
            notice=said_notice(request, notices, translate),
            checks=[await self._open_complaints(language)],
            appeals=[_appeal(language, one, self._context.pictures) for one in waiting],
            open_appeals=len(waiting),
            longest_answer=LONGEST_REASON,
            reviewers=await oversight.reviewer_standings(self._context),
            fewest_votes=FEWEST_VOTES,
            ignored=await oversight.ignored_accounts(self._context),
        )

    @for_deed(Deed.APPEAL_DECIDE)
    async def decide(self, request: Request) -> Response:
        """POST /operator/appeal: `cell`, `task_id`, `accepted` (yes or no), `answer`."""
        form = await request.form()
        accepted = {"yes": True, "no": False}.get(text_of(form, "accepted"))
        if accepted is None:
            return RedirectResponse("/operator/recourse?notice=refused", status_code=303)
        cell = choice_of(form, "cell") if "cell" in form else 0  # what cannot be read is no cell, and not the only one
        task_id, answer = number_of(form, "task_id"), typed_in(form, "answer")
        actor = await actor_of(self._context, request)
        outcome = await oversight.decide_appeal(
            self._context, task_id, accepted=accepted, answer=answer, cell=cell, actor=actor
        )
        notice = "refused" if isinstance(outcome, Refusal) else "accepted" if accepted else "left"
        notice = "long" if is_too_long(answer, LONGEST_REASON) else notice
        return RedirectResponse(f"/operator/recourse?notice={notice}", status_code=303)

    async def _open_complaints(self, language: str) -> Check:
        """Return how many complaints wait for reviewers, and since when."""
        found = await oversight.open_complaints(self._context)
        seconds = (datetime.now(UTC) - found.oldest_at).total_seconds() if found.oldest_at else None
        return complaints_check(found.number, seconds, language)


def _appeal(language: str, one: OpenAppeal, pictures: PictureLinks) -> dict[str, Any]:
    """Return an appeal as the template draws it: question, answer, and what reviewers and the worker say."""
    translations = catalogue(language)
    words = task_wording.words_for(translations)
    return {
        **msgspec.structs.asdict(one),
        "ask": words[task_wording.question(one.options)],
        "rules": [task_wording.filled(words, key, values) for key, values in task_wording.rules(one.options)],
        "comment": one.options.comment,
        "reasons": [said(translations, VOTE_REASONS, cast.reason) for cast in one.votes if cast.vote is Vote.CONFIRM],
        "image_url": one.picture.peoples_path(pictures) if one.picture else None,
        "marks": said_marks(translations, one.marks),
    }
