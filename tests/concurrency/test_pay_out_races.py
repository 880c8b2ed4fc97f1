"""Two pay-outs of a soft app's shares at once pay once."""

from manyeyes.actions.pay_out_shares import PayOutShares, pay_out_shares
from support.action_stage import PRICE, Stage
from support.races import race


async def test_two_pay_outs_at_once_pay_once(stage: Stage):
    owner, customer, worker_id = await stage.account(0), await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.solve(customer, worker_id, soft_id=847, share_percent=10)
    batches = [
        (pay_out_shares, [PayOutShares(cell=stage.cell, pay_out_id=stage.number(), soft_id=847, account_id=owner)])
        for _ in range(4)
    ]
    paid = await race(stage, *batches)
    assert sorted(paid) == [[0], [0], [0], [2 * PRICE // 10]]
    assert await stage.available(owner) == 2 * PRICE // 10
    assert (await stage.books()).findings == []
