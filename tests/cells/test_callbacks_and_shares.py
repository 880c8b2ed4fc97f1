"""Call-backs and shares of a customer in another cell: nothing crosses, and the sums over the cells are right."""

from functools import partial
from typing import Any

from manyeyes.actions.check_books import check_books
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from manyeyes.outbound.door import Door
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.runtime.delivery_sender import DeliverySender
from manyeyes.server.application import delivery_body
from manyeyes.soft_apps import store as soft_apps
from manyeyes.tasks.rules import wire_id
from manyeyes.webhooks.rules import message_id
from support import factories
from support.delivery_receivers import LOOPBACK, address, ids, json_of, receiver
from support.loopback_servers import Names

APP, SHARE = 847, 70


async def owed(context: Context) -> list[int]:
    found = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found.append((await soft_apps.owed_of(db, cell, [APP]))[APP])
    return found


async def test_a_task_of_another_cell_is_told_and_shared_there(two_databases: Context):
    context = two_databases
    owner, customer = await factories.customer(context, "0"), await factories.customer(context, cell=2)
    async with receiver() as heard:
        given: dict[str, Any] = {"callback_url": address(heard), "soft_id": APP, "share_percent": 10}
        submitted = await factories.submit(context, customer, **given)
        await context.batcher.ask(measure_depths, MeasureDepths(2))
        hand = await factories.hand(context)
        lease = await factories.taken(context, hand)
        await WorkerDesk(context).answer(hand.worker, lease.lease, "12345")
        door = Door(LOOPBACK, resolver=Names({"receiver.example": [["127.0.0.1"]]}))
        body_of = partial(delivery_body, context)
        sender = DeliverySender(context.batcher.ask, door, context.webhook_key, body_of)
        for cell in context.cells.numbers:
            await sender.deliver(cell)
        await sender.settle()
    (request,) = heard.requests
    assert json_of(request)["taskId"] == wire_id(submitted.task_id)
    assert ids(heard) == [message_id(2, submitted.task_id)]
    assert await owed(context) == [0, SHARE]
    paying = PayOutShares(
        cell=1,
        pay_out_id=await context.id_blocks.take(1),
        soft_id=APP,
        account_id=owner.account_id,
        elsewhere_micros=SHARE,
    )
    assert await context.batcher.ask(pay_out_shares, paying) == SHARE
    assert await owed(context) == [-SHARE, SHARE]
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            assert (await check_books(db, cell)).findings == []
