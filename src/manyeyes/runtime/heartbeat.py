"""The one write that every process makes by itself, however quiet the house is: that it lives."""

import time

from manyeyes.actions.beat_nodes import BeatNode, beat_nodes
from manyeyes.runtime.context import Context


async def beat(context: Context, cell: int) -> None:
    """Tell the database that this node lives, and learn whether it is alone (a lone node need not notify).

    When it was last written proves that something can be written (docs/decisions/0092). The disks are looked at too, so
    that the log tells of them although nobody brings work.
    """
    context.disk_room.refusal()
    live = await context.batcher.ask(beat_nodes, BeatNode(cell, context.node_id))
    context.written_at[cell] = time.monotonic()
    context.notifier.alone = set(live) <= {context.node_id}
