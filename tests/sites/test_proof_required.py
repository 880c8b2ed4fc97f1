"""Admission of token tasks: none without a live proof for exactly this account and this host; every use is recorded."""

import asyncio
import re
from typing import Any

import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.dispatch import store as dispatch
from manyeyes.sites.rules import PROOF_SECONDS, SiteEvent
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3, TURNSTILE
from manyeyes.values.refusals import Reason, Refusal
from support import proven_sites
from support.action_stage import Stage

pytestmark = pytest.mark.usefixtures("opened")


@pytest.fixture
async def opened(stage: Stage) -> None:
    await proven_sites.open_on(stage)


async def submit(stage: Stage, account_id: int, host: str = "shop.example", **given: Any) -> Submitted | Refusal:
    (outcome,) = await stage.act(submit_tasks, stage.submitting(account_id, **proven_sites.asking(host, **given)))
    return outcome


async def refused(stage: Stage, account_id: int, host: str = "shop.example") -> str:
    before = await stage.everything()
    outcome = await submit(stage, account_id, host)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.SITE_NOT_PROVEN
    assert await stage.everything() == before
    return outcome.detail


async def test_without_a_proof_nothing_is_taken(stage: Stage):
    account_id = await stage.account()
    assert "manyeyes site add shop.example" in await refused(stage, account_id)
    await proven_sites.site(stage, account_id, finding=None)
    assert "manyeyes-site=" in await refused(stage, account_id)


@pytest.mark.parametrize(
    ("kind", "given", "queue_id"),
    [
        ("recaptcha_v2", {}, 6),
        (RECAPTCHA_V2_ENTERPRISE, {}, 24),
        (RECAPTCHA_V3, {"min_score": 0.3}, 18),
        (RECAPTCHA_V3, {"min_score": 0.5}, 19),
        (RECAPTCHA_V3, {"min_score": 0.9}, 20),
        (HCAPTCHA, {}, 22),
        (TURNSTILE, {}, 27),
    ],
)
async def test_with_one_it_is_taken_into_its_queue(stage: Stage, kind: str, given: dict[str, Any], queue_id: int):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    outcome = await submit(stage, account_id, "www.shop.example", kind=kind, **given)
    assert isinstance(outcome, Submitted), outcome
    (work,) = await stage.rows("work", "queue_id, kind, site, media")
    assert work == {"queue_id": queue_id, "kind": kind, "site": "shop.example", "media": ""}
    assert await stage.rows("blob") == []
    (event,) = await stage.rows("site_event", "cause_id, account_id, domain", f"kind = {SiteEvent.TASK_CREATED.value}")
    assert event == {"cause_id": outcome.task_id, "account_id": account_id, "domain": "shop.example"}


async def test_another_account_s_proof_is_no_proof(stage: Stage):
    await proven_sites.site(stage, await stage.account())
    await refused(stage, await stage.account())


async def test_in_one_batch_each_account_stands_on_its_own_proof(stage: Stage):
    owner, other = await stage.account(), await stage.account()
    await proven_sites.site(stage, owner)
    outcomes = await stage.act(
        submit_tasks, *(stage.submitting(account_id, **proven_sites.asking()) for account_id in (other, owner, other))
    )
    assert [isinstance(outcome, Submitted) for outcome in outcomes] == [False, True, False]


async def test_hosts_beside_and_above_are_not_covered(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id, "www.shop.example")
    for host in ("shop.example", "www2.shop.example", "xwww.shop.example", "www.shop.example.other.example"):
        await refused(stage, account_id, host)


async def test_a_file_proves_one_host(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id, finding=proven_sites.WEB)
    assert isinstance(await submit(stage, account_id), Submitted)
    assert "says nothing of www.shop.example" in await refused(stage, account_id, "www.shop.example")


async def test_a_lost_a_withdrawn_and_a_stale_proof_are_none(stage: Stage):
    account_id = await stage.account()
    known = await proven_sites.site(stage, account_id)
    lost = await proven_sites.checked(stage, known, proven_sites.GONE)
    assert "no longer proven" in await refused(stage, account_id)
    await proven_sites.checked(stage, lost, proven_sites.DNS)
    stage.later(PROOF_SECONDS)
    await refused(stage, account_id)
    await proven_sites.checked(stage, lost, proven_sites.DNS)
    assert isinstance(await submit(stage, account_id), Submitted)
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, "shop.example"))
    await refused(stage, account_id)


async def test_the_proof_is_asked_for_before_the_money(stage: Stage):
    await refused(stage, await stage.account(micros=0))


async def test_a_picture_asks_nobody_s_proof(stage: Stage):
    """What all tasks pay for the gate: no statement at all, neither when they come nor when they are answered."""
    account_id, worker_id = await stage.account(), await stage.worker()
    statements: list[str] = []
    async with stage.transaction() as tx:
        tx.add_query_logger(lambda record: statements.append(record.query))
        await submit_tasks(tx, stage.now, [stage.submitting(account_id)])
        await hand_out(tx, stage.now, [HandOut(stage.cell, 1)])
        (work,) = await dispatch.lock_leased(tx, stage.cell, [worker_id])
        (outcome,) = await answer_tasks(tx, stage.now, [stage.answering(worker_id, stage.lease_of(work))])
    assert isinstance(outcome, Answered)
    assert [text for text in statements if "INSERT INTO result" in text]
    assert [text for text in statements if re.search(r"(FROM|INTO|UPDATE) site", text)] == []


async def test_a_withdrawal_waits_for_a_task_that_is_being_taken_and_then_ends_it(stage: Stage):
    """Nothing slips between: the task is either refused or there when the open tasks are ended."""
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    withdrawing = WithdrawSite(1, stage.number(), account_id, "shop.example")
    async with stage.transaction() as tx:
        (outcome,) = await submit_tasks(tx, stage.now, [stage.submitting(account_id, **proven_sites.asking())])
        assert isinstance(outcome, Submitted)
        withdrawal = asyncio.create_task(stage.act(withdraw_sites, withdrawing))
        async with stage.pool.acquire() as watcher:
            while not await watcher.fetchval(  # noqa: ASYNC110 (the server tells by no event)
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')"
            ):
                await asyncio.sleep(0.01)
        assert not withdrawal.done()
    await withdrawal
    assert len(await stage.rows("work")) == 1
    await refused(stage, account_id)
