"""decide_judgements: reviewers decide what people do not settle, and audit what stands (docs/decisions/0061)."""

from typing import Any

import pytest

from manyeyes.actions.decide_judgements import JudgementTaken
from manyeyes.actions.shared.ballots import Voted
from manyeyes.certainty.promises import promises
from manyeyes.certainty.proving import first_look
from manyeyes.certainty.rules import JudgementPurpose, JudgementState
from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.tasks.rules import Assurance
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, PRICE, Stage
from support.judged_results import RETURNED, SEED, VOTE_PAY, asked, decide, take_judgement, taken, the_result


@pytest.fixture
async def audited(stage: Stage) -> Stage:
    """A stage whose queue has every result of sure terms audited."""
    await stage.pool.execute("UPDATE queue SET audit_share = 1 WHERE queue_id = 1")
    return stage


async def test_a_reviewer_decides_what_people_do_not_settle(stage: Stage):
    task_id, people = await asked(stage, "12345", "99")
    assert await stage.rows("result") == []
    judgement = await taken(stage)
    assert (judgement.task_id, judgement.purpose) == (task_id, JudgementPurpose.ADJUDICATION)
    assert await decide(stage, judgement, "99") == JudgementTaken(task_id, VOTE_PAY)
    result = await the_result(stage)
    assert (result["answer"], result["assurance"], result["confidence"]) == ("99", Assurance.REVIEWED, None)
    assert (result["answers"], result["charged_micros"]) == (2, 2 * PRICE)
    right = {row["worker_id"]: row["is_right"] for row in await stage.rows("answer")}
    assert right == {people[0]: False, people[1]: True}
    (wallet,) = await stage.rows("wallet", "payable_micros", f"worker_id = {judgement.reviewer_id}")
    assert wallet["payable_micros"] == VOTE_PAY
    assert (await stage.books()).findings == []


async def test_their_own_answer_may_be_none_of_those_given(stage: Stage):
    await asked(stage, "12345", "99")
    await decide(stage, await taken(stage), "  777 ")
    assert (await the_result(stage))["answer"] == "777"
    assert {row["is_right"] for row in await stage.rows("answer")} == {False}


async def test_what_cannot_be_judged_ends_uncertain_and_is_paid(stage: Stage):
    task_id, _ = await asked(stage, "12345", "99")
    judgement = await taken(stage)
    assert await decide(stage, judgement, None) == JudgementTaken(task_id, VOTE_PAY)
    result = await the_result(stage)
    assert (result["answer"], result["assurance"]) == (judgement.proposal, Assurance.UNCERTAIN)
    assert result["confidence"] is not None
    assert {row["is_right"] for row in await stage.rows("answer")} == {None}
    assert (await stage.books()).findings == []


async def test_a_tie_of_fixed_terms_goes_to_a_reviewer_where_they_say_so(audited: Stage):
    terms = PeopleTerms(answers=2, answers_at_most=2, uncertain=Uncertain.REVIEW)
    task_id, people = await asked(audited, "12345", "99", terms=terms, seed=SEED)
    judgement = await taken(audited)
    assert (judgement.task_id, judgement.purpose) == (task_id, JudgementPurpose.ADJUDICATION)
    await decide(audited, judgement, "99")
    result = await the_result(audited)
    assert (result["answer"], result["assurance"]) == ("99", Assurance.REVIEWED)
    right = {row["worker_id"]: row["is_right"] for row in await audited.rows("answer")}
    assert right == {people[0]: False, people[1]: True}
    assert await audited.rows("certainty") == [], "nothing was promised"
    assert (await audited.books()).findings == []


async def test_fixed_terms_that_agree_ask_no_reviewer(stage: Stage):
    await asked(stage, "12345", "12345", terms=PeopleTerms(answers=2, answers_at_most=2, uncertain=Uncertain.REVIEW))
    assert (await the_result(stage))["assurance"] == Assurance.ACCEPTED
    assert await take_judgement(stage, stage.number()) is None


