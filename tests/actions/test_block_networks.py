"""block_networks: a network is shut out once, however often that is asked."""

from manyeyes.accounts import store as accounts
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from support.action_stage import Stage


async def test_a_batch_of_networks_is_shut_out(stage: Stage):
    batch = [BlockNetwork(network) for network in ("203.0.113.0/24", "198.51.100.7/32", "203.0.113.0/24")]
    assert await stage.act(block_networks, *batch) == [None] * 3
    assert await stage.read(accounts.blocked_networks) == ["198.51.100.7/32", "203.0.113.0/24"]


async def test_what_is_shut_out_already_stays_so(stage: Stage):
    await stage.act(block_networks, BlockNetwork("203.0.113.0/24"))
    before = await stage.pool.fetch("SELECT * FROM blocked_address")
    await stage.act(block_networks, BlockNetwork("203.0.113.0/24"))
    assert await stage.pool.fetch("SELECT * FROM blocked_address") == before
