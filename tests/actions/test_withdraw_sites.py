"""Taking a site back: at once for new tasks and answers, and its open tasks are marked to be ended."""

from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import Site, SiteEvent, SiteState
from manyeyes.values.refusals import Reason, Refusal
from support import proven_sites
from support.action_stage import Stage


async def withdraw(stage: Stage, account_id: int, domain: str = "shop.example") -> Site | Refusal:
    (outcome,) = await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, domain))
    return outcome


async def test_it_is_withdrawn_once(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    outcome = await withdraw(stage, account_id)
    assert (outcome.state, outcome.check_at, outcome.swept) == (SiteState.WITHDRAWN, None, False)
    before = await stage.everything()
    assert (await withdraw(stage, account_id)).state is SiteState.WITHDRAWN
    assert await stage.everything() == before
    kinds = [row["kind"] for row in await stage.rows("site_event", "kind")]
    assert kinds.count(SiteEvent.WITHDRAWN) == 1


async def test_nobody_withdraws_another_s_site(stage: Stage):
    owner, other = await stage.account(), await stage.account()
    await proven_sites.site(stage, owner)
    for account_id, domain in ((other, "shop.example"), (owner, "www.shop.example")):
        outcome = await withdraw(stage, account_id, domain)
        assert isinstance(outcome, Refusal)
        assert outcome.reason is Reason.UNKNOWN_SITE
    (row,) = await stage.rows("site", "state")
    assert row["state"] == SiteState.LIVE
