"""What the operator does with an account's buckets: keeping how to get at one, forgetting it."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.account_deeds import AccountDeeds
from manyeyes.console.operator.accounts import PATH
from manyeyes.console.operator.house_page import done, number_in
from manyeyes.console.shared.buckets import FORGOTTEN, KEPT, forget_named_bucket, keep_typed_bucket
from manyeyes.console.shared.guards import for_deed
from manyeyes.roles.house import accounts as house
from manyeyes.values.deeds import Deed


class BucketDeeds(AccountDeeds):
    """The operator's forms about an account and its buckets."""

    @for_deed(Deed.BUCKET_KEEP)
    async def keep(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/buckets: `name`, `endpoint`, `region`, `access_key`, `secret`."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        faulty = await keep_typed_bucket(self._context, request, found.place)
        if faulty:
            return await self.one(request, found, status=422, bucket=faulty)
        return done(f"{PATH}/{found.place.account_id}", KEPT)

    @for_deed(Deed.BUCKET_REMOVE)
    async def forget(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/buckets/remove: `bucket`, the name of one of its buckets."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        refused = await forget_named_bucket(self._context, request, found.place)
        return done(f"{PATH}/{found.place.account_id}", "refused" if refused else FORGOTTEN)
