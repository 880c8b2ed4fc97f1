"""What a customer says to workers: kept in one form, shown as it was meant."""

from support import factories
from support.in_process_client import Client


async def test_a_comment_is_kept_in_its_one_form_and_counted_so(calm: Client):
    customer = await factories.customer(calm.context)
    for typed, kept in (
        (" Read the\u202e red\r\nones\u200b \n", "Read the red\nones"),
        ("e\u0301" * 2_000, "é" * 2_000),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ):
        created = await factories.call(calm, "createTask", customer, task=factories.image_task(comment=typed))
        serial = await calm.context.id_blocks.of_wire(1, created["taskId"])
        async with calm.context.cells.pool(1).acquire() as db:
            found = await db.fetchval("SELECT options ->> 'comment' FROM task WHERE cell = 1 AND task_id = $1", serial)
        assert found == kept
    long = await factories.call(calm, "createTask", customer, task=factories.image_task(comment="é" * 2_001))
    assert (long["errorId"], "comment must be at most 2000 characters" in long["errorDescription"]) == (24, True)
