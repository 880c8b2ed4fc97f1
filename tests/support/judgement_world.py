"""Results at which reviewers look, for batches of any action to meet (support/batch_world.py)."""

from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.lay_slots_ahead import LaySlotAhead, lay_slots_ahead
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.reports.rules import Slot
from support.action_stage import Stage
from support.judged_results import decide, take_judgement

QUEUES = (1, 2, 6, 22)  # of the author
SURE = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.5, uncertain=Uncertain.REVIEW)


async def make_judgements(stage: Stage, account_id: int, author: int) -> None:
    """Make results that wait for reviewers: open, leased and decided; the next audit of a promise is looked at.

    ``author`` is away meanwhile, and comes again: others answer.
    """
    await stage.go(author)
    await stage.change("UPDATE queue SET audit_share = 1 WHERE queue_id = 1 AND $1 > 0")
    for n in range(12):
        await stage.submit(account_id, terms=SURE)
        for text in ("12345", "12345" if n % 2 else "2"):
            worker_id = stage.number()
            await stage.come(worker_id)
            await stage.hand_out()
            await stage.answer(worker_id, await stage.lease(worker_id), text, b"chance")
            await stage.go(worker_id)
    for n in range(6):
        judgement = await take_judgement(stage, stage.number())
        assert judgement is not None
        if n < 2:
            await decide(stage, judgement, "12345")
        if n in (2, 3):
            await decide(stage, judgement, "12345", undo_seconds=30)
            await take_judgement(stage, judgement.reviewer_id)
        if n == 4:
            await stage.act(lay_judgements_ahead, LayJudgementAhead(stage.cell, judgement.reviewer_id, (1,)))
    await stage.change("UPDATE certainty SET needed = 2 WHERE cell = $1")
    await stage.change(
        "INSERT INTO certainty (cell, account_id, queue_id, question_id, target, accepted, audits, wrong, is_refused,"
        " needed, since) VALUES ($1, $2, 2, 0, 0.1, 40, 30, 12, true, 179, $3)",
        account_id,
        stage.now,
    )
    await stage.come(author, *QUEUES)


async def lay_votes_aside(stage: Stage, rejecting: Slot | None, confirming: Slot | None, looking: Slot | None) -> None:
    """Let two reviewers vote so that they can take it back, and look on; a third one has another one behind."""
    assert rejecting
    assert confirming
    assert looking
    for slot, vote in ((rejecting, "reject"), (confirming, "confirm")):
        await stage.vote(slot, vote, undo_seconds=30)
        await stage.take(slot.reviewer_id, *QUEUES)
    await stage.act(lay_slots_ahead, LaySlotAhead(stage.cell, looking.reviewer_id, QUEUES))


async def leases_of_judgements(stage: Stage) -> list[tuple[int, JudgementId]]:
    """Return what reviewers have or had before them."""
    found = await stage.rows("judgement", "reviewer_id, task_id, lease", "reviewer_id <> 0")
    return [(r["reviewer_id"], JudgementId(stage.cell, r["task_id"], r["lease"])) for r in found]
