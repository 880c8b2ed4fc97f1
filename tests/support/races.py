"""Runs batches at the same time: each in a transaction of its own that is open before any of them begins."""

import asyncio
from collections.abc import Sequence
from typing import Any

from manyeyes.runtime.batching import Action
from support.action_stage import Stage

Batch = tuple[Action[Any, Any], Sequence[Any]]  # batches of a race differ in kind


async def race(stage: Stage, *batches: Batch) -> list[list[Any]]:
    """Return the outcomes of each batch, in the order given; all of them start together."""
    ready = asyncio.Barrier(len(batches))

    async def run(action: Action[Any, Any], commands: Sequence[Any]) -> list[Any]:
        async with stage.transaction() as tx:
            await ready.wait()
            return list(await action(tx, stage.now, commands))

    return await asyncio.gather(*[run(*batch) for batch in batches])