async def test_the_pay_of_its_people_vests_after_the_window_of_the_result(stage: Stage):
    await asked(stage, "12345", "99")
    stage.later(3_600)
    waiting = await stage.rows("pending_pay", "isfinite(due_at) AS is_due")
    assert [row["is_due"] for row in waiting] == [False, False]
    await decide(stage, await taken(stage), "99")
    due = {row["due_at"] for row in await stage.rows("pending_pay", "due_at")}
    assert {(at - stage.now).total_seconds() for at in due} == {60}
    assert sum(row["amount_micros"] for row in await stage.rows("pending_pay")) == 2 * PAY


async def test_a_repeated_decision_is_answered_again_and_not_paid_again(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    first = await decide(stage, judgement, "99")
    before = await stage.everything()
    assert await decide(stage, judgement, " 99") == first
    other = await decide(stage, judgement, "12345")
    assert isinstance(other, Refusal)
    assert other.reason is Reason.ALREADY_ANSWERED
    assert await stage.everything() == before


async def test_an_answer_that_does_not_fit_leaves_nothing(stage: Stage):
    await asked(stage, "12345", "99")
    judgement = await taken(stage)
    before = await stage.everything()
    refused = await decide(stage, judgement, " ")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ANSWER_UNFIT
    assert await stage.everything() == before


async def test_an_audit_changes_no_result_and_says_what_was_right(audited: Stage):
    task_id, _ = await asked(audited, "12345", "12345", terms=RETURNED, seed=SEED)
    before = await the_result(audited)
    assert before["assurance"] == Assurance.ACCEPTED
    judgement = await taken(audited)
    assert (judgement.purpose, judgement.proposal) == (JudgementPurpose.AUDIT, "12345")
    assert await decide(audited, judgement, "99") == JudgementTaken(task_id, VOTE_PAY)
    assert await the_result(audited) == before
    assert [row["is_right"] for row in await audited.rows("answer")] == [False, False]
    (row,) = await audited.rows("judgement")
    assert (row["state"], row["is_right"], row["value"], row["round"]) == (JudgementState.DECIDED, False, "99", 1)
    (known,) = await audited.rows("certainty")
    assert (known["accepted"], known["audits"], known["wrong"], known["drawn"]) == (1, 1, 1, 1)
    assert (await audited.books()).findings == []


async def test_an_audit_of_a_refunded_task_still_tells(audited: Stage):
    account_id = await audited.account()
    people = [await audited.worker() for _ in range(2)]
    task_id = await audited.submit(account_id, terms=RETURNED)
    await audited.hand_out()
    for worker_id in people:
        await audited.look(worker_id)
        await audited.answer(worker_id, await audited.lease(worker_id), "12345", SEED)
    await audited.complain(account_id, task_id)
    assert isinstance((await audited.judge("confirm", "confirm"))[-1], Voted)
    await decide(audited, await taken(audited), "99")
    (known,) = await audited.rows("certainty")
    assert (known["audits"], known["wrong"]) == (1, 1)
    assert (await audited.books()).findings == []


async def test_what_was_not_accepted_is_drawn_too_and_only_proves(audited: Stage):
    await asked(audited, "12345", "99", terms=RETURNED, seed=SEED)
    await decide(audited, await taken(audited), "12345")
    (known,) = await audited.rows("certainty")
    assert (known["accepted"], known["audits"], known["drawn"]) == (0, 0, 1)


async def test_what_cannot_be_judged_is_no_audit(audited: Stage):
    await asked(audited, "12345", "12345", terms=RETURNED, seed=SEED)
    await decide(audited, await taken(audited), None)
    (known,) = await audited.rows("certainty")
    assert (known["accepted"], known["audits"], known["drawn"]) == (1, 0, 0)


async def test_without_a_seed_nothing_is_audited(audited: Stage):
    await asked(audited, "12345", "12345", terms=RETURNED)
    assert await audited.rows("judgement") == []


async def test_results_are_proven_from_the_audit_on_that_proves_it(audited: Stage):
    terms = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5)
    account_id = await audited.account()

    async def result() -> dict[str, Any]:
        task_id, _ = await asked(audited, "12345", "12345", terms=terms, seed=SEED, account_id=account_id)
        (found,) = await audited.rows("result", "is_proven, assurance", f"task_id = {task_id}")
        return found

    for _ in range(first_look(0.5)):
        assert await result() == {"is_proven": False, "assurance": Assurance.ACCEPTED}
    for _ in range(first_look(0.5) - 1):
        await decide(audited, await taken(audited), "12345")
    assert await result() == {"is_proven": False, "assurance": Assurance.ACCEPTED}
    await decide(audited, await taken(audited), "12345")
    (known,) = await audited.rows("certainty")
    assert (known["threshold"], known["proven_at"], known["round"]) == (0.5, audited.now, 2)
    assert await result() == {"is_proven": True, "assurance": Assurance.ACCEPTED}
    found = await audited.read(promises, audited.cell, account_id)
    assert [(p.known.audits, p.known.wrong) for p in found] == [(first_look(0.5), 0)]
    assert 0 < found[0].most_wrong < 0.5
    assert (await audited.books()).findings == []


