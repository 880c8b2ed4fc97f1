"""Who is below a floor: others are asked in their place, one appeal, and the operator's word (docs/decisions/0062)."""

from datetime import datetime

from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.actions.replace_answers import AnswersReplaced, ReplaceAnswers, replace_answers
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.skills import evidence
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, PRICE, Stage


async def bar(stage: Stage, worker_id: int) -> None:
    async with stage.transaction() as tx:
        await evidence.lock_skills(tx, stage.now, stage.cell, [(1, worker_id)])
    barred = "UPDATE skill SET barred_at = $3, barred_why = 'floor', is_to_replace = true"
    await stage.change(f"{barred} WHERE cell = $1 AND worker_id = $2", worker_id, stage.now)


async def replace(stage: Stage) -> AnswersReplaced:
    (found,) = await stage.act(replace_answers, ReplaceAnswers(stage.cell))
    return found


async def appeal(stage: Stage, worker_id: int, words: str = "I was right") -> datetime | Refusal:
    (outcome,) = await stage.act(appeal_bars, AppealBar(stage.cell, worker_id, 1, words))
    return outcome


async def decide(stage: Stage, worker_id: int, *, is_lifted: bool) -> bool | Refusal:
    command = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=is_lifted, answer="seen")
    (outcome,) = await stage.act(decide_bars, command)
    return outcome


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


async def test_one_appeal_and_the_operators_word(stage: Stage):
    worker_id = await stage.worker()
    assert isinstance(await appeal(stage, worker_id), Refusal)
    await bar(stage, worker_id)
    turned_down = await decide(stage, worker_id, is_lifted=False)
    assert isinstance(turned_down, Refusal), "nothing to turn down"
    filed = await appeal(stage, worker_id)
    assert filed == stage.now
    stage.later(5)
    assert await appeal(stage, worker_id) == filed, "the same again is the same"
    again = await appeal(stage, worker_id, "once more")
    assert isinstance(again, Refusal)
    assert again.reason is Reason.ALREADY_APPEALED
    assert await decide(stage, worker_id, is_lifted=False) is False
    (skill,) = await stage.rows("skill")
    assert (skill["appeal_accepted"], skill["appeal_answer"], skill["barred_at"] is None) == (False, "seen", False)
    assert await decide(stage, worker_id, is_lifted=True) is True
    (skill,) = await stage.rows("skill")
    assert (skill["barred_at"], skill["since"], skill["suspicion"]) == (None, stage.now, 1.0)
    await stage.come(worker_id)
    (session,) = await stage.rows("session")
    assert session["queues"] == [1]
