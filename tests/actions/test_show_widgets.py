"""Showing a widget: to the holder of the lease, while the proof holds, and never without a line in the trail."""

import pytest

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_widgets import ShowWidget, WidgetShown, show_widgets
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import SiteEvent
from manyeyes.tasks.rules import RECAPTCHA_V2
from manyeyes.values.refusals import Reason, Refusal
from support import proven_sites
from support.action_stage import Stage


@pytest.fixture
async def holder(stage: Stage) -> tuple[int, int, LeaseId]:
    """(account, worker, lease) of a token task on a desk."""
    await proven_sites.open_on(stage)
    account_id, worker_id = await stage.account(), await stage.worker(6)
    await proven_sites.site(stage, account_id)
    await stage.submit(account_id, **proven_sites.asking())
    await stage.hand_out(6)
    return account_id, worker_id, await stage.lease(worker_id)


async def show(stage: Stage, worker_id: int, lease: LeaseId) -> WidgetShown | Refusal:
    (outcome,) = await stage.act(show_widgets, ShowWidget(stage.cell, worker_id, lease))
    return outcome


async def test_the_holder_sees_it_and_the_trail_knows_once(stage: Stage, holder: tuple[int, int, LeaseId]):
    account_id, worker_id, lease = holder
    for _ in range(2):
        assert await show(stage, worker_id, lease) == WidgetShown(RECAPTCHA_V2, proven_sites.options())
    (event,) = await stage.rows("site_event", "cause_id, n, account_id, worker_id", f"kind = {SiteEvent.WIDGET_SHOWN}")
    assert event == {
        **{"cause_id": lease.task_id, "n": lease.number, "account_id": account_id, "worker_id": worker_id},
    }


async def test_nobody_else_does(stage: Stage, holder: tuple[int, int, LeaseId]):
    _, worker_id, lease = holder
    other = await stage.worker(6)
    earlier = LeaseId(lease.cell, lease.task_id, lease.number - 1)
    for who, which in ((other, lease), (worker_id, earlier)):
        outcome = await show(stage, who, which)
        assert isinstance(outcome, Refusal)
        assert outcome.reason is Reason.LEASE_LOST
    assert await stage.rows("site_event", "n", f"kind = {SiteEvent.WIDGET_SHOWN}") == []


async def test_a_picture_has_no_widget(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    assert isinstance(await show(stage, worker_id, await stage.lease(worker_id)), Refusal)


async def test_not_after_the_proof_has_ended(stage: Stage, holder: tuple[int, int, LeaseId]):
    account_id, worker_id, lease = holder
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, "shop.example"))
    outcome = await show(stage, worker_id, lease)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.SITE_WITHDRAWN
