"""disconnect_identities: only whoever it signs in parts from it, and its sessions end."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.admit_identities import AdmitIdentity, admit_identities
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.actions.disconnect_identities import DisconnectIdentity, disconnect_identities
from manyeyes.workers.identities.rules import session_mark
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ANN, BEN = Subject("worker", 7, 0), Subject("customer", 8, 1)
SIGN_IN = Identity("https://id.test", "1", "Ann")


async def test_its_person_parts_from_it_and_its_sessions_end(stage: Stage):
    await stage.act(connect_identities, ConnectIdentity(ANN, SIGN_IN))
    for secret, through in ((b"company's", session_mark(SIGN_IN.issuer, SIGN_IN.sub)), (b"link's", None)):
        session = AddCredential(secret_hash=secret, kind="session", subject=ANN, seconds=60.0, through=through)
        await stage.act(add_credentials, session)
    batch = [DisconnectIdentity(whom, SIGN_IN.issuer, SIGN_IN.sub) for whom in (BEN, ANN, ANN)]
    assert await stage.act(disconnect_identities, *batch) == [False, True, False]
    rows = await stage.pool.fetch("SELECT secret_hash FROM credential")
    assert [bytes(row["secret_hash"]) for row in rows] == [b"link's"]
    deeds = await stage.pool.fetch("SELECT deed FROM trail_entry WHERE deed LIKE 'identity.%' ORDER BY number")
    assert [row["deed"] for row in deeds] == ["identity.connect", "identity.disconnect"]


async def test_nobody_parts_from_what_their_right_comes_from(stage: Stage):
    (ada,) = await stage.act(admit_identities, AdmitIdentity(SIGN_IN, "operator", 41))
    assert ada == Subject("operator", 41, 0)
    assert await stage.act(disconnect_identities, DisconnectIdentity(ada, SIGN_IN.issuer, SIGN_IN.sub)) == [False]
    assert await stage.act(admit_identities, AdmitIdentity(SIGN_IN, "auditor", 42)) == [ada]
