"""Where the driver prepares nothing, behind a pooler say, a lone command gets a transaction: nothing is drafted."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from manyeyes.db.pool import FIRST_CELL
from manyeyes.db.transaction import Draft, Transaction
from manyeyes.ledger import store as ledger
from manyeyes.runtime.batching import carry_out
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from support.action_stage import Stage


class Take(msgspec.Struct, frozen=True):
    """Take something from an account."""

    cell: int
    account_id: int


@pytest.mark.parametrize(("kept", "kind"), [(0, Transaction), (256, Draft)])
async def test_behind_an_old_pooler_nothing_is_drafted(
    stage: Stage, dsn: str, settings: Settings, kept: int, kind: type
):
    account_id, kinds = await stage.account(300), []

    async def note(tx: Any, now: datetime, commands: Any) -> list[None]:
        kinds.append(type(tx))
        await ledger.change_balances(tx, stage.cell, {account_id: -100})
        return [None]

    context = await open_context(msgspec.structs.replace(settings, statement_cache_size=kept), dsn)
    try:
        await carry_out(context.cells, note, FIRST_CELL, [Take(FIRST_CELL, account_id)])
    finally:
        await context.close()
    assert kinds == [kind]
