"""Call-backs and shares of a customer in another cell: nothing crosses, and the sums over the cells are right."""

from functools import partial

import make
from manyeyes.actions.check_books import check_books
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from manyeyes.app import delivery_body
from manyeyes.courier import Courier
from manyeyes.outbound.door import Door
from manyeyes.soft_apps import store as soft_apps
from manyeyes.tasks.rules import wire_id
from manyeyes.webhooks.rules import message_id
from outbound.listening import Names
from webhooks.post import LOOPBACK, address, ids, json_of, receiver

APP, SHARE = 847, 70


async def owed(house) -> list[int]:
    return [await soft_apps.owed(house.cells.pool(cell), cell, APP) for cell in house.cells.numbers]


async def test_a_task_of_another_cell_is_told_and_shared_there(two_databases):
    house = two_databases
    owner, customer = await make.customer(house, "0"), await make.customer(house, cell=2)
    async with receiver() as heard:
        given = {"callback_url": address(heard), "soft_id": APP, "share_percent": 10}
        submitted = await make.submit(house, customer, **given)
        await house.gather.ask(measure_depths, MeasureDepths(2))
        hand = await make.hand(house)
        lease = await make.taken(house, hand)
        await make.WorkerDesk(house).answer(hand.worker, lease.lease, "12345")
        door = Door(LOOPBACK, resolver=Names({"receiver.example": [["127.0.0.1"]]}))
        body_of = partial(delivery_body, house)
        courier = Courier(house.gather.ask, door, house.webhook_key, body_of)
        for cell in house.cells.numbers:
            await courier.deliver(cell)
        await courier.settle()
    (request,) = heard.requests
    assert json_of(request)["taskId"] == wire_id(submitted.task_id)
    assert ids(heard) == [message_id(2, submitted.task_id)]
    assert await owed(house) == [0, SHARE]
    paying = PayOutShares(1, await house.serials.take(1), APP, owner.account_id, elsewhere_micros=SHARE)
    assert await house.gather.ask(pay_out_shares, paying) == SHARE
    assert await owed(house) == [-SHARE, SHARE]
    for cell in house.cells.numbers:
        async with house.cells.pool(cell).acquire() as db:
            assert (await check_books(db, cell)).findings == []
