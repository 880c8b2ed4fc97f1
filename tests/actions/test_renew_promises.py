"""A refused question is begun anew by the operator, and only such a one (docs/decisions/0067)."""

from manyeyes.actions.renew_promises import PromiseRenewed, RenewPromise, renew_promises
from manyeyes.certainty.proving import first_look
from manyeyes.certainty.rules import JudgementPurpose
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks.rules import Assurance
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.judged_results import SEED, asked, decide, taken

SURE = PeopleTerms(answers=2, answers_at_most=4, wrong_at_most=0.5)


def renewing(stage: Stage, account_id: int, target: float = 0.5) -> RenewPromise:
    return RenewPromise(cell=stage.cell, account_id=account_id, queue_id=1, question_id=0, target=target)


async def refuse(stage: Stage, account_id: int) -> int:
    """Let people give what reviewers find wrong until the account's question is refused; return how many it took."""
    await stage.pool.execute("UPDATE queue SET audit_share = 1 WHERE queue_id = 1")
    for count in range(1, 41):
        await asked(stage, "1", "1", terms=SURE, seed=SEED, account_id=account_id)
        await decide(stage, await taken(stage), "2")
        (known,) = await stage.rows("certainty")
        if known["is_refused"]:
            return count
    raise AssertionError("so many wrong ones refuse any question")


async def test_a_question_that_is_not_refused_is_not_begun_anew_and_none_is_made(stage: Stage):
    account_id = await stage.account()
    (outcome,) = await stage.act(renew_promises, renewing(stage, account_id))
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.NOT_REFUSED
    assert await stage.rows("certainty") == []


async def test_a_refused_question_begins_anew_and_gets_audits_again(stage: Stage):
    account_id = await stage.account()
    await refuse(stage, account_id)
    task_id, people = await asked(stage, "1", "1", terms=SURE, seed=SEED, account_id=account_id)
    (result,) = [row for row in await stage.rows("result") if row["task_id"] == task_id]
    assert (result["assurance"], len(people)) == (Assurance.UNCERTAIN, 2), "nobody is asked after the first"
    audits = len(await stage.rows("judgement"))
    other = renewing(stage, account_id, target=0.1)
    outcomes = await stage.act(renew_promises, renewing(stage, account_id), renewing(stage, account_id), other)
    assert outcomes[0] == PromiseRenewed(first_look(0.5))
    assert [type(each) for each in outcomes[1:]] == [Refusal, Refusal]
    (known,) = await stage.rows("certainty")
    assert (known["is_refused"], known["threshold"], known["accepted"], known["audits"]) == (False, None, 0, 0)
    assert (known["since"], known["needed"], known["drawn"]) == (stage.now, first_look(0.5), 0)
    before, round_before = len(await stage.rows("judgement")), known["round"]
    assert before == audits, "what could not be known is not audited"
    task_id, _ = await asked(stage, "1", "1", terms=SURE, seed=SEED, account_id=account_id)
    (result,) = [row for row in await stage.rows("result") if row["task_id"] == task_id]
    assert result["assurance"] == Assurance.ACCEPTED
    judgement = await taken(stage)
    assert (judgement.task_id, judgement.purpose) == (task_id, JudgementPurpose.AUDIT)
    await decide(stage, judgement, "1")
    (known,) = await stage.rows("certainty")
    assert (known["round"], known["drawn"], known["audits"], known["wrong"]) == (round_before, 1, 1, 0)
    assert (await stage.books()).findings == []


async def test_what_audits_refute_again_is_refused_again(stage: Stage):
    account_id = await stage.account()
    first = await refuse(stage, account_id)
    await stage.act(renew_promises, renewing(stage, account_id))
    assert await refuse(stage, account_id) == first, "nothing of before is counted"
