"""/operator/audit/check: whether the audit trail is whole, and what to keep elsewhere that proves it."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.house_page import ID_DIGITS, HousePages
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.roles.trail_reading import ChainProof, ProofPlace, cells_of, every_head, prove_part
from manyeyes.runtime.context import Context
from manyeyes.trail.heads import head_line, public_key_of
from manyeyes.values.integers import whole_number

PATH = "/operator/audit/check"
CHECKED_AT_ONCE = 50_000  # entries: some two seconds
LEAD = mark(
    "Each entry of the trail is chained to the one before, and once a day the end of each chain is signed. This "
    "follows the chains and names the first entry that was altered or is missing. Whoever keeps the signed heads "
    "elsewhere can prove it to a stranger."
)


class TrailProofPages(HousePages):
    """The staff's page of the proof that nobody altered the trail. A process makes one proof at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._turn = asyncio.Lock()

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/audit/check?cell=&behind=: the chains from their beginning, or from where a check was cut."""
        place = ProofPlace(_number(request, "cell"), _number(request, "behind"))
        async with self._turn:
            proofs = await prove_part(self._context, place, CHECKED_AT_ONCE)
        cut = next((each for each in proofs if each.is_cut), None)
        newest = {head.cell: head for head in await every_head(self._context)}
        return await self.draw(
            request,
            "audit_check",
            here="audit",
            title=mark("Proof of the trail"),
            lead=LEAD,
            is_later=place.cell in cells_of(self._context)[1:] or place.number > 0,
            is_whole=all(each.flaw is None for each in proofs),
            chains=[_chain(request, each) for each in proofs],
            further=f"{PATH}?{urlencode({'cell': cut.cell, 'behind': cut.entries})}" if cut else "",
            heads="\n".join(json.dumps(head_line(head)) for head in newest.values()),
            public_key=public_key_of(self._context.trail_key).hex(),
        )


def _number(request: Request, name: str) -> int:
    return whole_number(request.query_params.get(name, ""), ID_DIGITS) or 0


def _chain(request: Request, proof: ChainProof) -> dict[str, Any]:
    """Return a chain as the template draws it, what is wrong in the reader's language."""
    say, flaw = catalogue(look_of(request).language).ugettext, proof.flaw
    return {
        "cell": proof.cell,
        "entries": proof.entries,
        "proven": proof.proven,
        "is_cut": proof.is_cut,
        "wrong": flaw.number if flaw else 0,
        "said": say(flaw.said) % flaw.gaps if flaw else "",
    }
