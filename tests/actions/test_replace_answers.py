"""Who is below a floor: others are asked in their place, one appeal, and the operator's word (docs/decisions/0062)."""

from manyeyes.actions.replace_answers import AnswersReplaced, ReplaceAnswers, replace_answers
from manyeyes.consensus.terms import PeopleTerms
from support.action_stage import PAY, PRICE, Stage
from support.barred_people import bar
from support.laid_aside import UNDO_SECONDS, lay, settle


async def replace(stage: Stage) -> AnswersReplaced:
    (found,) = await stage.act(replace_answers, ReplaceAnswers(stage.cell))
    return found


async def test_others_are_asked_in_their_place_at_the_houses_cost(stage: Stage):
    account_id = await stage.account(100_000)
    careless, *others = [await stage.worker() for _ in range(3)]
    await stage.submit(account_id, terms=PeopleTerms(answers=3, answers_at_most=3))
    await stage.hand_out()
    await stage.answer(careless, await stage.lease(careless), "99")
    await bar(stage, careless)
    assert await replace(stage) == AnswersReplaced(1, (1,))
    assert (await replace(stage)).answers == 0, "once"
    assert (await stage.books()).findings == []
    (panel,) = await stage.rows("panel")
    assert (panel["given"], panel["open"]) == (0, 3)
    await stage.come(careless)
    newcomer = await stage.worker()
    await stage.hand_out()
    assert await stage.desk(careless) == [], "nobody is asked twice"
    for worker_id in (*others, newcomer):
        await stage.answer(worker_id, await stage.lease(worker_id), "12345")
    (result,) = await stage.rows("result")
    assert (result["answers"], result["charged_micros"], result["confidence"]) == (3, 3 * PRICE, result["confidence"])
    assert await stage.available(account_id) == 100_000 - 3 * PRICE
    paid = await stage.rows("pending_pay", "worker_id, amount_micros")
    assert {row["worker_id"]: row["amount_micros"] for row in paid} == dict.fromkeys((careless, *others, newcomer), PAY)
    assert (await stage.books()).findings == []


async def test_what_they_still_look_at_is_replaced_when_they_have_given_it(stage: Stage):
    account_id = await stage.account()
    careless, other = await stage.worker(), await stage.worker()
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    await stage.hand_out()
    await bar(stage, careless)
    assert (await replace(stage)).answers == 0
    await stage.answer(careless, await stage.lease(careless), "99")
    assert (await replace(stage)).answers == 1
    await stage.answer(other, await stage.lease(other), "12345")
    assert await stage.rows("result") == []
    newcomer = await stage.worker()
    await stage.hand_out()
    await stage.answer(newcomer, await stage.lease(newcomer), "12345")
    assert len(await stage.rows("result")) == 1
    assert (await stage.books()).findings == []


async def test_what_they_have_laid_aside_is_replaced_when_it_is_settled(stage: Stage):
    account_id = await stage.account()
    careless, other = await stage.worker(), await stage.worker()
    await stage.submit(account_id, terms=PeopleTerms(answers=2, answers_at_most=2))
    await stage.hand_out()
    await lay(stage, careless, await stage.lease(careless), "99")
    await bar(stage, careless)
    assert (await replace(stage)).answers == 0
    stage.later(UNDO_SECONDS)
    await settle(stage)
    assert (await replace(stage)).answers == 1, "it has no vote"
    assert (await replace(stage)).answers == 0
    assert [row["is_to_replace"] for row in await stage.rows("skill", where=f"worker_id = {careless}")] == [False]
    await stage.answer(other, await stage.lease(other), "12345")
    assert await stage.rows("result") == []
    assert (await stage.books()).findings == []
