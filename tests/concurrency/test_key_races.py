"""Batches that change the keys and people of the same accounts in opposite orders never wait in a ring."""

from collections.abc import Callable

import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.roles import FOUNDER, PersonRole
from manyeyes.accounts.store import AccountPlace, KeyMarks, KeyOwner
from manyeyes.actions.change_colleagues import ChangeColleague, change_colleagues
from manyeyes.actions.change_keys import ChangeKey, change_keys
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.note_key_uses import NoteKeyUses, note_key_uses
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.db.pool import FIRST_CELL
from support.action_stage import Stage
from support.races import Batch, race

MANY = 12


def key(account_id: int) -> bytes:
    return b"key of %d" % account_id


@pytest.fixture
async def account_ids(stage: Stage) -> list[int]:
    found = sorted([await stage.account() for _ in range(MANY)])
    async with stage.transaction() as tx:
        for account_id in found:
            await accounts.insert_place(tx, AccountPlace(account_id, "Ann", FIRST_CELL))
            await accounts.insert_key(tx, key(account_id), KeyOwner(FIRST_CELL, account_id, ()))
    return found


def people(ids: list[int]) -> Batch:
    change = {"person_id": FOUNDER, "by": FOUNDER, "role": PersonRole.OWNER, "name": "Ann"}
    return change_colleagues, [ChangeColleague(account_id=each, **change) for each in ids]  # type: ignore[arg-type]


def keys(ids: list[int]) -> Batch:
    return change_keys, [ChangeKey(key_hash=key(each), account_id=each, by=FOUNDER, label="till") for each in ids]


def issued(ids: list[int]) -> Batch:
    marks = KeyMarks(by=FOUNDER)
    owners = [KeyOwner(FIRST_CELL, each, ()) for each in ids]
    return issue_keys, [IssueKey(b"fresh %d of %d" % (ids[0], o.account_id), o, marks=marks) for o in owners]


def revoked(ids: list[int]) -> Batch:
    return revoke_keys, [RevokeKey(key(each)) for each in ids]


@pytest.mark.parametrize("one", [people, keys, issued, revoked])
@pytest.mark.parametrize("other", [people, keys, revoked])
async def test_opposite_orders_wait_and_never_in_a_ring(
    stage: Stage, account_ids: list[int], one: Callable[[list[int]], Batch], other: Callable[[list[int]], Batch]
):
    outcomes = await race(stage, one(account_ids), other(account_ids[::-1]), one(account_ids[::-1]))
    assert [len(each) for each in outcomes] == [MANY] * 3


async def test_keys_that_are_used_meanwhile_are_locked_in_the_same_order(stage: Stage, account_ids: list[int]):
    used = note_key_uses, [NoteKeyUses(tuple(key(each) for each in account_ids[::-1]))]
    outcomes = await race(stage, revoked(account_ids), used, revoked(account_ids[::-1]))
    assert [len(each) for each in outcomes] == [MANY, 1, MANY]
