"""The last look at a picture that came with its task: whether its pixels are there (docs/decisions/0036).

It makes a process decode, so it comes last, and an account without money is refused before it.
"""

from manyeyes.accounts.store import Owner
from manyeyes.recognisers.pool import RecogniserBusy
from manyeyes.roles.customer.spending import available
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from manyeyes.tasks.pictures import Picture
from manyeyes.values.refusals import Reason, Refusal


async def why_not_shown(context: Context, owner: Owner, picture: Picture) -> Refusal | None:
    """Return why a picture whose structure was read is not taken: balance 10, no process free 2, broken data 15."""
    if not await has_money(context, owner):
        return NO_MONEY
    try:
        fault = await context.recognisers.check(picture.data, account=owner.account_id)
    except RecogniserBusy as busy:
        return Refusal(Reason.QUEUE_FULL, busy.detail)
    return Refusal(Reason.PICTURE_NOT_SUPPORTED, fault.fault) if fault else None


async def has_money(context: Context, owner: Owner) -> bool:
    """Tell whether the account has any; one that had some is believed for `FRESH_SECONDS`, another one asked anew.

    It decides who may make a process work; what a task costs, `submit_tasks` decides.
    """

    async def look_up() -> bool:
        return await context.batcher.read(available, owner.cell, owner.account_id) > 0

    return await context.lookups.cached("money", (owner.cell, owner.account_id), FRESH_SECONDS, look_up) or (
        await look_up()
    )


NO_MONEY = Refusal(Reason.BALANCE_TOO_LOW, "the balance is zero")
