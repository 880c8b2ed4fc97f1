"""What the operator does with an account's buckets: keeping how to get at one, forgetting it."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.account_deeds import AccountDeeds
from manyeyes.console.operator.accounts import PATH
from manyeyes.console.operator.bucket_fields import BUCKET, BUCKET_USUAL
from manyeyes.console.operator.house_page import done, number_in
from manyeyes.console.operator.sheets import draw_sheet, read_sheet
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_deed
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.buckets import GivenBucket, keep_bucket, remove_bucket
from manyeyes.roles.house import accounts as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal


class BucketDeeds(AccountDeeds):
    """The operator's forms about an account and its buckets."""

    @for_deed(Deed.BUCKET_KEEP)
    async def keep(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/buckets: `name`, `endpoint`, `region`, `access_key`, `secret`."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        typed, fault = read_sheet(BUCKET, await request.form()), None
        if not typed.faults:
            actor = await actor_of(self._context, request)
            kept = await keep_bucket(self._context, found.place, GivenBucket(**typed.values), actor)
            fault = _fault(kept) if isinstance(kept, Refusal) else None
        if typed.faults or fault:
            drawn = draw_sheet(request, BUCKET, BUCKET_USUAL, typed, fault)
            return await self.one(request, found, status=422, bucket=drawn)
        return done(f"{PATH}/{found.place.account_id}", "bucket_kept")

    @for_deed(Deed.BUCKET_REMOVE)
    async def forget(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/buckets/remove: `bucket`, the name of one of its buckets."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        name, actor = text_of(await request.form(), "bucket"), await actor_of(self._context, request)
        refused = await remove_bucket(self._context, found.place, name, actor)
        return done(f"{PATH}/{found.place.account_id}", "refused" if refused else "bucket_forgotten")


def _fault(refused: Refusal) -> FieldFault:
    """Return what a rule says of what was given, in its own words, beside the field that it is about."""
    for finding in refused.findings:
        return FieldFault(finding.pointer.removeprefix("/"), "%(why)s", {"why": finding.detail})
    return FieldFault("", "%(why)s", {"why": refused.detail})
