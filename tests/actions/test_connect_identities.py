"""connect_identities: a company's sign-in signs one person in, and goes on doing that."""

from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ANN, BEN = Subject("worker", 7, 0), Subject("customer", 8, 1)
SIGN_IN = Identity("https://id.test", "1", "Ann")


async def test_it_signs_one_person_in(stage: Stage):
    batch = [ConnectIdentity(ANN, SIGN_IN), ConnectIdentity(BEN, SIGN_IN), ConnectIdentity(ANN, SIGN_IN)]
    assert await stage.act(connect_identities, *batch) == [True, False, True]
    (row,) = await stage.pool.fetch("SELECT role, subject_id, by_claims FROM identity")
    assert tuple(row) == ("worker", 7, False)
