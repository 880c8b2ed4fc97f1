"""What a check means for a site, and that it is written down."""

import msgspec

import proven
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.refusals import Reason, Refusal
from manyeyes.sites.rules import CHECK_SECONDS, RETRY_SECONDS, SiteEvent, SiteState, Way
from stage import Stage


async def kinds(stage: Stage) -> list[int]:
    rows = await stage.rows("site_event", "cause_id, kind")
    return [row["kind"] for row in rows]


async def test_a_proof_that_is_found_makes_the_site_live(stage: Stage):
    known = await proven.site(stage, await stage.account(), finding=None)
    found = await proven.checked(stage, known, proven.WEB)
    assert (found.state, found.proven_by, found.verified_at) == (SiteState.LIVE, Way.WEB, stage.now)
    (row,) = await stage.rows("site", "state, proven_by, verified_at, why")
    assert row == {"state": 1, "proven_by": Way.WEB, "verified_at": stage.now, "why": proven.WEB.detail}
    assert await kinds(stage) == [SiteEvent.ADDED, SiteEvent.PROVEN]


async def test_a_definite_absence_loses_the_site_and_a_proof_that_is_back_brings_it_back(stage: Stage):
    known = await proven.site(stage, await stage.account())
    lost = await proven.checked(stage, known, proven.GONE)
    assert (lost.state, lost.swept) == (SiteState.LOST, False)
    stage.later(CHECK_SECONDS)
    back = await proven.checked(stage, lost, proven.DNS)
    assert back.state is SiteState.LIVE
    assert await kinds(stage) == [SiteEvent.ADDED, SiteEvent.PROVEN, SiteEvent.ABSENT, SiteEvent.PROVEN]


async def test_silence_is_borne_three_times(stage: Stage):
    known = await proven.site(stage, await stage.account())
    states = []
    for _ in range(len(RETRY_SECONDS) + 1):
        known = await proven.checked(stage, known, proven.SILENT)
        states.append(known.state)
    assert states == [SiteState.LIVE] * 3 + [SiteState.LOST]


async def test_a_check_of_a_site_that_was_withdrawn_meanwhile_changes_nothing(stage: Stage):
    known = await proven.site(stage, await stage.account())
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), known.account_id, known.domain))
    before = await stage.everything()
    outcome = await proven.checked(stage, known, proven.DNS)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.UNKNOWN_SITE
    assert await stage.everything() == before


async def test_a_check_for_an_older_token_changes_nothing(stage: Stage):
    known = await proven.site(stage, await stage.account(), finding=None)
    outcome = await proven.checked(stage, msgspec.structs.replace(known, token="older"), proven.DNS)
    assert isinstance(outcome, Refusal)
    (row,) = await stage.rows("site", "state")
    assert row["state"] == SiteState.PENDING
