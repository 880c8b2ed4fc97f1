"""/operator/payouts: what workers ask to be paid out: approve, take the file for the bank, note as paid, decline."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_of, text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.payout_wording import payout_line
from manyeyes.console.shared.rendering import render
from manyeyes.payouts.rules import LONGEST_WORD, PayoutState, PayoutStep
from manyeyes.roles.acting import actor_of
from manyeyes.roles.operator import open_appeals
from manyeyes.roles.payout_lines import payout_csv
from manyeyes.roles.payouts import (
    LARGEST_LIST,
    MOST_WAITING,
    NamedRequest,
    ended_requests,
    move_request,
    open_requests,
)
from manyeyes.runtime.context import Context
from manyeyes.staff.rules import may
from manyeyes.values.deeds import Deed
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal

MOST_ENDED = 100
NOTICES = {
    PayoutStep.APPROVE: (mark("Approved. The file for the bank has it."), ""),
    PayoutStep.MARK_PAID: (mark("Noted as paid. The worker sees the reference."), ""),
    PayoutStep.DECLINE: (mark("Declined. The money is payable again, and the worker sees why."), ""),
    Reason.UNREADABLE: (mark("Nothing was done: a word is missing, or it has more than 200 characters."), "warn"),
    Reason.PAYOUT_CHANGED: (mark("Nothing was noted: another amount is approved now. Look at it again."), "warn"),
    "refused": (mark("Nothing was done: the request went another way meanwhile."), "warn"),
}


class PayoutPages:
    """The operator's page about requests to be paid out."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/payouts: what waits, the oldest first, and what ended last."""
        translations = catalogue(look_of(request).language)
        waiting = await open_requests(self._context, LARGEST_LIST)
        approved = [each.request for each in waiting if each.request.state is PayoutState.APPROVED]
        return render(
            request,
            "operator/payouts.html",
            person="operator",
            notice=said_notice(request, NOTICES, translations.ugettext),
            waiting=[_line(translations, each) for each in waiting],
            ended=[_line(translations, each) for each in await ended_requests(self._context, MOST_ENDED)],
            approved=len(approved),
            approved_micros=sum(one.amount_micros for one in approved),
            waiting_micros=sum(each.request.amount_micros for each in waiting),
            longest=LONGEST_WORD,
            open_appeals=len(await open_appeals(self._context)),
        )

    @for_operators
    async def download(self, request: Request) -> Response:
        """GET /operator/payouts.csv: the approved requests for the bank, with where the money goes in full.

        It is for those alone who may pay.
        """
        if not may(request.state.staff_role, Deed.PAYOUT_MARK_PAID):
            return PlainTextResponse("only an operator may have this file", status_code=403)
        text = payout_csv(self._context, await open_requests(self._context, MOST_WAITING))
        name = f"payouts-{datetime.now(UTC):%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    @for_deed(Deed.PAYOUT_APPROVE)
    async def move(self, request: Request) -> Response:
        """POST /operator/payouts/move: take a step with a request; fields `request`, `step`, `words`, `amount`."""
        form = await request.form()
        try:
            step = PayoutStep(text_of(form, "step"))
        except ValueError:
            return _back("refused")
        if step is PayoutStep.WITHDRAW:  # the worker's
            return _back("refused")
        seen = whole_number(text_of(form, "amount"), 18) or 0
        words = text_of(form, "words")
        number, actor = number_of(form, "request"), await actor_of(self._context, request)
        outcome = await move_request(self._context, number, step, words, seen_micros=seen, actor=actor)
        if isinstance(outcome, Refusal):
            return _back(outcome.reason if outcome.reason in NOTICES else "refused")
        return _back(step)


def _back(notice: str) -> Response:
    return RedirectResponse(f"/operator/payouts?notice={notice}", status_code=303)


def _line(translations: Any, each: NamedRequest) -> dict[str, Any]:
    return payout_line(translations, each.request) | {"name": each.worker_name, "worker_id": each.request.worker_id}
