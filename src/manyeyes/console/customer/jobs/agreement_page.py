"""/customer/jobs/{job_id}/agreement: how far the people of a job say the same."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.jobs.draft_page import PATH
from manyeyes.console.shared.agreement_tables import agreement_table
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.rendering import render
from manyeyes.roles.agreements import Agreements
from manyeyes.roles.customer.results import results_of
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Refusal


class AgreementPages:
    """How far the people of a customer's jobs agree."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._agreements = Agreements(context)

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/jobs/{job_id}/agreement; elsewhere than at a job of theirs, the list of jobs."""
        of = await results_of(self._context, place, whole_number(request.path_params["job_id"], 18) or 0)
        if isinstance(of, Refusal):
            return RedirectResponse(PATH, status_code=303)
        found = await self._agreements.of_job(place.cell, of.job, of.options)

        def name(worker_id: int) -> str:
            return self._context.pseudonyms.name(place.account_id, worker_id)

        (kind,) = found.kinds
        return render(
            request,
            "customer/agreement.html",
            person=place.name,
            job=of.job,
            share=found.share,
            tables=[agreement_table(part, kind, name) for part in kind.parts],
        )
