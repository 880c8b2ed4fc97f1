"""/v1/jobs/{id}/agreement: how far people agree on a job's items. See docs/reference/v1/agreement.md."""

import msgspec
from starlette.responses import Response

from manyeyes.accounts.store import KeyOwner
from manyeyes.consensus.rated import AgreedPart
from manyeyes.consensus.resampling import Estimate
from manyeyes.job_files.agreement_lines import PLACES, agreement_head, agreement_lines
from manyeyes.roles.agreements import Agreements, PeopleAgreed
from manyeyes.roles.customer.results import JobResults, results_of
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_customer
from manyeyes.v1.operations import CSV, Call, Operation, job_number
from manyeyes.values.refusals import Refusal


class FigureView(msgspec.Struct, frozen=True):
    """A figure with its interval of 95 %; ``low`` and ``high`` null with fewer than ten items."""

    value: float
    low: float | None
    high: float | None


class TakenForView(msgspec.Struct, frozen=True):
    """Who gave the label ``given``: how large a share of the others gave ``other``."""

    given: str
    other: str
    share: FigureView


class PersonView(msgspec.Struct, frozen=True):
    """A person by their pseudonym, with the ``answers`` of theirs that stand beside others'.

    ``alike``: the share of the others' answers to the same items that are like theirs.
    """

    person: str
    answers: int
    alike: FigureView


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """``field`` null: the whole answer. ``distance``: nominal (alike or not), interval (numbers), sets (of labels).

    ``alpha`` is Krippendorff's, null where all answers are one value; ``pairs_alike``: share of pairs that are alike.
    """

    field: str | None
    distance: str
    alpha: FigureView | None
    pairs_alike: FigureView | None
    taken_for: list[TakenForView]
    people: list[PersonView]


class AgreementView(msgspec.Struct, frozen=True):
    """``items`` that two people or more answered, with their ``answers``.

    ``share``: of the job's items that were looked at; below 1 they were drawn by lot.
    """

    items: int
    answers: int
    share: float
    parts: list[PartView]


class JobAgreementApi:
    """Agreement on the items of the jobs of the account whose key or session it is."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._agreements = Agreements(context)

    async def as_json(self, call: Call[KeyOwner, None]) -> AgreementView | Refusal:
        """Return how far people agree on a job's items that stand; 404 for one that is not the caller's."""
        found = await self._found(call)
        if isinstance(found, Refusal):
            return found
        kind = found[1].kinds[0]
        whole = kind.parts[0].agreed
        parts = [self._part(call.person, part, kind.answers) for part in kind.parts]
        return AgreementView(whole.items, whole.answers, round(found[1].share, PLACES), parts)

    async def as_csv(self, call: Call[KeyOwner, None]) -> Response | Refusal:
        """Return the same as a table, a figure a line."""
        found = await self._found(call)
        if isinstance(found, Refusal):
            return found
        of, agreed = found
        kind = agreed.kinds[0]

        def name(worker_id: int) -> str:
            return self._context.pseudonyms.name(call.person.account_id, worker_id)

        text = agreement_head() + agreement_lines(of.job.name or str(of.job.job_id), kind.parts, kind.answers, name)
        headers = {
            "content-disposition": f'attachment; filename="job-{of.job.job_id}.agreement.csv"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(text, media_type=f"{CSV}; charset=utf-8", headers=headers)

    async def _found(self, call: Call[KeyOwner, None]) -> tuple[JobResults, PeopleAgreed] | Refusal:
        of = await results_of(self._context, call.person, job_number(call))
        if isinstance(of, Refusal):
            return of
        return of, await self._agreements.of_job(call.person.cell, of.job, of.options)

    def _part(self, owner: KeyOwner, part: AgreedPart, answers: dict[int, int]) -> PartView:
        name = self._context.pseudonyms.name
        people = sorted(
            (name(owner.account_id, worker), answers.get(worker, 0), share)
            for worker, share in part.agreed.workers.items()
        )
        return PartView(
            field=part.name or None,
            distance=str(part.distance),
            alpha=_figure(part.agreed.alpha) if part.agreed.alpha else None,
            pairs_alike=_figure(part.agreed.pairs_alike) if part.agreed.pairs_alike else None,
            taken_for=[
                TakenForView(one, other, _figure(share)) for (one, other), share in part.agreed.confusion.items()
            ],
            people=[PersonView(shown, count, _figure(share)) for shown, count, share in people],
        )


def _figure(estimate: Estimate) -> FigureView:
    low, high = (None if each is None else round(each, PLACES) for each in (estimate.low, estimate.high))
    return FigureView(round(estimate.value, PLACES), low, high)


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/jobs/{job_id}/agreement",
        handler=JobAgreementApi.as_json,
        caller=signed_in_customer,
        reply=AgreementView,
        statuses=(401, 403, 404, 429),
        waits=True,
        scope="tasks:read",
    ),
    Operation(
        method="GET",
        path="/v1/jobs/{job_id}/agreement.csv",
        handler=JobAgreementApi.as_csv,
        caller=signed_in_customer,
        statuses=(401, 403, 404, 429),
        waits=True,
        scope="tasks:read",
        gives=(CSV,),
    ),
]