async def test_an_audit_of_what_an_earlier_rule_accepted_says_nothing_of_the_present_one(audited: Stage):
    """ "Of what was accepted since …" is said of just that; the look at thresholds takes it, whose scores are known."""
    await asked(audited, "12345", "12345", terms=RETURNED, seed=SEED)
    audited.later(5)
    begun_anew = "UPDATE certainty SET accepted = 0, round = round + 1, since = $2 WHERE cell = $1"
    await audited.change(begun_anew, audited.now)
    await decide(audited, await taken(audited), "12345")
    (known,) = await audited.rows("certainty")
    assert (known["accepted"], known["audits"], known["drawn"]) == (0, 0, 1)


async def refused(stage: Stage, account_id: int, terms: PeopleTerms) -> dict[str, Any]:
    """Let audits find everything wrong until the question is refused; return what is known of it."""
    for _ in range(12):
        await asked(stage, "12345", "12345", terms=terms, seed=SEED, account_id=account_id)
        await decide(stage, await taken(stage), "99")
        (known,) = await stage.rows("certainty")
        if known["is_refused"]:
            break
    return known


async def test_what_people_do_not_know_is_refused_and_nothing_of_it_accepted(audited: Stage):
    terms = PeopleTerms(answers=2, answers_at_most=3, wrong_at_most=0.5)
    account_id = await audited.account()
    known = await refused(audited, account_id, terms)
    assert known["is_refused"]
    assert known["audits"] > 3
    task_id, _ = await asked(audited, "12345", "12345", terms=terms, seed=SEED, account_id=account_id)
    (result,) = await audited.rows("result", "assurance", f"task_id = {task_id}")
    assert result["assurance"] == Assurance.UNCERTAIN
    assert await take_judgement(audited, audited.number()) is None, "a third person's answer is not known"


async def test_audits_that_prove_it_later_lift_what_was_refused(audited: Stage):
    terms = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5)
    account_id = await audited.account()
    assert (await refused(audited, account_id, terms))["is_refused"]
    for _ in range(first_look(0.5)):
        task_id, _ = await asked(audited, "12345", "12345", terms=terms, seed=SEED, account_id=account_id)
        (result,) = await audited.rows("result", "assurance", f"task_id = {task_id}")
        assert result["assurance"] == Assurance.UNCERTAIN
        await decide(audited, await taken(audited), "12345")
    (known,) = await audited.rows("certainty")
    assert (known["is_refused"], known["threshold"], known["audits"], known["wrong"]) == (False, 0.5, 0, 0)
    task_id, _ = await asked(audited, "12345", "12345", terms=terms, seed=SEED, account_id=account_id)
    (result,) = await audited.rows("result", "assurance, is_proven", f"task_id = {task_id}")
    assert result == {"assurance": Assurance.ACCEPTED, "is_proven": True}
    assert (await audited.books()).findings == []
