"""Which sites are to be looked at again, and that one process looks."""

import asyncio

from manyeyes.actions.take_due_sites import TakeDueSites, take_due_sites
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.sites.rules import CHECK_LEASE_SECONDS, CHECK_SECONDS
from support import proven_sites
from support.action_stage import Stage


async def take(stage: Stage) -> list[str]:
    (taken,) = await stage.act(take_due_sites, TakeDueSites(stage.cell))
    return sorted(site.domain for site in taken)


async def test_a_day_after_it_was_found_a_proof_is_looked_for_again(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id)
    stage.later(CHECK_SECONDS - 1)
    assert await take(stage) == []
    stage.later(1)
    assert await take(stage) == ["shop.example"]


async def test_what_is_taken_is_nobody_else_s_until_who_took_it_must_be_dead(stage: Stage):
    await proven_sites.site(stage, await stage.account())
    stage.later(CHECK_SECONDS)
    assert await take(stage) == ["shop.example"]
    assert await take(stage) == []
    stage.later(CHECK_LEASE_SECONDS)
    assert await take(stage) == ["shop.example"]


async def test_of_a_batch_one_command_gets_them(stage: Stage):
    await proven_sites.site(stage, await stage.account())
    stage.later(CHECK_SECONDS)
    first, second = await stage.act(take_due_sites, TakeDueSites(1), TakeDueSites(1))
    assert (len(first), len(second)) == (1, 0)


async def test_two_processes_at_once_take_each_site_once(stage: Stage):
    account_id = await stage.account()
    domains = [f"shop-{n}.example" for n in range(30)]
    for domain in domains:
        await proven_sites.site(stage, account_id, domain)
    stage.later(CHECK_SECONDS)
    batches = await asyncio.gather(*(take(stage) for _ in range(4)))
    taken = [domain for batch in batches for domain in batch]
    assert len(taken) == len(set(taken))
    while more := await take(stage):
        taken += more
    assert sorted(taken) == sorted(domains)


async def test_sites_that_were_never_proven_or_are_withdrawn_are_left_alone(stage: Stage):
    account_id = await stage.account()
    await proven_sites.site(stage, account_id, "pending.example", None)
    await proven_sites.site(stage, account_id, "withdrawn.example")
    await stage.act(withdraw_sites, WithdrawSite(1, stage.number(), account_id, "withdrawn.example"))
    stage.later(10 * CHECK_SECONDS)
    assert await take(stage) == []
