"""/operator/certainty: what audits prove of every account's results, question by question."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts import store as accounts
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import choice_of, queue_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.promise_drawing import drawn_promise
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.operator import open_appeals
from manyeyes.roles.promises import begin_anew, promises_of
from manyeyes.runtime.context import Context
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal

UNNAMED = "–"
TARGET_PARTS = 10_000
NOTICES = {
    "anew": (mark("It begins anew: nothing is counted yet, and people are asked again."), ""),
    "refused": (mark("That could not be done: this question is not refused."), "warn"),
}


class OperatorCertaintyPages:
    """The operator's page about how sure results are."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/certainty: every promise with its account and its curve."""
        found = await promises_of(self._context, self._context.cells.numbers)
        async with self._context.cells.directory.acquire() as db:
            names = await accounts.names_of(db, (each.promise.known.account_id for each in found))
        language = look_of(request).language
        return render(
            request,
            "operator/certainty.html",
            person="operator",
            open_appeals=len(await open_appeals(self._context)),
            notice=said_notice(request, NOTICES, catalogue(language).ugettext),
            promises=[
                drawn_promise(each, language, names.get(each.promise.known.account_id, UNNAMED)) for each in found
            ],
        )

    @for_deed(Deed.PROMISE_RENEW)
    async def renew(self, request: Request) -> Response:
        """POST /operator/certainty/anew: a refused question by `account_id`, `queue_id`, `question_id`, `target`.

        The target is in ten-thousandths, as promises keep it.
        """
        form = await request.form()
        # Question 0 is one: it must not stand for what cannot be read.
        account_id, question_id, parts = (choice_of(form, name) for name in ("account_id", "question_id", "target"))
        actor, target = await actor_of(self._context, request), parts / TARGET_PARTS
        outcome = await begin_anew(self._context, account_id, queue_of(form), question_id, target, actor=actor)
        notice = "refused" if isinstance(outcome, Refusal) else "anew"
        return RedirectResponse(f"/operator/certainty?notice={notice}", status_code=303)
