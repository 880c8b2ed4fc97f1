"""unblock_networks: a network is let in again, and who asked hears whether it was shut out."""

from manyeyes.accounts import store as accounts
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.unblock_networks import UnblockNetwork, unblock_networks
from support.action_stage import Stage


async def test_it_is_let_in_once(stage: Stage):
    await stage.act(block_networks, BlockNetwork("203.0.113.0/24"), BlockNetwork("198.51.100.0/24"))
    batch = [UnblockNetwork(network) for network in ("203.0.113.0/24", "192.0.2.0/24", "203.0.113.0/24")]
    assert await stage.act(unblock_networks, *batch) == [True, False, False]
    assert await stage.read(accounts.blocked_networks) == ["198.51.100.0/24"]


async def test_one_whose_reply_was_lost_hears_that_it_was(stage: Stage):
    assert await stage.act(unblock_networks, UnblockNetwork("203.0.113.0/24", retried=True)) == [True]
