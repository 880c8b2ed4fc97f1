"""Reviews that several people decide: one verdict, held for and charged as they are (docs/decisions/0059)."""

import msgspec
import pytest

from manyeyes.actions.record_recognitions import Recorded
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PRICE, Stage
from support.recognition_calls import RATE_PRICE, Calls, app_of

FUNDS = 1_000_000


@pytest.fixture
async def calls(stage: Stage) -> Calls:
    return Calls(stage, app_of(await stage.account(FUNDS), cell=stage.cell))


async def test_a_verdict_may_take_several_people_and_closes_with_their_result(stage: Stage, calls: Calls):
    people = [await stage.worker() for _ in range(3)]
    for worker_id in people:
        await stage.come(worker_id)
    three = PeopleTerms(answers=3, answers_at_most=3)
    result = calls.found(label=1, rate=0.4)
    result = msgspec.structs.replace(result, recognition=msgspec.structs.replace(result.recognition, terms=three))
    assert isinstance(await calls.record(result), Recorded)
    assert await stage.available(calls.app.account_id) == FUNDS - RATE_PRICE - 3 * PRICE
    await stage.hand_out()
    await stage.look(*people)
    for worker_id, label in zip(people, ("2", "0", "2"), strict=True):
        (review,) = await stage.rows("recognition_review")
        assert review["state"] == 0
        await stage.answer(worker_id, await stage.lease(worker_id), label)
    (review,) = await stage.rows("recognition_review")
    assert (review["state"], review["verdict"]) == (1, 2)
    (end,) = await stage.rows("result")
    assert (end["task_id"], end["answers"], end["charged_micros"]) == (result.task_id, 3, 3 * PRICE)
    assert (await stage.books()).findings == []


async def test_a_call_is_taken_whole_or_not_where_several_people_are_dearer(stage: Stage):
    calls = Calls(stage, app_of(await stage.account(20 * PRICE), cell=stage.cell))  # without the recogniser's work
    dear = PeopleTerms(answers=20, answers_at_most=20)
    result = calls.found(label=1, rate=0.4)
    result = msgspec.structs.replace(result, recognition=msgspec.structs.replace(result.recognition, terms=dear))
    outcome = await calls.record(result)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.BALANCE_TOO_LOW
    assert await stage.rows("recognition_result") == []
