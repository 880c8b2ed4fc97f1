"""/operator/top-ups: what customers ask to be topped up with, to approve or decline."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.top_ups import LONGEST_NOTE, TopUpState
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.top_ups import decide_top_up, every_request
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.context import Context
from manyeyes.values.deeds import Deed
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal

PATH = "/operator/top-ups"
DIGITS = 18  # of the largest number of a request
DECISIONS = {"approve": TopUpState.APPROVED, "decline": TopUpState.DECLINED}
NOTICES = {
    "APPROVED": mark("Approved: the money is there."),
    "DECLINED": mark("Declined. The customer sees your words."),
    "refused": mark("That could not be done: the request is not there, or it was decided otherwise."),
    "long": mark("That was too long. Nothing was decided."),
}
STATES = {
    TopUpState.OPEN: mark("Waiting"),
    TopUpState.APPROVED: mark("Approved"),
    TopUpState.DECLINED: mark("Declined"),
}


class OperatorTopUpPages:
    """The operator's page of requests for money."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/top-ups: what waits, and what was decided last."""
        translate = catalogue(look_of(request).language).ugettext
        said = request.query_params.get("notice", "")
        every = await every_request(self._context, is_open=False)
        return render(
            request,
            "operator/top_ups.html",
            person="operator",
            waiting=await every_request(self._context, is_open=True),
            decided=[each for each in every if each.request.state is not TopUpState.OPEN],
            notice=translate(NOTICES[said]) if said in NOTICES else "",
            is_bad=said in ("refused", "long"),
            states={state.name: translate(words) for state, words in STATES.items()},
            longest_word=LONGEST_NOTE,
            open_appeals=len(await open_appeals(self._context)),
        )

    @for_deed(Deed.TOP_UP_APPROVE)
    async def decide(self, request: Request) -> Response:
        """POST /operator/top-ups: `cell`, `request`, `decision` (approve or decline), `word`."""
        form = await request.form()
        state = DECISIONS.get(text_of(form, "decision"))
        number, cell = (whole_number(text_of(form, name), DIGITS) for name in ("request", "cell"))
        if state is None or number is None or cell not in self._context.cells.numbers:
            return RedirectResponse(f"{PATH}?notice=refused", status_code=303)
        actor, word = await actor_of(self._context, request), typed_in(form, "word")
        found = await decide_top_up(self._context, actor, number, state, word, cell=cell)
        said = (
            ("long" if found.reason is Reason.UNREADABLE else "refused") if isinstance(found, Refusal) else state.name
        )
        return RedirectResponse(f"{PATH}?notice={said}", status_code=303)
