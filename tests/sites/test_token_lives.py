"""A token task's life on the stage: who gets it, what an answer must be, what is paid, and what the trail says."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import PROOF_SECONDS, SiteEvent
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.tokens import LARGEST_TOKEN, QUEUES
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from support import proven_sites
from support.action_stage import Stage

PRICE, PAY = 2_000, 1_400  # of queue 6, as its migration says


@pytest.fixture
async def account_id(stage: Stage) -> int:
    await proven_sites.open_on(stage)
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    return account_id


async def test_a_token_is_paid_charged_and_in_the_trail(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    task_id = await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    lease = await stage.lease(worker_id)
    outcome = await stage.answer(worker_id, lease, f"  {proven_sites.TOKEN}\n")
    assert isinstance(outcome, Answered)
    assert outcome.earned_micros == PAY
    (result,) = await stage.rows("result", "ending, answer ->> 'text' AS text, charged_micros, media")
    assert result == {"ending": Ending.SOLVED, "text": proven_sites.TOKEN, "charged_micros": PRICE, "media": ""}
    rows = await stage.rows("site_event", "kind, cause_id, n, worker_id", f"cause_id = {task_id}")
    assert [tuple(row.values()) for row in rows] == [
        (SiteEvent.TASK_CREATED, task_id, 0, 0),
        (SiteEvent.TOKEN_GIVEN, task_id, lease.number, worker_id),
    ]
    assert (await stage.books()).difference_micros == 0


async def test_the_same_token_again_is_answered_again_and_not_paid_again(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    lease = await stage.lease(worker_id)
    await stage.answer(worker_id, lease, proven_sites.TOKEN)
    before = await stage.everything()
    assert isinstance(await stage.answer(worker_id, lease, proven_sites.TOKEN), Answered)
    assert await stage.everything() == before


@pytest.mark.parametrize("text", ["", "two words", "tab\tbed", "tökén", "x" * (LARGEST_TOKEN + 1), "a\x00b", "\ud800"])
async def test_what_is_no_token_is_refused_and_stays_on_the_desk(stage: Stage, account_id: int, text: str):
    worker_id = await stage.worker(6)
    await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    lease = await stage.lease(worker_id)
    outcome = await stage.answer(worker_id, lease, text)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.ANSWER_UNFIT
    assert await stage.lease(worker_id) == lease
    assert isinstance(await stage.answer(worker_id, lease, "x" * LARGEST_TOKEN), Answered)


async def test_a_withdrawn_or_stale_proof_takes_no_answer(stage: Stage, account_id: int):
    worker_id = await stage.worker(6)
    await stage.submit(account_id, life_seconds=int(PROOF_SECONDS) * 3, **proven_sites.asking())
    await stage.change("UPDATE site SET verified_at = verified_at - interval '2 days' WHERE cell = $1")
    await stage.hand_out(6)
    stale = await stage.answer(worker_id, await stage.lease(worker_id), proven_sites.TOKEN)
    await stage.change("UPDATE site SET verified_at = verified_at + interval '2 days' WHERE cell = $1")
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, "shop.example"))
    withdrawn = await stage.answer(worker_id, await stage.lease(worker_id), proven_sites.TOKEN)
    for outcome in (stale, withdrawn):
        assert isinstance(outcome, Refusal)
        assert outcome.reason is Reason.SITE_WITHDRAWN
    assert await stage.rows("result") == []
    assert await stage.rows("pending_pay") == []


async def test_a_picture_and_a_token_lie_on_one_desk(stage: Stage, account_id: int):
    worker_id = await stage.worker(1, 6)
    await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    await stage.submit(account_id)
    await stage.hand_out(1)
    outcome = await stage.answer(worker_id, await stage.lease(worker_id), proven_sites.TOKEN)
    assert isinstance(outcome, Answered)
    assert outcome.next_work is not None
    assert outcome.next_work.kind == "image_to_text"
    assert isinstance(await stage.answer(worker_id, await stage.lease(worker_id), "two words"), Answered)


async def test_five_whose_widget_fails_end_it_charged(stage: Stage, account_id: int):
    await stage.submit(account_id, **proven_sites.asking())
    for _ in range(5):
        worker_id = await stage.worker(6)
        await stage.hand_out(6)
        await stage.skip(worker_id, await stage.lease(worker_id), SkipReason.WIDGET_FAILED)
        await stage.go(worker_id)
    (result,) = await stage.rows("result", "ending, charged_micros")
    assert result == {"ending": Ending.UNSOLVABLE, "charged_micros": PRICE}


async def test_the_queues_of_tokens_are_those_of_the_migration(stage: Stage, account_id: int):
    without_language = {queue_id for queue_id, terms in stage.queues.items() if not terms.language}
    assert without_language == set(QUEUES)
