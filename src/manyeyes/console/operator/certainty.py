"""/operator/certainty: what audits prove of every account's results, question by question."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts import store as accounts
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.promise_drawing import drawn_promise
from manyeyes.console.shared.rendering import render
from manyeyes.roles.operator import open_appeals
from manyeyes.roles.promises import promises_of
from manyeyes.runtime.context import Context

UNNAMED = "–"


class OperatorCertaintyPages:
    """The operator's page about how sure results are."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/certainty: every promise with its account and its curve."""
        async with self._context.cells.directory.acquire() as db:
            names = {place.account_id: place.name for place in await accounts.every_place(db)}
        found = await promises_of(self._context, self._context.cells.numbers)
        language = look_of(request).language
        return render(
            request,
            "operator/certainty.html",
            person="operator",
            open_appeals=len(await open_appeals(self._context)),
            promises=[
                drawn_promise(each, language, names.get(each.promise.known.account_id, UNNAMED)) for each in found
            ],
        )
