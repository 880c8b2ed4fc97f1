"""What a customer's own monitoring is told: how their account is now, and what came of it in the last hour."""

from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.roles.customer.spending import Purse, purse_of
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.statistics.gauges.store import AccountGauges, account_gauges

FRESH_SECONDS = 5.0  # whoever asks more often is told the same again
LATELY = timedelta(hours=1)


class OwnGauges(msgspec.Struct, frozen=True):
    gauges: AccountGauges
    purse: Purse


async def own_gauges(context: Context, owner: Owner) -> OwnGauges:
    """Return how an account is, at most `FRESH_SECONDS` ago."""

    async def read(db: asyncpg.Connection) -> AccountGauges:
        return await account_gauges(db, owner.cell, owner.account_id, datetime.now(UTC) - LATELY)

    async def look() -> OwnGauges:
        return OwnGauges(await read_patiently(context.cells.pool(owner.cell), read), await purse_of(context, owner))

    return await context.lookups.cached("gauges", (owner.cell, owner.account_id), FRESH_SECONDS, look)
