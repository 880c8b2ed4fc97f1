"""/customer/certainty: what audits prove of an account's results, question by question."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.promise_drawing import drawn_promise
from manyeyes.console.shared.rendering import render
from manyeyes.roles.promises import promises_of, wrong_results
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id


class CertaintyPages:
    """A customer's page about how sure their results are."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/certainty: every promise with its curve, and results that audits found wrong."""
        language = look_of(request).language
        found = await promises_of(self._context, [place.cell], place.account_id)
        wrong = await wrong_results(self._context, place.cell, place.account_id)
        return render(
            request,
            "customer/certainty.html",
            person=place.name,
            promises=[drawn_promise(each, language) for each in found],
            found_wrong=[{"number": wire_id(w.found.task_id), "told": w} for w in wrong],
        )
