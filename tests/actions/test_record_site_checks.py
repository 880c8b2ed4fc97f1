"""What a check means for a site, and that it is written down."""

import msgspec

from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import CHECK_SECONDS, RETRY_SECONDS, SiteEvent, SiteState, Way
from manyeyes.values.refusals import Reason, Refusal
from support import proven_sites
from support.action_stage import Stage


async def kinds(stage: Stage) -> list[int]:
    rows = await stage.rows("site_event", "cause_id, kind")
    return [row["kind"] for row in rows]


async def test_a_proof_that_is_found_makes_the_site_live(stage: Stage):
    known = await proven_sites.site(stage, await stage.account(), finding=None)
    found = await proven_sites.checked(stage, known, proven_sites.WEB)
    assert (found.state, found.proven_by, found.verified_at) == (SiteState.LIVE, Way.WEB, stage.now)
    (row,) = await stage.rows("site", "state, proven_by, verified_at, why")
    assert row == {"state": 1, "proven_by": Way.WEB, "verified_at": stage.now, "why": proven_sites.WEB.detail}
    assert await kinds(stage) == [SiteEvent.ADDED, SiteEvent.PROVEN]


async def test_a_definite_absence_loses_the_site_and_a_proof_that_is_back_brings_it_back(stage: Stage):
    known = await proven_sites.site(stage, await stage.account())
    lost = await proven_sites.checked(stage, known, proven_sites.GONE)
    assert (lost.state, lost.swept) == (SiteState.LOST, False)
    stage.later(CHECK_SECONDS)
    back = await proven_sites.checked(stage, lost, proven_sites.DNS)
    assert back.state is SiteState.LIVE
    assert await kinds(stage) == [SiteEvent.ADDED, SiteEvent.PROVEN, SiteEvent.ABSENT, SiteEvent.PROVEN]


async def test_silence_is_borne_three_times(stage: Stage):
    known = await proven_sites.site(stage, await stage.account())
    states = []
    for _ in range(len(RETRY_SECONDS) + 1):
        known = await proven_sites.checked(stage, known, proven_sites.SILENT)
        states.append(known.state)
    assert states == [SiteState.LIVE] * 3 + [SiteState.LOST]


async def test_a_check_of_a_site_that_was_withdrawn_meanwhile_changes_nothing(stage: Stage):
    known = await proven_sites.site(stage, await stage.account())
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), known.account_id, known.domain))
    before = await stage.everything()
    outcome = await proven_sites.checked(stage, known, proven_sites.DNS)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.UNKNOWN_SITE
    assert await stage.everything() == before


async def test_a_check_for_an_older_token_changes_nothing(stage: Stage):
    known = await proven_sites.site(stage, await stage.account(), finding=None)
    outcome = await proven_sites.checked(stage, msgspec.structs.replace(known, token="older"), proven_sites.DNS)
    assert isinstance(outcome, Refusal)
    (row,) = await stage.rows("site", "state")
    assert row["state"] == SiteState.PENDING
