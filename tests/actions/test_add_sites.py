"""Beginning a site: a token for an account and a domain, the same one until the site is withdrawn."""

from manyeyes.actions.add_sites import AddSite, add_sites
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import SiteEvent, SiteState
from support import proven_sites
from support.action_stage import Stage


async def test_a_new_site_waits_for_its_proof_and_the_trail_knows(stage: Stage):
    account_id = await stage.account()
    (added,) = await stage.act(
        add_sites, AddSite(cell=1, event_id=77, account_id=account_id, domain="shop.example", token="word")
    )
    assert (added.state, added.token, added.check_at) == (SiteState.PENDING, "word", None)
    (event,) = await stage.rows("site_event", "cause_id, kind, account_id, domain")
    assert event == {"cause_id": 77, "kind": SiteEvent.ADDED, "account_id": account_id, "domain": "shop.example"}


async def test_again_gives_the_same_token_and_changes_nothing(stage: Stage):
    account_id = await stage.account()
    live = await proven_sites.site(stage, account_id)
    before = await stage.everything()
    (again,) = await stage.act(
        add_sites, AddSite(cell=1, event_id=99, account_id=account_id, domain="shop.example", token="other")
    )
    assert again == live
    assert await stage.everything() == before


async def test_two_in_one_batch_are_one_site(stage: Stage):
    account_id = await stage.account()
    one, two = await stage.act(
        *(
            add_sites,
            AddSite(cell=1, event_id=77, account_id=account_id, domain="shop.example", token="a"),
            AddSite(cell=1, event_id=78, account_id=account_id, domain="shop.example", token="b"),
        )
    )
    assert one == two
    assert len(await stage.rows("site_event")) == 1


async def test_accounts_have_tokens_of_their_own(stage: Stage):
    tokens = {(await proven_sites.site(stage, await stage.account())).token for _ in range(2)}
    assert len(tokens) == 2


async def test_a_withdrawn_site_begins_anew_with_another_token(stage: Stage):
    account_id = await stage.account()
    before = await proven_sites.site(stage, account_id)
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, "shop.example"))
    (again,) = await stage.act(
        add_sites, AddSite(cell=1, event_id=stage.number(), account_id=account_id, domain="shop.example", token="fresh")
    )
    assert (again.state, again.token) == (SiteState.PENDING, "fresh")
    assert again.token != before.token
    assert (again.verified_at, again.swept) == (None, False)


async def test_a_withdrawn_site_that_begins_anew_is_told_as_it_is_stored(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    await stage.act(
        withdraw_sites,
        WithdrawSite(cell=stage.cell, event_id=stage.number(), account_id=account_id, domain="shop.example"),
    )
    first = stage.now
    stage.later(60)
    again = await proven_sites.site(stage, account_id, finding=None)
    assert [row["created_at"] for row in await stage.rows("site", "created_at")] == [again.created_at] == [first]
