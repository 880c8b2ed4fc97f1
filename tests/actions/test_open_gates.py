"""open_gates: a queue is matched only where it has a gate."""

from manyeyes.actions.open_gates import OpenGate, open_gates
from support.action_stage import Stage


async def gates(stage: Stage) -> list[int]:
    return sorted(row["queue_id"] for row in await stage.rows("gate", "queue_id", "queue_id > 900"))


async def test_a_batch_opens_each_gate_once(stage: Stage):
    batch = [OpenGate(stage.cell, queue_id) for queue_id in (902, 901, 902)]
    try:
        assert await stage.act(open_gates, *batch) == [None] * 3
        assert await gates(stage) == [901, 902]
        await stage.change("UPDATE gate SET virtual_turn = 5 WHERE cell = $1 AND queue_id = 901")
        await stage.act(open_gates, *batch)
        assert await stage.rows("gate", "virtual_turn", "queue_id = 901") == [{"virtual_turn": 5}]
    finally:
        await stage.change("DELETE FROM gate WHERE cell = $1 AND queue_id > 900")  # tests keep the gates
