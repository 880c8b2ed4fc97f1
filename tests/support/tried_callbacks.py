"""Results that were sent to an address, and what became of each."""

from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from support.action_stage import set_stage
from support.delivery_receivers import Post, address, receiver


async def told(context: Context, account_id: int, *replies: bytes) -> list[int]:
    """Let tasks end whose receiver answers so, each tried once; what waits then is not due for a long time."""
    stage = await set_stage(context.cells.directory)
    stage._number = 1_000 * account_id
    worker_id, tasks = await stage.worker(), []
    for reply in replies:
        stage.later(3_600)  # ahead of the server's own clock, so that its delivery sender leaves them alone
        async with receiver(reply) as heard:
            tasks.append(wire_id(await stage.solve(account_id, worker_id, callback_url=address(heard))))
            await Post(stage).go()
    await stage.go(worker_id)
    return tasks
