"""sign_heads: a day has one head, which tells where the chain had got to."""

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from manyeyes.actions.sign_heads import SignHeads, sign_heads
from manyeyes.trail.heads import head_flaw, public_key_of
from manyeyes.trail.store import chain_end, heads
from support.action_stage import Stage

KEY = bytes(range(32))


async def test_a_chain_without_an_entry_has_no_head(stage: Stage):
    assert await stage.act(sign_heads, SignHeads(stage.cell, KEY)) == [False]
    assert await stage.read(heads, stage.cell) == []


async def test_the_first_of_a_day_signs_and_the_next_day_signs_anew(stage: Stage):
    account_id = await stage.account()
    first = await stage.read(chain_end, stage.cell)
    assert await stage.act(sign_heads, *[SignHeads(stage.cell, KEY)] * 2) == [True, True]
    change = ChangeAccountTerms(cell=stage.cell, account_id=account_id, weight=7)
    await stage.act(change_account_terms, change)
    assert await stage.act(sign_heads, SignHeads(stage.cell, KEY)) == [True]
    (head,) = await stage.read(heads, stage.cell)
    assert (head.number, head.hash, head.signed_at) == (first.number, first.hash, stage.now)
    assert head_flaw(head, {public_key_of(KEY)}) is None
    stage.later(86_400)
    await stage.act(sign_heads, SignHeads(stage.cell, KEY))
    assert [each.number for each in await stage.read(heads, stage.cell)] == [first.number, first.number + 1]


def test_a_key_is_in_no_log():
    assert repr(SignHeads(1, KEY)) == "SignHeads(1)"
