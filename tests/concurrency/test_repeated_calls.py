"""A call that is sent again makes nothing twice: the part that every action with a key shares."""

import asyncio
import hashlib
from datetime import timedelta

import asyncpg
import pytest

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.repeated_calls import KEY_REUSED, open_calls
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage

FEW = 50


def key(name: str = "one", body: str = "body") -> CallKey:
    return CallKey(hashlib.sha256(name.encode()).digest(), hashlib.sha256(body.encode()).digest())


async def make(
    tx: asyncpg.Connection, stage: Stage, *calls: tuple[int, CallKey | None, int], taken: bool = True
) -> list[int | Refusal]:
    """Play what an action does with its calls: each is taken, or refused with the text "no"."""
    named = await open_calls(tx, stage.now, stage.cell, calls)
    outcomes: list[int | Refusal] = []
    for account_id, call, subject in calls:
        before = named.before(account_id, call)
        if before is None and taken:
            named.keep(account_id, call, subject)
        outcomes.append(subject if before is None else before)
    await named.save(tx, stage.cell)
    return outcomes


async def play(stage: Stage, *calls: tuple[int, CallKey | None, int], taken: bool = True) -> list[int | Refusal]:
    async with stage.transaction() as tx:
        return await make(tx, stage, *calls, taken=taken)


async def test_the_same_call_makes_the_same_and_another_one_is_refused(stage: Stage):
    assert await play(stage, (1, key(), 70)) == [70]
    assert await play(stage, (1, key(), 71), (1, key(body="other"), 72)) == [70, KEY_REUSED]
    assert await play(stage, (2, key(), 73), (1, key("two"), 74), (1, None, 75)) == [73, 74, 75]
    made = [(row["account_id"], row["subject_id"]) for row in await stage.rows("repeated_call")]
    assert sorted(made) == [(1, 70), (1, 74), (2, 73)]


async def test_it_is_kept_for_ever(stage: Stage):
    await play(stage, (1, key(), 70))
    stage.now += timedelta(days=4_000)
    assert await play(stage, (1, key(), 71)) == [70]


async def test_what_was_refused_leaves_nothing_and_may_be_tried_again(stage: Stage):
    await play(stage, (1, key(), 70), taken=False)
    assert await stage.rows("repeated_call") == []
    assert await play(stage, (1, key(body="better"), 71)) == [71]


async def test_two_of_one_batch_are_one(stage: Stage):
    assert await play(stage, (1, key(), 70), (1, key(), 71), (1, key(body="x"), 72)) == [70, 70, KEY_REUSED]
    async with stage.transaction() as tx:  # the first is refused: the second takes its key
        named = await open_calls(tx, stage.now, stage.cell, [(1, key("two"), 80), (1, key("two", "x"), 81)])
        assert (named.before(1, key("two")), named.before(1, key("two", "x"))) == (None, None)
        named.keep(1, key("two", "x"), 81)
        await named.save(tx, stage.cell)
    assert await play(stage, (1, key("two", "x"), 82), (1, key("two"), 83)) == [81, KEY_REUSED]


@pytest.mark.parametrize("ends", ["commit", "rollback"])
async def test_who_comes_at_the_same_moment_waits_for_the_first(stage: Stage, ends: str):
    async with stage.pool.acquire() as first:
        transaction = first.transaction()
        await transaction.start()
        assert await make(first, stage, (1, key(), 70)) == [70]
        second = asyncio.ensure_future(play(stage, (1, key(), 71)))
        done, _ = await asyncio.wait({second}, timeout=0.2)
        assert not done
        await (transaction.commit() if ends == "commit" else transaction.rollback())
        assert await second == ([70] if ends == "commit" else [71])


async def test_fifty_at_once_are_one(stage: Stage):
    outcomes = await asyncio.gather(*[play(stage, (1, key(), 100 + n)) for n in range(FEW)])
    assert len({made for (made,) in outcomes}) == 1
    assert len(await stage.rows("repeated_call")) == 1
