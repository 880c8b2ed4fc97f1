"""note_deliveries: a try counts once, for whoever has the claim; a late success counts all the same."""

from typing import Any

import pytest

from manyeyes.actions.claim_deliveries import ClaimDeliveries, claim_deliveries
from manyeyes.actions.note_deliveries import NoteDelivery, note_deliveries
from manyeyes.webhooks.rules import CLAIM_SECONDS, DeliveryState, TryResponse
from manyeyes.webhooks.store import Claim
from support.action_stage import Stage
from support.delivery_receivers import ended

OK, FAILED = TryResponse(200), TryResponse(500)


async def claimed(stage: Stage) -> Claim:
    (found,) = await stage.act(claim_deliveries, ClaimDeliveries(stage.cell, 8))
    (each,) = found
    return each.claim


def noting(stage: Stage, claim, answer) -> NoteDelivery:
    return NoteDelivery(
        cell=stage.cell, task_id=claim.task_id, claim=claim.number, answer=answer, milliseconds=12, chance=0.0
    )


async def row(stage: Stage) -> dict[str, Any]:
    (found,) = await stage.rows("delivery", "state, tries, last_status, closed_at, next_at")
    return found


async def test_a_success_closes_it(stage: Stage):
    await ended(stage, "https://receiver.example/")
    claim = await claimed(stage)
    assert await stage.act(note_deliveries, noting(stage, claim, OK)) == [DeliveryState.DELIVERED]
    found = await row(stage)
    assert (found["state"], found["tries"], found["closed_at"]) == (DeliveryState.DELIVERED, 1, stage.now)
    assert await stage.act(note_deliveries, noting(stage, claim, OK)) == [None]
    assert len(await stage.rows("delivery_try")) == 1


async def test_a_failure_says_when_it_is_tried_again(stage: Stage):
    await ended(stage, "https://receiver.example/")
    assert await stage.act(note_deliveries, noting(stage, await claimed(stage), FAILED)) == [DeliveryState.WAITING]
    found = await row(stage)
    assert (found["state"], found["tries"], found["closed_at"]) == (DeliveryState.WAITING, 1, None)
    assert (found["next_at"] - stage.now).total_seconds() == 5
    (tried,) = await stage.rows("delivery_try", "n, at, status, milliseconds")
    assert tuple(tried.values()) == (1, stage.now, 500, 12)


async def test_a_failure_whose_claim_is_over_counts_for_nothing(stage: Stage):
    await ended(stage, "https://receiver.example/")
    before = await claimed(stage)
    stage.later(CLAIM_SECONDS)
    after = await claimed(stage)
    assert await stage.act(note_deliveries, noting(stage, before, FAILED)) == [None]
    assert (await row(stage))["tries"] == 0
    assert await stage.act(note_deliveries, noting(stage, after, OK)) == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("later", [OK, FAILED])
async def test_a_success_whose_claim_is_over_counts(stage: Stage, later):
    await ended(stage, "https://receiver.example/")
    before = await claimed(stage)
    stage.later(CLAIM_SECONDS)
    after = await claimed(stage)
    assert await stage.act(note_deliveries, noting(stage, before, OK)) == [DeliveryState.DELIVERED]
    assert await stage.act(note_deliveries, noting(stage, after, later)) == [None]
    assert (await row(stage))["state"] == DeliveryState.DELIVERED


async def test_two_notes_of_one_delivery_in_a_batch_are_one(stage: Stage):
    await ended(stage, "https://receiver.example/")
    command = noting(stage, await claimed(stage), OK)
    assert await stage.act(note_deliveries, command, command) == [DeliveryState.DELIVERED, None]


async def test_a_delivery_that_is_not_there_is_nothing(stage: Stage):
    assert await stage.act(
        note_deliveries, NoteDelivery(cell=stage.cell, task_id=5, claim=1, answer=OK, milliseconds=1, chance=0.0)
    ) == [None]
