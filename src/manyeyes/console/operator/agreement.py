"""/operator/queues/{queue_id}/agreement: how far the people of a queue say the same lately, with their names."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.console.shared.agreement_tables import AgreementTable, agreement_table
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.job_files.agreement_lines import agreement_head, agreement_lines
from manyeyes.roles.agreements import MOST_RECENT, Agreements, KindAgreed
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.integers import whole_number
from manyeyes.workers.register import store as register

KINDS = {
    ShapeKind.TEXT: mark("Typed texts"),
    ShapeKind.NUMBER: mark("Numbers"),
    ShapeKind.LABEL: mark("One label of several"),
    ShapeKind.LABELS: mark("Any labels of several"),
    ShapeKind.FIELDS: mark("Forms of several fields"),
}


class QueueAgreementPages:
    """How far the people of queues agree, over all accounts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._agreements = Agreements(context)

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/queues/{queue_id}/agreement."""
        queue = await self._queue(request)
        if queue is None:
            return render(request, "shared/missing.html", status=404, person="operator")
        found = await self._agreements.of_queue(queue.queue_id)
        name = await self._names(found.kinds)
        say = catalogue(look_of(request).language).ugettext
        return render(
            request,
            "operator/agreement.html",
            person="operator",
            open_appeals=len(await open_appeals(self._context)),
            queue=queue,
            most=MOST_RECENT,
            kinds=[(say(KINDS[kind.shape.kind]), members(kind.shape), _tables(kind, name)) for kind in found.kinds],
        )

    @for_operators
    async def download(self, request: Request) -> Response:
        """GET /operator/queues/{queue_id}/agreement.csv: a figure a line; a question is its kind and what it offers."""
        queue = await self._queue(request)
        if queue is None:
            return render(request, "shared/missing.html", status=404, person="operator")
        found = await self._agreements.of_queue(queue.queue_id)
        name = await self._names(found.kinds)
        lines = [
            agreement_lines(f"{kind.shape.kind} {members(kind.shape)}".strip(), kind.parts, kind.answers, name)
            for kind in found.kinds
        ]
        headers = {
            "content-disposition": f'attachment; filename="queue-{queue.queue_id}.agreement.csv"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(agreement_head() + "".join(lines), media_type="text/csv; charset=utf-8", headers=headers)

    async def _queue(self, request: Request) -> QueueTerms | None:
        queue_id = whole_number(request.path_params["queue_id"], 9) or 0
        return (await self._context.lookups.queues()).get(queue_id)

    async def _names(self, kinds: Iterable[KindAgreed]) -> Callable[[int], str]:
        async with self._context.cells.directory.acquire() as db:
            names = await register.names_of(db, (worker for kind in kinds for worker in kind.answers))
        return lambda worker_id: f"{names.get(worker_id, '')} {worker_id}".strip()


def _tables(kind: KindAgreed, name: Callable[[int], str]) -> list[AgreementTable]:
    return [agreement_table(part, kind, name) for part in kind.parts]


def members(shape: Shape) -> str:
    """Return what a question offers, to tell it from others of its kind: labels, or the names of fields."""
    return ", ".join(shape.labels or shape.fields)
