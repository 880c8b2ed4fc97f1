"""What is written to the global look-ups goes to the directory database, and copies go to every database."""

from manyeyes.accounts import store as accounts
from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.db.pool import DIRECTORY
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms


async def test_a_command_on_the_look_ups_is_kept_in_the_directory_alone(two_databases: Context):
    await two_databases.batcher.ask(block_networks, BlockNetwork("203.0.113.0/24"))
    found = [await read_patiently(pool, accounts.blocked_networks) for pool in two_databases.cells.databases]
    assert found == [["203.0.113.0/24"], []]


async def test_what_every_database_holds_is_written_to_each_of_them(two_databases: Context):
    assert two_databases.cells.one_of_each == [DIRECTORY, 2]
    own = QueueTerms(
        queue_id=901,
        name="own",
        language="en",
        price_micros=900,
        pay_micros=600,
        capacity=10,
        lease_seconds=30,
        vote_micros=150,
    )
    for cell in two_databases.cells.one_of_each:
        await two_databases.batcher.ask(add_queues, AddQueue(cell, own))
    assert [(await read_patiently(pool, tasks.queues))[901] for pool in two_databases.cells.databases] == [own, own]


async def test_where_the_directory_is_the_only_database_it_is_the_only_one(context: Context):
    assert context.cells.one_of_each == [DIRECTORY]
