"""Results at which reviewers look, for batches of any action to meet (support/batch_world.py)."""

from manyeyes.consensus.terms import PeopleTerms, Uncertain
from support.action_stage import Stage

SURE = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5, uncertain=Uncertain.REVIEW)


async def make_judgements(stage: Stage, account_id: int) -> None:
    """Make results that wait for reviewers: open, leased and decided; the next audit of a promise is looked at."""
    await stage.change("UPDATE queue SET audit_share = 1 WHERE queue_id = 1 AND $1 > 0")
    for n in range(10):
        await stage.submit(account_id, terms=SURE)
        for text in ("12345", "12345" if n % 2 else "2"):
            worker_id = stage.number()
            await stage.come(worker_id)
            await stage.hand_out()
            await stage.answer(worker_id, await stage.lease(worker_id), text, b"chance")
            await stage.go(worker_id)
    for n in range(6):
        judgement = await stage.take_judgement(stage.number())
        assert judgement is not None
        if n < 2:
            await stage.decide(judgement, "12345")
    await stage.change("UPDATE certainty SET needed = 2 WHERE cell = $1")
