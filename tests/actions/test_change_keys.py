"""change_keys: what a key is called, what it opens, and from where."""

from manyeyes.accounts import store as accounts
from manyeyes.accounts.client_keys import client_keys
from manyeyes.accounts.roles import PersonRole
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.change_keys import ChangeKey, change_keys
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.db.pool import DIRECTORY
from manyeyes.values.actor import shown_hash
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.own_people import invited, own_account, own_key
from support.told_changes import ANN, told


async def reason_of(stage: Stage, command: ChangeKey) -> Reason | None:
    (outcome,) = await stage.act(change_keys, command)
    return outcome.reason if isinstance(outcome, Refusal) else None


def changing(account_id: int, by: int = 0, key_hash: bytes = b"key") -> ChangeKey:
    return ChangeKey(
        key_hash=key_hash,
        account_id=account_id,
        by=by,
        label="till",
        scopes=("tasks:read",),
        networks=("203.0.113.0/24",),
        actor=ANN,
    )


async def test_a_key_opens_less_from_elsewhere_and_that_is_told(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    assert await reason_of(stage, changing(account_id)) is None
    owner = KeyOwner(stage.cell, account_id, ("203.0.113.0/24",), ("tasks:read",))
    assert await stage.read(accounts.key_owner, b"key") == owner
    found = await stage.read(client_keys, account_id)
    assert {(each.key_hash, each.label, each.hint) for each in found} == {(b"key", "till", "9f3c"), (b"first", "", "")}
    before = {"addresses": ["192.0.2.0/24"], "label": "shop", "scopes": ["tasks:read", "webhooks"]}
    after = {"addresses": ["203.0.113.0/24"], "label": "till", "scopes": ["tasks:read"]}
    assert await told(stage, DIRECTORY) == [("key.set", f"key:{shown_hash(b'key')}", before, after)]


async def test_what_is_left_out_stays(stage: Stage):
    account_id = await own_account(stage)
    owner = await own_key(stage, account_id, b"key")
    assert await reason_of(stage, ChangeKey(key_hash=b"key", account_id=account_id, by=0, label="till")) is None
    assert await stage.read(accounts.key_owner, b"key") == owner


async def test_others_keys_ended_ones_and_none_are_not_changed(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, stage.number(), b"others")
    await own_key(stage, account_id, b"ended")
    await stage.act(revoke_keys, RevokeKey(b"ended"))
    for key in (b"others", b"ended", b"none", b""):
        assert await reason_of(stage, changing(account_id, key_hash=key)) is Reason.UNKNOWN_CLIENT_KEY


async def test_only_an_owner_changes_keys(stage: Stage):
    account_id = await own_account(stage)
    owner = await own_key(stage, account_id, b"key")
    await invited(stage, account_id, (71, PersonRole.MEMBER))
    for by in (71, -1, 99):
        assert await reason_of(stage, changing(account_id, by)) is Reason.ROLE_FORBIDS
    assert await stage.read(accounts.key_owner, b"key") == owner
